//! Questions.

use super::call;
use crate::query::{Answer, answer};
use crate::runtime::lock;
use rknpu2_sys::rknn_context;
use std::ffi::{c_int, c_void};

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rknn_query(
    context: rknn_context,
    cmd: u32,
    info: *mut c_void,
    size: u32,
) -> c_int {
    call("rknn_query", |runtime| {
        let context = runtime.context(context)?;
        let plan = runtime.faults.plan()?;
        // SAFETY: the interface's contract.
        let info = unsafe { Answer::new(info, size) };
        answer(&mut lock(&context), &plan, cmd, &info)
    })
}
