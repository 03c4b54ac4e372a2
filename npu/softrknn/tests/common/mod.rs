//! The soft runtime as a program sees it: opened at run time, called by its C names.
#![allow(dead_code, reason = "each test uses a part")]

#[path = "../../../tests/common/mod.rs"]
pub(crate) mod specimens;

use rknnrt::Counters;
use rknpu2_sys as sys;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::sync::{Mutex, MutexGuard, PoisonError};
use sys::{rknn_context, rknn_tensor_attr, rknn_tensor_mem};
use triune_npu::EmbeddedManifest;
use triune_npu::conformance::Specimen;

pub(crate) type Code = c_int;

/// For what machine the tests were built, and on which.
pub(crate) const TARGET: &str = env!("BUILD_TARGET");
pub(crate) const HOST: &str = env!("BUILD_HOST");

/// An emulated program cannot start another.
pub(crate) fn is_emulated() -> bool {
    let emulated = TARGET != HOST;
    if emulated {
        println!("skipped: an emulated program cannot start another");
    }
    emulated
}

/// The library's only user at this time: faults and counters are the process's.
pub(crate) struct Soft {
    pub(crate) api: sys::rknn,
    extra: libloading::Library,
    _alone: MutexGuard<'static, ()>,
}

/// Calls a function of the library by its name.
macro_rules! call {
    ($soft:expr, $name:ident ( $($argument:expr),* )) => {{
        let function = $soft.api.$name.as_ref().expect("the library has it");
        // SAFETY: the pointers among the arguments are valid for the call, or null on purpose.
        unsafe { function($($argument),*) }
    }};
}
#[allow(unused_imports, reason = "each test uses a part")]
pub(crate) use call;

fn outcome(code: Code) -> Result<(), Code> {
    if code == 0 { Ok(()) } else { Err(code) }
}

impl Soft {
    pub(crate) fn open() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let path = rknnrt::built_library().expect("cargo built the library beside the tests");
        // SAFETY: it is the library of this workspace, whose initialisers do nothing.
        let extra = unsafe { libloading::Library::new(&path) }.expect("it opens");
        // SAFETY: as above.
        let api = unsafe { sys::rknn::new(&path) }.expect("it opens");
        let soft = Self {
            api,
            extra,
            _alone: alone,
        };
        soft.faults("").expect("no faults");
        soft
    }

    pub(crate) fn identity(&self) -> String {
        // SAFETY: this is its signature.
        let function = unsafe {
            self.extra
                .get::<unsafe extern "C" fn() -> *const c_char>(b"triune_soft_runtime\0")
        };
        // SAFETY: it takes nothing.
        let text = unsafe { function.expect("it has an identity")() };
        // SAFETY: it gives a text that lives as long as the library.
        let text = unsafe { CStr::from_ptr(text) };
        text.to_str().expect("UTF-8").to_owned()
    }

    pub(crate) fn faults(&self, faults: &str) -> Result<(), Code> {
        let faults = CString::new(faults).expect("no NUL");
        // SAFETY: this is its signature.
        let function = unsafe {
            self.extra
                .get::<unsafe extern "C" fn(*const c_char) -> c_int>(b"triune_soft_faults\0")
        };
        // SAFETY: the text lives for the call.
        outcome(unsafe { function.expect("it takes faults")(faults.as_ptr()) })
    }

    pub(crate) fn counters(&self) -> Counters {
        let mut counters = Counters::default();
        // SAFETY: this is its signature.
        let function = unsafe {
            self.extra
                .get::<unsafe extern "C" fn(*mut Counters) -> c_int>(b"triune_soft_counters\0")
        };
        // SAFETY: the place lives for the call.
        let code = unsafe { function.expect("it counts")(&raw mut counters) };
        assert_eq!(code, 0);
        counters
    }

    /// What a program must have given back.
    pub(crate) fn held(&self) -> [u64; 4] {
        let counters = self.counters();
        [
            counters.contexts,
            counters.memories,
            counters.memory_bytes,
            counters.outputs,
        ]
    }

    pub(crate) fn load(&self, specimen: &Specimen) -> Result<rknn_context, Code> {
        self.load_with(specimen, 0)
    }

    pub(crate) fn load_with(&self, specimen: &Specimen, flags: u32) -> Result<rknn_context, Code> {
        let bytes = EmbeddedManifest::append(&specimen.bytes, &specimen.manifest);
        self.load_bytes(&bytes, flags)
    }

    pub(crate) fn load_bytes(&self, bytes: &[u8], flags: u32) -> Result<rknn_context, Code> {
        let mut context = 0;
        let mut bytes = bytes.to_vec();
        let model = bytes.as_mut_ptr().cast();
        let size = bytes.len() as u32;
        let extend = std::ptr::null_mut();
        outcome(call!(
            self,
            rknn_init(&raw mut context, model, size, flags, extend)
        ))?;
        Ok(context)
    }

    pub(crate) fn destroy(&self, context: rknn_context) -> Result<(), Code> {
        outcome(call!(self, rknn_destroy(context)))
    }

    /// Asks with a struct of zeros, or one that names an index in its first field.
    pub(crate) fn query<T: Copy>(
        &self,
        context: rknn_context,
        what: u32,
        index: u32,
    ) -> Result<T, Code> {
        // SAFETY: answers are plain numbers, for which zeros are values.
        let mut answer: T = unsafe { std::mem::zeroed() };
        let place = (&raw mut answer).cast::<c_void>();
        // SAFETY: every answer has at least four bytes.
        unsafe { place.cast::<u32>().write_unaligned(index) };
        let size = size_of::<T>() as u32;
        outcome(call!(self, rknn_query(context, what, place, size)))?;
        Ok(answer)
    }

    pub(crate) fn attribute(
        &self,
        context: rknn_context,
        what: u32,
        index: u32,
    ) -> rknn_tensor_attr {
        self.query(context, what, index).expect("it is answered")
    }

    pub(crate) fn memory(&self, context: rknn_context, size: u32) -> Option<*mut rknn_tensor_mem> {
        let memory = call!(self, rknn_create_mem(context, size));
        (!memory.is_null()).then_some(memory)
    }

    pub(crate) fn destroy_memory(
        &self,
        context: rknn_context,
        memory: *mut rknn_tensor_mem,
    ) -> Result<(), Code> {
        outcome(call!(self, rknn_destroy_mem(context, memory)))
    }

    /// A memory of the attribute's size, bound.
    pub(crate) fn bind(
        &self,
        context: rknn_context,
        attribute: &mut rknn_tensor_attr,
    ) -> Result<*mut rknn_tensor_mem, Code> {
        let memory = self
            .memory(context, attribute.size_with_stride)
            .expect("there is memory");
        match self.bind_memory(context, memory, attribute) {
            Ok(()) => Ok(memory),
            Err(code) => {
                self.destroy_memory(context, memory)?;
                Err(code)
            }
        }
    }

    pub(crate) fn bind_memory(
        &self,
        context: rknn_context,
        memory: *mut rknn_tensor_mem,
        attribute: &mut rknn_tensor_attr,
    ) -> Result<(), Code> {
        outcome(call!(
            self,
            rknn_set_io_mem(context, memory, &raw mut *attribute)
        ))
    }

    pub(crate) fn sync(
        &self,
        context: rknn_context,
        memory: *mut rknn_tensor_mem,
        mode: u32,
    ) -> Result<(), Code> {
        outcome(call!(self, rknn_mem_sync(context, memory, mode)))
    }

    pub(crate) fn set_input(
        &self,
        context: rknn_context,
        index: u32,
        form: (u32, u32),
        bytes: &[u8],
    ) -> Result<(), Code> {
        let mut bytes = bytes.to_vec();
        let mut input = sys::rknn_input {
            index,
            buf: bytes.as_mut_ptr().cast(),
            size: bytes.len() as u32,
            pass_through: 0,
            type_: form.0,
            fmt: form.1,
        };
        outcome(call!(self, rknn_inputs_set(context, 1, &raw mut input)))
    }

    pub(crate) fn run(&self, context: rknn_context) -> Result<(), Code> {
        outcome(call!(self, rknn_run(context, std::ptr::null_mut())))
    }

    /// Takes one output and releases it.
    pub(crate) fn output(
        &self,
        context: rknn_context,
        index: u32,
        want_float: bool,
    ) -> Result<Vec<u8>, Code> {
        let mut output = sys::rknn_output {
            want_float: want_float.into(),
            is_prealloc: 0,
            index,
            buf: std::ptr::null_mut(),
            size: 0,
        };
        let extend = std::ptr::null_mut();
        outcome(call!(
            self,
            rknn_outputs_get(context, 1, &raw mut output, extend)
        ))?;
        let size = output.size as usize;
        // SAFETY: the runtime says that so many bytes lie there.
        let bytes = unsafe { std::slice::from_raw_parts(output.buf.cast::<u8>(), size) }.to_vec();
        outcome(call!(
            self,
            rknn_outputs_release(context, 1, &raw mut output)
        ))?;
        Ok(bytes)
    }

    /// Gives the mixer its inputs by copying.
    pub(crate) fn give_mixer(&self, context: rknn_context) {
        let inputs = [(0, vec![1.0_f32, 2.0, 3.0]), (1, vec![1.5, -2.0])];
        for (index, values) in inputs {
            self.set_input(context, index, (F32, UNDEFINED), &bytes(&values))
                .expect("it is taken");
        }
    }
}

