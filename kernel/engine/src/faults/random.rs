//! Chance that a seed decides.

/// Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003.
#[derive(Clone, Copy, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The numbers of the fault at `place` in a plan with `seed`.
    pub(super) fn new(seed: u64, place: usize) -> Self {
        // The generator must not begin at 0, and neighbours should not begin alike.
        let mixed = (seed ^ (place as u64) << 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(mixed | 1)
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
