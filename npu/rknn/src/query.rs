//! Questions to a context. Each structure is zeroed before the library fills it, and every number in
//! it is checked before it counts anything.

use std::mem::MaybeUninit;
use std::time::Duration;

use crate::attribute::{Format, Role, TensorAttribute};
use crate::bindings::{self as sys, _rknn_query_cmd as command, rknn_query_cmd};
use crate::context::Context;
use crate::error::{Error, check};
use crate::handle::Handle;
use crate::library::function;
use crate::symbols::Call;
use crate::text::text_of;
use crate::version::SdkVersion;

/// More inputs or outputs than any model has.
const MOST_TENSORS: u32 = 64;
/// A longer report of layers is cut.
const LONGEST_REPORT: u64 = 16 << 20;

/// Structures that the library fills in: numbers, texts and pointers, valid when all zero.
///
/// # Safety
/// All bytes zero must be a valid value.
unsafe trait Answer: Copy {}

macro_rules! answers {
    ($($type:ty)*) => {
        // SAFETY: structures of the C interface, of integers, floats, their arrays and raw pointers.
        $(unsafe impl Answer for $type {})*
    };
}
answers! {
    sys::rknn_input_output_num sys::rknn_tensor_attr sys::rknn_perf_detail sys::rknn_perf_run
    sys::rknn_sdk_version sys::rknn_mem_size sys::rknn_custom_string sys::rknn_input_range
}

/// How a tensor is described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// As the model has it.
    Declared,
    /// As the NPU computes on it, mostly in blocks of channels.
    Native,
    /// As the NPU can take it row by row, with the strides that it wants.
    NativeNhwc,
    /// As declared, for the shape that is set.
    Current,
    /// As the NPU computes on it, for the shape that is set.
    CurrentNative,
}

/// How much memory a context takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemorySize {
    /// Bytes of weights.
    pub weights: usize,
    /// Bytes of intermediate values.
    pub scratch: usize,
    /// Bytes that the driver gave, in all.
    pub allocated: u64,
    /// Bytes of SRAM that the chip has.
    pub sram: usize,
    /// Bytes of SRAM that are free.
    pub free_sram: usize,
}

/// The shapes that an input may be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputRange {
    /// Which input.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// The order of the axes.
    pub format: Format,
    /// The shapes.
    pub shapes: Vec<Vec<usize>>,
}

pub(crate) fn ask<T>(
    handle: &Handle,
    command: rknn_query_cmd,
    prepare: impl FnOnce(&mut T),
) -> Result<T, Error>
where
    T: AnswerOf,
{
    let query = function!(handle.library, rknn_query, Query)?;
    let mut answer = T::zeroed();
    prepare(&mut answer);
    let size = size_of::<T>() as u32;
    let pointer = std::ptr::from_mut(&mut answer).cast();
    let locked = handle.lock();
    // SAFETY: the structure is the one of this command, of the size that is told, and alive.
    let code = unsafe { query(locked.raw, command, pointer, size) };
    check(Call::Query, code)?;
    Ok(answer)
}

/// An [`Answer`] that can be made.
pub(crate) trait AnswerOf {
    fn zeroed() -> Self;
}

impl<T: Answer> AnswerOf for T {
    fn zeroed() -> Self {
        // SAFETY: `Answer` says that all bytes zero are a valid value.
        unsafe { MaybeUninit::zeroed().assume_init() }
    }
}

/// What the library and the driver say that they are.
pub(crate) fn versions(handle: &Handle) -> Result<SdkVersion, Error> {
    let answer: sys::rknn_sdk_version = ask(handle, command::RKNN_QUERY_SDK_VERSION, |_| ())?;
    Ok(SdkVersion {
        api: text_of(&answer.api_version),
        driver: text_of(&answer.drv_version),
    })
}

/// How many inputs and outputs the model has.
pub(crate) fn counts(handle: &Handle) -> Result<[usize; 2], Error> {
    let answer: sys::rknn_input_output_num = ask(handle, command::RKNN_QUERY_IN_OUT_NUM, |_| ())?;
    for (role, found) in [
        (Role::Input, answer.n_input),
        (Role::Output, answer.n_output),
    ] {
        if found > MOST_TENSORS {
            return Err(Error::TooManyTensors {
                role,
                found,
                limit: MOST_TENSORS,
            });
        }
    }
    Ok([answer.n_input as usize, answer.n_output as usize])
}

fn attribute_command(role: Role, view: View) -> rknn_query_cmd {
    match (role, view) {
        (Role::Input, View::Declared) => command::RKNN_QUERY_INPUT_ATTR,
        (Role::Output, View::Declared) => command::RKNN_QUERY_OUTPUT_ATTR,
        (Role::Input, View::Native) => command::RKNN_QUERY_NATIVE_INPUT_ATTR,
        (Role::Output, View::Native) => command::RKNN_QUERY_NATIVE_OUTPUT_ATTR,
        (Role::Input, View::NativeNhwc) => command::RKNN_QUERY_NATIVE_NHWC_INPUT_ATTR,
        (Role::Output, View::NativeNhwc) => command::RKNN_QUERY_NATIVE_NHWC_OUTPUT_ATTR,
        (Role::Input, View::Current) => command::RKNN_QUERY_CURRENT_INPUT_ATTR,
        (Role::Output, View::Current) => command::RKNN_QUERY_CURRENT_OUTPUT_ATTR,
        (Role::Input, View::CurrentNative) => command::RKNN_QUERY_CURRENT_NATIVE_INPUT_ATTR,
        (Role::Output, View::CurrentNative) => command::RKNN_QUERY_CURRENT_NATIVE_OUTPUT_ATTR,
    }
}

