//! Answers to `rknn_query`.

use crate::context::Context;
use crate::element::Element;
use crate::faults::FaultPlan;
use crate::layout::{Layout, Role, View, element};
use crate::lent::Lent;
use crate::refusal::Refusal;
use crate::versions;
use rknpu2_sys as sys;
use std::ffi::{CString, c_char, c_void};
use sys::_rknn_query_cmd as command;
use triune_npu::TensorDescription;

/// What the caller lends for the answer.
pub(crate) struct Answer {
    place: *mut c_void,
    size: u32,
}

impl Answer {
    /// # Safety
    /// `place` is null, or `size` bytes lie there and may be read and written.
    pub(crate) unsafe fn new(place: *mut c_void, size: u32) -> Self {
        Self { place, size }
    }

    /// The real runtime checks the size in this way too (rockchip-linux/rknn-toolkit2 #170).
    fn of<T: Copy>(&self) -> Result<Lent<T>, Refusal> {
        let needed = size_of::<T>();
        if (self.size as usize) < needed {
            return Err(Refusal::parameter(format!(
                "info_len({}) < {needed}, the size of the answer",
                self.size
            )));
        }
        // SAFETY: so many bytes lie there, and the types of answers are plain numbers.
        unsafe { Lent::one(self.place.cast::<T>(), "info") }
    }

    fn give<T: Copy>(&self, value: T) -> Result<(), Refusal> {
        self.of::<T>()?.write(0, value);
        Ok(())
    }
}

pub(crate) fn answer(
    context: &mut Context,
    plan: &FaultPlan,
    what: u32,
    info: &Answer,
) -> Result<(), Refusal> {
    match what {
        command::RKNN_QUERY_IN_OUT_NUM => info.give(sys::rknn_input_output_num {
            n_input: count(plan, context.tensors(Role::Input)),
            n_output: count(plan, context.tensors(Role::Output)),
        }),
        command::RKNN_QUERY_SDK_VERSION => info.give(sys::rknn_sdk_version {
            api_version: name(plan.version.as_deref().unwrap_or(versions::API)),
            drv_version: name(versions::DRIVER),
        }),
        command::RKNN_QUERY_MEM_SIZE => info.give(sys::rknn_mem_size {
            total_weight_size: weight_size(context),
            total_internal_size: scratch_size(context),
            total_dma_allocated_size: u64::from(weight_size(context))
                + u64::from(scratch_size(context)),
            total_sram_size: 0,
            free_sram_size: 0,
            reserved: [0; 10],
        }),
        command::RKNN_QUERY_CUSTOM_STRING => {
            let manifest = &context.source.manifest;
            let text = format!("{} {}", manifest.name, manifest.version);
            let string = letters(&text);
            info.give(sys::rknn_custom_string { string })
        }
        command::RKNN_QUERY_PERF_RUN => {
            let timing = context.timing.ok_or_else(no_run)?;
            let run_duration = timing.compute.as_micros() as i64;
            info.give(sys::rknn_perf_run { run_duration })
        }
        command::RKNN_QUERY_PERF_DETAIL => give_report(context, info),
        _ => {
            let (role, view) = tensor_query(what).ok_or_else(|| {
                Refusal::parameter(format!("query {what} is not answered for this model"))
            })?;
            let lent = info.of::<u32>()?;
            info.of::<sys::rknn_tensor_attr>()?;
            let index = lent.read(0);
            let tensor = context
                .tensor(role, index)
                .map_err(|refusal| Refusal::parameter(refusal.why))?;
            info.give(attribute(plan, role, view, index, tensor))
        }
    }
}

/// No model has dynamic shapes, so those in force are those of the model.
fn tensor_query(what: u32) -> Option<(Role, View)> {
    Some(match what {
        command::RKNN_QUERY_INPUT_ATTR | command::RKNN_QUERY_CURRENT_INPUT_ATTR => {
            (Role::Input, View::Usual)
        }
        command::RKNN_QUERY_OUTPUT_ATTR | command::RKNN_QUERY_CURRENT_OUTPUT_ATTR => {
            (Role::Output, View::Usual)
        }
        command::RKNN_QUERY_NATIVE_INPUT_ATTR | command::RKNN_QUERY_CURRENT_NATIVE_INPUT_ATTR => {
            (Role::Input, View::Native)
        }
        command::RKNN_QUERY_NATIVE_OUTPUT_ATTR | command::RKNN_QUERY_CURRENT_NATIVE_OUTPUT_ATTR => {
            (Role::Output, View::Native)
        }
        command::RKNN_QUERY_NATIVE_NHWC_INPUT_ATTR => (Role::Input, View::NativeNhwc),
        command::RKNN_QUERY_NATIVE_NHWC_OUTPUT_ATTR => (Role::Output, View::NativeNhwc),
        _ => return None,
    })
}