pub(crate) const F32: u32 = sys::_rknn_tensor_type::RKNN_TENSOR_FLOAT32;
pub(crate) const F16: u32 = sys::_rknn_tensor_type::RKNN_TENSOR_FLOAT16;
pub(crate) const I8: u32 = sys::_rknn_tensor_type::RKNN_TENSOR_INT8;
pub(crate) const U8: u32 = sys::_rknn_tensor_type::RKNN_TENSOR_UINT8;
pub(crate) const NCHW: u32 = sys::_rknn_tensor_format::RKNN_TENSOR_NCHW;
pub(crate) const NHWC: u32 = sys::_rknn_tensor_format::RKNN_TENSOR_NHWC;
pub(crate) const NC1HWC2: u32 = sys::_rknn_tensor_format::RKNN_TENSOR_NC1HWC2;
pub(crate) const UNDEFINED: u32 = sys::_rknn_tensor_format::RKNN_TENSOR_UNDEFINED;
pub(crate) const TO_DEVICE: u32 = 1;
pub(crate) const FROM_DEVICE: u32 = 2;

pub(crate) fn bytes(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_ne_bytes())
        .collect()
}

pub(crate) fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes
        .as_chunks()
        .0
        .iter()
        .map(|&bytes| f32::from_ne_bytes(bytes))
        .collect()
}

/// The bytes of a memory, as the program sees them.
pub(crate) fn contents<'a>(memory: *mut rknn_tensor_mem) -> &'a mut [u8] {
    // SAFETY: the runtime handed it out and it was not destroyed.
    let memory = unsafe { memory.read() };
    // SAFETY: so many bytes lie there until it is destroyed; each test looks at one place at a time.
    unsafe { std::slice::from_raw_parts_mut(memory.virt_addr.cast(), memory.size as usize) }
}

pub(crate) fn name(letters: &[c_char]) -> String {
    letters
        .iter()
        .take_while(|&&letter| letter != 0)
        .map(|&letter| char::from(letter as u8))
        .collect()
}
