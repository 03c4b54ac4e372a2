//! What the kernel decided or was told.

use super::burst::{BurstCause, BurstEnd};
use super::policy::OverrunPolicy;
use triune_core::{BeingId, Consent, Nanoseconds, Parameters};

/// A change in how the kernel runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KernelEvent {
    /// A being is there.
    BeingAdded(BeingId),
    /// A being is gone.
    BeingRemoved(BeingId),
    /// What a being may sense, keep, share and say was changed.
    ConsentChanged(BeingId, Consent),
    /// How a being's loops are tuned was changed.
    ParametersChanged(BeingId, Parameters),
    /// The time between two deadlines is another, for whatever reason.
    PeriodChanged(Nanoseconds),
    /// What happens to deadlines that were not kept was changed.
    PolicyChanged(OverrunPolicy),
    /// The governor divides the rate by 2 to the power of `to`, and no longer of `from`.
    LevelChanged {
        /// The level before.
        from: u32,
        /// The level now.
        to: u32,
    },
    /// A burst began.
    BurstBegan(BurstCause),
    /// The burst ended.
    BurstEnded(BurstEnd),
    /// Words told to this being found the list of those that wait for its late analytical loop
    /// full.
    WordsLost(BeingId),
}
