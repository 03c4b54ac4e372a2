//! Products of matrices.

use super::call;
use crate::cores::CoreMask;
use crate::lent::Lent;
use crate::matmul::{Matmul, Shape, check_kind, check_shape_count};
use crate::refusal::Refusal;
use crate::runtime::{Entry, lock};
use rknpu2_sys as sys;
use std::ffi::{c_int, c_void};
use std::sync::{Arc, Mutex};
use sys::{
    rknn_matmul_ctx, rknn_matmul_info, rknn_matmul_io_attr, rknn_matmul_shape,
    rknn_matmul_tensor_attr, rknn_quant_params, rknn_tensor_mem,
};

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_matmul_create(
    ctx: *mut rknn_matmul_ctx,
    info: *mut rknn_matmul_info,
    io_attr: *mut rknn_matmul_io_attr,
) -> c_int {
    call("rknn_matmul_create", |runtime| {
        // SAFETY: the interface's contract.
        let context = unsafe { Lent::one(ctx, "ctx") }?;
        // SAFETY: the interface's contract.
        let info = unsafe { Lent::one(info, "info") }?.read(0);
        // SAFETY: the interface's contract.
        let attributes = unsafe { Lent::one(io_attr, "io_attr") }?;
        check_kind(&info)?;
        let (m, k, n) = (info.M, info.K, info.N);
        let shape = Shape::of(rknn_matmul_shape { M: m, K: k, N: n })?;
        let matmul = Matmul::new(vec![shape])?;
        attributes.write(0, shape.attributes());
        context.write(0, runtime.add(Entry::Matmul(Arc::new(Mutex::new(matmul)))));
        Ok(())
    })
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_matmul_create_dynamic_shape(
    ctx: *mut rknn_matmul_ctx,
    info: *mut rknn_matmul_info,
    shape_num: c_int,
    dynamic_shapes: *mut rknn_matmul_shape,
    io_attrs: *mut rknn_matmul_io_attr,
) -> c_int {
    call("rknn_matmul_create_dynamic_shape", |runtime| {
        let count = check_shape_count(shape_num)?;
        // SAFETY: the interface's contract.
        let context = unsafe { Lent::one(ctx, "ctx") }?;
        // SAFETY: the interface's contract.
        let info = unsafe { Lent::one(info, "info") }?.read(0);
        // SAFETY: the interface's contract.
        let shapes = unsafe { Lent::many(dynamic_shapes, count, "dynamic_shapes") }?;
        // SAFETY: the interface's contract.
        let attributes = unsafe { Lent::many(io_attrs, count, "io_attrs") }?;
        check_kind(&info)?;
        let shapes = shapes.to_vec().into_iter().map(Shape::of);
        let shapes = shapes.collect::<Result<Vec<_>, _>>()?;
        for (place, shape) in shapes.iter().enumerate() {
            attributes.write(place, shape.attributes());
        }
        let matmul = Matmul::new(shapes)?;
        context.write(0, runtime.add(Entry::Matmul(Arc::new(Mutex::new(matmul)))));
        Ok(())
    })
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_matmul_set_io_mem(
    ctx: rknn_matmul_ctx,
    mem: *mut rknn_tensor_mem,
    attr: *mut rknn_matmul_tensor_attr,
) -> c_int {
    call("rknn_matmul_set_io_mem", |runtime| {
        let matmul = runtime.matmul(ctx)?;
        let memory = runtime.memory(mem)?;
        // SAFETY: the interface's contract.
        let attribute = unsafe { Lent::one(attr, "attr") }?.read(0);
        lock(&matmul).bind(memory, &attribute.name)
    })
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_matmul_set_core_mask(
    context: rknn_matmul_ctx,
    core_mask: u32,
) -> c_int {
    call("rknn_matmul_set_core_mask", |runtime| {
        let matmul = runtime.matmul(context)?;
        lock(&matmul).set_cores(CoreMask::of(core_mask)?)
    })
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_matmul_set_dynamic_shape(
    ctx: rknn_matmul_ctx,
    shape: *mut rknn_matmul_shape,
) -> c_int {
    call("rknn_matmul_set_dynamic_shape", |runtime| {
        let matmul = runtime.matmul(ctx)?;
        // SAFETY: the interface's contract.
        let shape = unsafe { Lent::one(shape, "shape") }?.read(0);
        lock(&matmul).set_shape(Shape::of(shape)?)
    })
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_matmul_run(ctx: rknn_matmul_ctx) -> c_int {
    call("rknn_matmul_run", |runtime| {
        let matmul = runtime.matmul(ctx)?;
        lock(&matmul).run(runtime)
    })
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_matmul_destroy(ctx: rknn_matmul_ctx) -> c_int {
    call("rknn_matmul_destroy", |runtime| runtime.remove_matmul(ctx))
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_matmul_set_quant_params(
    context: rknn_matmul_ctx,
    _params: *mut rknn_quant_params,
) -> c_int {
    call("rknn_matmul_set_quant_params", |runtime| {
        runtime.matmul(context)?;
        Err(no_quantisation())
    })
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_matmul_get_quant_params(
    ctx: rknn_matmul_ctx,
    _params: *mut rknn_quant_params,
    _scale: *mut f32,
) -> c_int {
    call("rknn_matmul_get_quant_params", |runtime| {
        runtime.matmul(ctx)?;
        Err(no_quantisation())
    })
}

fn no_quantisation() -> Refusal {
    Refusal::parameter("sums of 32 bits have no quantisation")
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_B_normal_layout_to_native_layout(
    _b_input: *mut c_void,
    _b_output: *mut c_void,
    _k: c_int,
    _n: c_int,
    _info: *mut rknn_matmul_info,
) -> c_int {
    call("rknn_B_normal_layout_to_native_layout", |_runtime| {
        Err(Refusal::parameter("the device's own layout is not known"))
    })
}
