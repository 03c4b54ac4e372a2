//! One call of a session, over the caller's own memory.
//!
//! `ort`'s own calls copy inputs or outputs; these let the library read and write where the caller's
//! elements lie.
#![allow(
    unsafe_code,
    reason = "the library's functions are called with borrowed memory"
)]

use ort::AsPointer;
use ort::memory::MemoryInfo;
use ort::session::Session;
use ort::sys::{ONNXTensorElementDataType, OrtApi, OrtValue};
use std::ffi::{CStr, c_void};
use std::marker::PhantomData;
use std::ptr;

/// A type of elements that tensors may have.
pub(super) trait Element: Copy {
    const OF_LIBRARY: ONNXTensorElementDataType;
}

impl Element for f32 {
    const OF_LIBRARY: ONNXTensorElementDataType =
        ONNXTensorElementDataType::ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
}

impl Element for i8 {
    const OF_LIBRARY: ONNXTensorElementDataType =
        ONNXTensorElementDataType::ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8;
}

/// A tensor of the library whose elements are borrowed from the caller.
pub(super) struct BorrowedTensor<'elements> {
    value: *mut OrtValue,
    elements: PhantomData<&'elements mut [u8]>,
}

impl<'elements> BorrowedTensor<'elements> {
    /// A tensor that the library only reads.
    pub(super) fn to_read<E: Element>(
        memory: &MemoryInfo<'_>,
        shape: &[i64],
        elements: &'elements [E],
    ) -> ort::Result<Self> {
        // The library takes a pointer to change for all; it does not write to a session's inputs.
        let start = elements.as_ptr().cast_mut().cast();
        Self::over::<E>(memory, shape, start, size_of_val(elements))
    }

    /// A tensor that the library fills.
    pub(super) fn to_fill<E: Element>(
        memory: &MemoryInfo<'_>,
        shape: &[i64],
        elements: &'elements mut [E],
    ) -> ort::Result<Self> {
        let size = size_of_val(elements);
        Self::over::<E>(memory, shape, elements.as_mut_ptr().cast(), size)
    }

    fn over<E: Element>(
        memory: &MemoryInfo<'_>,
        shape: &[i64],
        start: *mut c_void,
        size: usize,
    ) -> ort::Result<Self> {
        let mut value = ptr::null_mut();
        let create = api().CreateTensorWithDataAsOrtValue;
        // SAFETY: `start` points to `size` bytes of elements of type `E` that stay borrowed while
        // the tensor lives; the library refuses a shape that needs more.
        let status = unsafe {
            create(
                memory.ptr(),
                start,
                size,
                shape.as_ptr(),
                shape.len(),
                E::OF_LIBRARY,
                &mut value,
            )
        };
        // SAFETY: the status is the library's own and used once.
        unsafe { ort::Error::result_from_status(status) }?;
        Ok(Self {
            value,
            elements: PhantomData,
        })
    }
}

impl Drop for BorrowedTensor<'_> {
    fn drop(&mut self) {
        // SAFETY: the value was created by the library, is released once, and does not own the elements.
        unsafe { (api().ReleaseValue)(self.value) };
    }
}

/// Runs a session: `inputs` and `outputs` belong to the names in the same places.
pub(super) fn run(
    session: &mut Session,
    input_names: &[&CStr],
    inputs: &[BorrowedTensor<'_>],
    output_names: &[&CStr],
    outputs: &mut [BorrowedTensor<'_>],
) -> ort::Result<()> {
    let start = |names: &[&CStr]| names.iter().map(|name| name.as_ptr()).collect::<Vec<_>>();
    let (input_starts, output_starts) = (start(input_names), start(output_names));
    let input_values: Vec<*const OrtValue> = inputs
        .iter()
        .map(|tensor| tensor.value.cast_const())
        .collect();
    let mut output_values: Vec<*mut OrtValue> = outputs.iter().map(|tensor| tensor.value).collect();
    // SAFETY: the session is borrowed alone; as many names as values are told, all of them live until
    // the call returns, and it returns only when everything is computed. Where the library finds an
    // output's value it puts no other in its place; it fills it, but for outputs that are inputs.
    let status = unsafe {
        (api().Run)(
            session.ptr_mut(),
            ptr::null(),
            input_starts.as_ptr(),
            input_values.as_ptr(),
            input_values.len().min(input_starts.len()),
            output_starts.as_ptr(),
            output_values.len().min(output_starts.len()),
            output_values.as_mut_ptr(),
        )
    };
    // SAFETY: the status is the library's own and used once.
    unsafe { ort::Error::result_from_status(status) }
}

/// The library's functions. There is a session or what belongs to one, so the library is loaded.
fn api() -> &'static OrtApi {
    ort::api()
}
