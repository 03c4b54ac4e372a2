//! What may be changed while the engine runs.

use triune_core::{Consent, Parameters};

/// A change to the being, in force from the next cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// What it may sense, keep, share and say.
    Consent(Consent),
    /// How its loops are tuned.
    Parameters(Parameters),
}
