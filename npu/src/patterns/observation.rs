//! What discovery is given.

use super::segment::TRACE_LENGTH;
use crate::dual_activation::FEATURE_COUNT;
use triune_core::Timestamp;

/// One moment of a being, as the recogniser saw it.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// Time of the state.
    pub time: Timestamp,
    /// The same by the calendar, milliseconds since 1970: for people, nothing is reckoned with it.
    pub unix_ms: u64,
    /// The model's output `trace` for the window that ends with the state.
    pub trace: &'a [f32; TRACE_LENGTH],
    /// The state's [`features`](crate::features).
    pub features: &'a [f32; FEATURE_COUNT],
}

impl Observation<'_> {
    pub(super) fn is_finite(&self) -> bool {
        let mut values = self.trace.iter().chain(self.features);
        values.all(|value| value.is_finite())
    }
}
