//! How light falls off, as tables.

/// Steps of a table.
const STEPS: usize = 512;

/// How light falls off from its middle (0) to its rim (1), in 65535ths.
pub(super) struct Falloff(Box<[u16; STEPS + 1]>);

impl Falloff {
    /// The falloff that `weight` gives; `weight` is asked for 0 to 1.
    pub(super) fn new(weight: impl Fn(f32) -> f32) -> Self {
        Self(Box::new(std::array::from_fn(|step| {
            (weight(step as f32 / STEPS as f32).clamp(0.0, 1.0) * 65535.0) as u16
        })))
    }

    /// The weight at `share` of the way to the rim; beyond it that of the rim.
    #[inline]
    pub(super) fn at(&self, share: f32) -> u16 {
        self.0[((share * STEPS as f32) as usize).min(STEPS)]
    }
}
