//! What the experiential loop makes of a cycle.

use crate::energy::EnergyCentres;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The drives and how they move.
#[derive(Clone, Copy, Debug, Default, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct ExperientialState {
    /// Value of each centre, 0 to 1.
    pub centres: EnergyCentres,
    /// Rate of change of each centre, per second; at most 2 pi times the natural frequency.
    pub velocities: [f32; 7],
    /// How strongly the drives depart from rest, 0 to 1.
    pub arousal: f32,
}
