//! Why a smoke test did not get as far as a verdict, or got a bad one.

use std::path::PathBuf;
use std::time::Duration;

use super::judge::Fault;
use super::recognition::RecognitionFault;
use crate::api::ApiError;
use crate::interrupt::Interrupted;
use crate::qemu::QemuError;

/// Why a smoke test failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SmokeError {
    #[error("{step} did not happen within {limit:?}; {hint}")]
    Late {
        step: &'static str,
        limit: Duration,
        hint: &'static str,
    },
    #[error("the stage cannot go on: {0}")]
    Stage(String),
    #[error("the appliance did not pass:{}", list(.0))]
    Faults(Vec<Fault>),
    #[error(
        "the service's account does not add up: {cycles} cycles + {skipped} skipped are not {scheduled} scheduled"
    )]
    Account {
        scheduled: u64,
        cycles: u64,
        skipped: u64,
    },
    #[error(
        "in {seconds:.1} s {cycles} cycles ran and {scheduled} were scheduled, at {rate_hz} Hz: the kernel does not keep its rate"
    )]
    Slow {
        seconds: f64,
        rate_hz: f64,
        cycles: u64,
        scheduled: u64,
    },
    #[error("the display shows the same picture before and after the performance")]
    Frozen,
    #[error("models do not run as the board's file says: {0}")]
    Recognition(#[from] RecognitionFault),
    #[error("the guest did not power off by itself")]
    PowerOff,
    #[error("the picture of the display {path} {reason}")]
    Picture { path: PathBuf, reason: String },
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Qemu(#[from] QemuError),
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

fn list(faults: &[Fault]) -> String {
    faults
        .iter()
        .map(|fault| format!("\n  - {fault}"))
        .collect()
}
