//! What only the stand-in has. Faults do not touch these calls.

use crate::counters::Counters;
use crate::faults::FaultPlan;
use crate::lent::{Lent, text};
use crate::refusal::{Refusal, say};
use crate::runtime::runtime;
use crate::versions;
use rknpu2_sys::RKNN_ERR_FAIL;
use std::ffi::{CString, c_char, c_int};
use std::panic::catch_unwind;
use std::sync::LazyLock;

/// Which stand-in this is and what computes in it; the real library has no such function.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn triune_soft_runtime() -> *const c_char {
    static IDENTITY: LazyLock<CString> = LazyLock::new(|| {
        let text = versions::identity(runtime().inner.name());
        CString::new(text).unwrap_or_default()
    });
    catch_unwind(|| IDENTITY.as_ptr()).unwrap_or(c"triune soft runtime".as_ptr())
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