impl Context {
    /// How many inputs or outputs the model has.
    #[must_use]
    pub fn count(&self, role: Role) -> usize {
        self.slots(role).len()
    }

    /// What the runtime says of one tensor.
    ///
    /// # Errors
    /// [`Error::NoSuchTensor`], [`Error::Call`], or [`Error::BadAttribute`] if it cannot be true.
    pub fn attribute(
        &self,
        role: Role,
        index: usize,
        view: View,
    ) -> Result<TensorAttribute, Error> {
        self.check_index(role, index)?;
        let raw = ask(
            self.handle(),
            attribute_command(role, view),
            |answer: &mut sys::rknn_tensor_attr| answer.index = index as u32,
        )?;
        TensorAttribute::read(role, index, &raw)
    }

    /// What the runtime says of all inputs or outputs, in their order.
    ///
    /// # Errors
    /// As [`Context::attribute`].
    pub fn attributes(&self, role: Role, view: View) -> Result<Vec<TensorAttribute>, Error> {
        (0..self.count(role))
            .map(|index| self.attribute(role, index, view))
            .collect()
    }

    /// The shapes that each input may be given, of a model made for several.
    ///
    /// # Errors
    /// [`Error::Call`] if the model has only one shape, [`Error::BadAttribute`] if the answer cannot be
    /// true.
    pub fn input_ranges(&self) -> Result<Vec<InputRange>, Error> {
        (0..self.count(Role::Input))
            .map(|index| {
                let raw = ask(
                    self.handle(),
                    command::RKNN_QUERY_INPUT_DYNAMIC_RANGE,
                    |answer: &mut sys::rknn_input_range| answer.index = index as u32,
                )?;
                range_of(index, &raw)
            })
            .collect()
    }

    /// How much memory the context takes.
    ///
    /// # Errors
    /// [`Error::Call`].
    pub fn memory_size(&self) -> Result<MemorySize, Error> {
        let answer: sys::rknn_mem_size = ask(self.handle(), command::RKNN_QUERY_MEM_SIZE, |_| ())?;
        Ok(MemorySize {
            weights: answer.total_weight_size as usize,
            scratch: answer.total_internal_size as usize,
            allocated: answer.total_dma_allocated_size,
            sram: answer.total_sram_size as usize,
            free_sram: answer.free_sram_size as usize,
        })
    }

    /// The text that was put into the model when it was converted.
    ///
    /// # Errors
    /// [`Error::Call`].
    pub fn custom_string(&self) -> Result<String, Error> {
        let answer: sys::rknn_custom_string =
            ask(self.handle(), command::RKNN_QUERY_CUSTOM_STRING, |_| ())?;
        Ok(text_of(&answer.string))
    }

    /// How long the last run took, as the runtime measured it in microseconds.
    ///
    /// # Errors
    /// [`Error::Call`] if nothing ran yet, [`Error::BadAttribute`] if the time is below zero.
    pub fn run_time(&self) -> Result<Duration, Error> {
        let answer: sys::rknn_perf_run = ask(self.handle(), command::RKNN_QUERY_PERF_RUN, |_| ())?;
        u64::try_from(answer.run_duration)
            .map(Duration::from_micros)
            .map_err(|_| Error::BadAttribute {
                what: "the last run".to_owned(),
                field: "run_duration",
                found: answer.run_duration.unsigned_abs(),
                expected: "a time is not below zero".to_owned(),
            })
    }

    /// The runtime's report on each layer of the last run; load with
    /// [`InitFlags::LAYER_TIMES`](crate::InitFlags::LAYER_TIMES). Its form is the vendor's, for people.
    ///
    /// # Errors
    /// [`Error::Call`] if it was not measured.
    pub fn layer_times(&mut self) -> Result<String, Error> {
        let answer: sys::rknn_perf_detail =
            ask(self.handle(), command::RKNN_QUERY_PERF_DETAIL, |_| ())?;
        if answer.perf_data.is_null() {
            return Ok(String::new());
        }
        let length = answer.data_len.min(LONGEST_REPORT) as usize;
        // SAFETY: the library says that so many bytes lie there, until the context runs again or is
        // destroyed; it is borrowed mutably here.
        let bytes = unsafe { std::slice::from_raw_parts(answer.perf_data.cast::<u8>(), length) };
        let text = bytes.split(|&byte| byte == 0).next().unwrap_or(bytes);
        Ok(String::from_utf8_lossy(text).into_owned())
    }
}

fn range_of(index: usize, raw: &sys::rknn_input_range) -> Result<InputRange, Error> {
    let name = text_of(&raw.name);
    let bad = |field, found: u32, expected: &str| Error::BadAttribute {
        what: format!("the shapes of input {index} '{name}'"),
        field,
        found: found.into(),
        expected: expected.to_owned(),
    };
    if raw.shape_number > sys::RKNN_MAX_DYNAMIC_SHAPE_NUM {
        return Err(bad("shape_number", raw.shape_number, "512 are the most"));
    }
    if raw.n_dims > sys::RKNN_MAX_DIMS {
        return Err(bad("n_dims", raw.n_dims, "16 axes are the most"));
    }
    let format =
        Format::of(raw.fmt).ok_or_else(|| bad("fmt", raw.fmt, "no such layout is known"))?;
    let shapes = raw.dyn_range[..raw.shape_number as usize]
        .iter()
        .map(|shape| {
            shape[..raw.n_dims as usize]
                .iter()
                .map(|&length| length as usize)
                .collect()
        })
        .collect();
    Ok(InputRange {
        index,
        format,
        shapes,
        name: name.clone(),
    })
}