fn attribute(
    plan: &FaultPlan,
    role: Role,
    view: View,
    index: u32,
    tensor: &TensorDescription,
) -> sys::rknn_tensor_attr {
    let layout = Layout::of(role, view, tensor);
    let kind = match element(view, tensor) {
        Element::F32 if plan.half => Element::F16,
        kind => kind,
    };
    let axes = layout.dims();
    let mut dims = [0; 16];
    for (place, axis) in dims.iter_mut().zip(&axes) {
        *place = *axis as u32;
    }
    let mut stride = layout.width_stride();
    let mut room = layout.slots() * kind.bytes();
    let short = match role {
        Role::Input => &plan.short_inputs,
        Role::Output => &plan.short_outputs,
    };
    if short.contains(&(index as usize)) {
        room = (layout.elements() - 1) * kind.bytes();
        stride = if stride == 0 { 0 } else { tensor.shape[3] - 1 };
    }
    sys::rknn_tensor_attr {
        index,
        n_dims: axes.len() as u32,
        dims,
        name: if plan.unterminated {
            [b'n' as c_char; 256]
        } else {
            name(&tensor.name)
        },
        n_elems: layout.elements() as u32,
        size: (layout.elements() * kind.bytes()) as u32,
        fmt: layout.format(),
        type_: kind.code(),
        qnt_type: if tensor.quantisation.is_some() {
            sys::_rknn_tensor_qnt_type::RKNN_TENSOR_QNT_AFFINE_ASYMMETRIC
        } else {
            sys::_rknn_tensor_qnt_type::RKNN_TENSOR_QNT_NONE
        },
        fl: 0,
        zp: tensor
            .quantisation
            .map_or(0, |quantisation| i32::from(quantisation.zero_point)),
        scale: tensor
            .quantisation
            .map_or(1.0, |quantisation| quantisation.scale),
        w_stride: stride as u32,
        size_with_stride: room as u32,
        pass_through: 0,
        h_stride: 0,
    }
}

/// The text lives as long as the context, or until it is asked for again.
fn give_report(context: &mut Context, info: &Answer) -> Result<(), Refusal> {
    if !context.has_flag(sys::RKNN_FLAG_COLLECT_PERF_MASK) {
        let why = "the context was not made with RKNN_FLAG_COLLECT_PERF_MASK";
        return Err(Refusal::parameter(why));
    }
    info.of::<sys::rknn_perf_detail>()?;
    let timing = context.timing.ok_or_else(no_run)?;
    let text = format!(
        "computed on the CPU: {} us in all, {} us in the backend\n",
        timing.total.as_micros(),
        timing.compute.as_micros()
    );
    context.report = CString::new(text).unwrap_or_default();
    let data_len = context.report.as_bytes().len() as u64;
    let perf_data = context.report.as_ptr().cast_mut();
    info.give(sys::rknn_perf_detail {
        perf_data,
        data_len,
    })
}

fn no_run() -> Refusal {
    Refusal::failed("the last run failed, or none was made")
}

fn count(plan: &FaultPlan, tensors: &[TensorDescription]) -> u32 {
    plan.count.unwrap_or(tensors.len() as u32)
}

/// Bytes that the weights need: as many as the file has.
pub(crate) fn weight_size(context: &Context) -> u32 {
    u32::try_from(context.source.bytes.len()).unwrap_or(u32::MAX)
}

/// Bytes that lie between layers: as many as go in and come out.
pub(crate) fn scratch_size(context: &Context) -> u32 {
    let tensors = [Role::Input, Role::Output].into_iter().flat_map(|role| {
        context
            .tensors(role)
            .iter()
            .map(move |tensor| (role, tensor))
    });
    let bytes = tensors.map(|(role, tensor)| {
        let layout = Layout::of(role, View::Native, tensor);
        (layout.slots() * element(View::Native, tensor).bytes()) as u64
    });
    u32::try_from(bytes.sum::<u64>()).unwrap_or(u32::MAX)
}

/// A name as the interface holds it: cut so that a NUL follows.
pub(crate) fn name(text: &str) -> [c_char; 256] {
    letters(text)
}

pub(crate) fn letters<const N: usize>(text: &str) -> [c_char; N] {
    let mut letters = [0; N];
    let kept = text.floor_char_boundary(N - 1);
    for (place, byte) in letters.iter_mut().zip(text[..kept].bytes()) {
        *place = byte as c_char;
    }
    letters
}
