//! Operators of the caller's own: there is nothing that would call them.

use super::call;
use crate::lent::Lent;
use crate::refusal::Refusal;
use rknpu2_sys::{rknn_context, rknn_custom_op, rknn_custom_op_attr, rknn_custom_op_context};
use std::ffi::{c_char, c_int};

#[unsafe(no_mangle)]
pub(crate) extern "C" fn rknn_register_custom_ops(
    ctx: rknn_context,
    _op: *mut rknn_custom_op,
    _custom_op_num: u32,
) -> c_int {
    call("rknn_register_custom_ops", |runtime| {
        runtime.context(ctx)?;
        Err(Refusal::parameter("custom operators are not supported"))
    })
}

/// Tells that there is no such attribute, as there are none.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_custom_op_get_op_attr(
    _op_ctx: *mut rknn_custom_op_context,
    _attr_name: *const c_char,
    op_attr: *mut rknn_custom_op_attr,
) {
    // It gives no code, so that a refusal is only said.
    call("rknn_custom_op_get_op_attr", |_runtime| {
        // SAFETY: the interface's contract; it is only written.
        let attribute = unsafe { Lent::one(op_attr, "op_attr") }?;
        let none = rknn_custom_op_attr {
            name: [0; 256],
            dtype: 0,
            n_elems: 0,
            data: std::ptr::null_mut(),
        };
        attribute.write(0, none);
        Ok(())
    });
}
