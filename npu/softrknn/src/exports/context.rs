//! Contexts: made, duplicated, set up, destroyed.

use super::call;
use crate::context::Context;
use crate::cores::CoreMask;
use crate::layout::Role;
use crate::lent::{Lent, text};
use crate::model_source::{ModelSource, slice};
use crate::refusal::Refusal;
use crate::runtime::{Entry, Runtime, lock};
use rknpu2_sys as sys;
use std::ffi::{c_int, c_void};
use std::path::Path;
use std::sync::{Arc, Mutex};
use sys::{rknn_context, rknn_init_extend, rknn_tensor_attr};

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_init(
    context: *mut rknn_context,
    model: *mut c_void,
    size: u32,
    flag: u32,
    extend: *mut rknn_init_extend,
) -> c_int {
    call("rknn_init", |runtime| {
        // SAFETY: the interface's contract; a context is written here in any case.
        let context = unsafe { Lent::one(context, "context") }?;
        context.write(0, 0);
        // SAFETY: the interface's contract.
        let extend = unsafe { Lent::maybe(extend) }.map(|extend| extend.read(0));
        if flag & sys::RKNN_FLAG_SHARE_WEIGHT_MEM != 0 {
            let other = extend.map_or(0, |extend| extend.ctx);
            runtime.context(other)?;
        }
        let part = extend.map(model_part).transpose()?.flatten();
        let source = if size == 0 {
            // SAFETY: a size of 0 says that a path stands there.
            let path = unsafe { text(model.cast()) }
                .ok_or_else(|| Refusal::parameter("model is a null pointer"))?;
            ModelSource::from_path(Path::new(path.as_ref()), part)?
        } else {
            // SAFETY: the size is that of the model.
            let bytes = unsafe { Lent::many(model.cast::<u8>(), size, "model") }?.to_vec();
            ModelSource::from_bytes(slice(&bytes, part)?)?
        };
        context.write(0, add(runtime, source, flag, CoreMask::Any)?);
        Ok(())
    })
}

/// Where in the file or buffer the model stands, if that is told.
fn model_part(extend: rknn_init_extend) -> Result<Option<(usize, usize)>, Refusal> {
    if extend.real_model_size == 0 {
        return Ok(None);
    }
    let offset = usize::try_from(extend.real_model_offset)
        .map_err(|_| Refusal::parameter("real_model_offset is below 0"))?;
    Ok(Some((offset, extend.real_model_size as usize)))
}

fn add(
    runtime: &Runtime,
    source: ModelSource,
    flags: u32,
    cores: CoreMask,
) -> Result<rknn_context, Refusal> {
    let plan = runtime.faults.plan()?;
    let backend = runtime.inner.backend(plan.pure_rust);
    let mut context = Context::load(source, flags, backend.as_ref())?;
    context.cores = cores;
    Ok(runtime.add(Entry::Model(Arc::new(Mutex::new(context)))))
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_dup_context(
    context_in: *mut rknn_context,
    context_out: *mut rknn_context,
) -> c_int {
    call("rknn_dup_context", |runtime| {
        // SAFETY: the interface's contract.
        let original = unsafe { Lent::one(context_in, "context_in") }?.read(0);
        // SAFETY: the interface's contract.
        let copy = unsafe { Lent::one(context_out, "context_out") }?;
        let original = runtime.context(original)?;
        let (source, flags, cores) = {
            let original = lock(&original);
            (original.source.clone(), original.flags, original.cores)
        };
        copy.write(0, add(runtime, source, flags, cores)?);
        Ok(())
    })
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_destroy(context: rknn_context) -> c_int {
    call("rknn_destroy", |runtime| runtime.remove_context(context))
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_set_core_mask(context: rknn_context, core_mask: u32) -> c_int {
    call("rknn_set_core_mask", |runtime| {
        let context = runtime.context(context)?;
        lock(&context).cores = CoreMask::of(core_mask)?;
        Ok(())
    })
}

/// How a batch is spread makes no difference to what comes out.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_set_batch_core_num(context: rknn_context, core_num: c_int) -> c_int {
    call("rknn_set_batch_core_num", |runtime| {
        runtime.context(context)?;
        if (1..=3).contains(&core_num) {
            Ok(())
        } else {
            Err(Refusal::parameter(format!("{core_num} cores: there are 3")))
        }
    })
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_set_input_shape(
    ctx: rknn_context,
    attr: *mut rknn_tensor_attr,
) -> c_int {
    call("rknn_set_input_shape", |runtime| {
        // SAFETY: the interface's contract.
        let attribute = unsafe { Lent::one(attr, "attr") }?;
        set_shapes(runtime, ctx, &attribute)
    })
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_set_input_shapes(
    ctx: rknn_context,
    n_inputs: u32,
    attr: *mut rknn_tensor_attr,
) -> c_int {
    call("rknn_set_input_shapes", |runtime| {
        // SAFETY: the interface's contract.
        let attributes = unsafe { Lent::many(attr, n_inputs, "attr") }?;
        set_shapes(runtime, ctx, &attributes)
    })
}

/// No model has dynamic shapes: the only ones that can be set are those it has.
fn set_shapes(
    runtime: &Runtime,
    context: rknn_context,
    attributes: &Lent<rknn_tensor_attr>,
) -> Result<(), Refusal> {
    let context = runtime.context(context)?;
    let context = lock(&context);
    for place in 0..attributes.len() {
        let attribute = attributes.read(place);
        let tensor = context.tensor(Role::Input, attribute.index)?;
        let dims = crate::layout::Layout::of_format(attribute.fmt, tensor)
            .map(|layout| layout.dims())
            .unwrap_or_default();
        let count = (attribute.n_dims as usize).min(attribute.dims.len());
        let given = attribute.dims[..count].iter().map(|&axis| axis as usize);
        if !given.eq(dims.iter().copied()) {
            return Err(Refusal::parameter(format!(
                "input '{}' has one shape only: {dims:?}",
                tensor.name
            )));
        }
    }
    Ok(())
}
