//! What only the stand-in has. Faults do not touch these calls.

use crate::counters::Counters;
use crate::faults::FaultPlan;
use crate::lent::{Lent, text};
use crate::refusal::{Refusal, say};
use crate::runtime::runtime;
use crate::versions::IDENTITY;
use rknpu2_sys::RKNN_ERR_FAIL;
use std::ffi::{c_char, c_int};
use std::panic::catch_unwind;

/// Which stand-in this is; the real library has no such function.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn triune_soft_runtime() -> *const c_char {
    IDENTITY.as_ptr()
}

/// Injects these faults instead of those before; none for a null pointer or an empty text.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn triune_soft_faults(faults: *const c_char) -> c_int {
    contained("triune_soft_faults", || {
        // SAFETY: the interface's contract.
        let faults = unsafe { text(faults) }.unwrap_or_default();
        let plan: FaultPlan = faults
            .parse()
            .map_err(|error: crate::FaultPlanError| Refusal::parameter(error.to_string()))?;
        runtime().faults.replace(plan);
        Ok(())
    })
}

/// Tells what is held.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn triune_soft_counters(counters: *mut Counters) -> c_int {
    contained("triune_soft_counters", || {
        // SAFETY: the interface's contract; its fields are only written.
        let counters = unsafe { Lent::one(counters, "counters") }?;
        counters.write(0, runtime().counters());
        Ok(())
    })
}

fn contained(
    name: &str,
    body: impl FnOnce() -> Result<(), Refusal> + std::panic::UnwindSafe,
) -> c_int {
    match catch_unwind(body) {
        Ok(Ok(())) => 0,
        Ok(Err(refusal)) => {
            say(&format!("{name}: {} ({})", refusal.why, refusal.code));
            refusal.code
        }
        Err(_) => RKNN_ERR_FAIL,
    }
}
