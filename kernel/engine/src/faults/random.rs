//! Chance that a seed decides.

use triune_core::BeingId;
use xxhash_rust::xxh3::xxh3_64;
use zerocopy::IntoBytes;

/// Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003.
#[derive(Clone, Copy, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The numbers of one being for the fault at `place` in a plan with `seed`.
    pub(super) fn new(seed: u64, being: BeingId, place: usize) -> Self {
        // The generator must not begin at 0, and neighbours should not begin alike.
        let bytes = [seed, being.0, place as u64];
        Self(xxh3_64(bytes.as_bytes()) | 1)
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Evenly from `low` to below `high`.
    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        let unit = (self.bits() >> 40) as f32 / (1_u64 << 24) as f32;
        (low + (high - low) * unit).clamp(low, high)
    }
}
