//! The C interface.
//!
//! Contract of every function, as the interface says it: a pointer is null where that is allowed,
//! or what it points to is there, initialised and used by nobody else for the time of the call. Handles and
//! pointers to memories may be anything: they are looked up, never followed. No call unwinds.

mod context;
mod custom_op;
mod matmul;
mod memory;
mod query;
mod run;
mod soft;

use crate::refusal::{Refusal, say};
use crate::runtime::{Runtime, runtime};
use rknpu2_sys::{RKNN_ERR_FAIL, rknn_tensor_mem};
use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The functions of the interface.
pub(crate) const CALLS: [&str; 35] = [
    "rknn_init",
    "rknn_dup_context",
    "rknn_destroy",
    "rknn_query",
    "rknn_inputs_set",
    "rknn_set_batch_core_num",
    "rknn_set_core_mask",
    "rknn_run",
    "rknn_wait",
    "rknn_outputs_get",
    "rknn_outputs_release",
    "rknn_create_mem_from_phys",
    "rknn_create_mem_from_fd",
    "rknn_create_mem_from_mb_blk",
    "rknn_create_mem",
    "rknn_create_mem2",
    "rknn_destroy_mem",
    "rknn_set_weight_mem",
    "rknn_set_internal_mem",
    "rknn_set_io_mem",
    "rknn_set_input_shape",
    "rknn_set_input_shapes",
    "rknn_mem_sync",
    "rknn_matmul_create",
    "rknn_matmul_create_dynamic_shape",
    "rknn_matmul_set_io_mem",
    "rknn_matmul_set_core_mask",
    "rknn_matmul_set_quant_params",
    "rknn_matmul_get_quant_params",
    "rknn_matmul_set_dynamic_shape",
    "rknn_matmul_run",
    "rknn_matmul_destroy",
    "rknn_B_normal_layout_to_native_layout",
    "rknn_register_custom_ops",
    "rknn_custom_op_get_op_attr",
];

/// Does a call: injected faults first, and no panic leaves it.
fn call(name: &'static str, body: impl FnOnce(&Runtime) -> Result<(), Refusal>) -> c_int {
    match attempt(name, body) {
        Ok(()) => 0,
        Err(code) => code,
    }
}

/// Does a call that gives a memory, or a null pointer.
fn call_for_memory(
    name: &'static str,
    body: impl FnOnce(&Runtime) -> Result<*mut rknn_tensor_mem, Refusal>,
) -> *mut rknn_tensor_mem {
    attempt(name, body).unwrap_or(std::ptr::null_mut())
}

fn attempt<T>(
    name: &'static str,
    body: impl FnOnce(&Runtime) -> Result<T, Refusal>,
) -> Result<T, c_int> {
    let attempted = catch_unwind(AssertUnwindSafe(|| {
        let runtime = runtime();
        runtime.faults.before(name)?;
        body(runtime)
    }));
    let refusal = match attempted {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(refusal)) => refusal,
        Err(_) => Refusal::new(
            RKNN_ERR_FAIL,
            "the call panicked: this is a fault of the stand-in",
        ),
    };
    say(&format!("{name}: {} ({})", refusal.why, refusal.code));
    Err(refusal.code)
}
