//! Random draws.

use fastrand::Rng;

/// Uniform within `low` to `high`.
pub(crate) fn between(rng: &mut Rng, low: f32, high: f32) -> f32 {
    low + (high - low) * rng.f32()
}

/// True with this probability.
pub(crate) fn chance(rng: &mut Rng, probability: f32) -> bool {
    rng.f32() < probability
}

/// Normally distributed (Box and Muller 1958).
pub(crate) fn normal(rng: &mut Rng, mean: f32, deviation: f32) -> f32 {
    let radius = (-2.0 * (1.0 - rng.f32()).ln()).sqrt();
    mean + deviation * radius * (std::f32::consts::TAU * rng.f32()).cos()
}

/// Something that switches between on and off, each for a while.
pub(crate) struct Bout {
    pub(crate) is_on: bool,
    left: f32,
    on: (f32, f32),
    off: (f32, f32),
}

impl Bout {
    /// Off at first; stays on and off for spans of seconds within these limits.
    pub(crate) fn new(rng: &mut Rng, on: (f32, f32), off: (f32, f32)) -> Self {
        Self {
            is_on: false,
            left: between(rng, 0.0, off.1),
            on,
            off,
        }
    }

    /// Goes on by `seconds`; `haste` divides the pauses.
    pub(crate) fn advance(&mut self, rng: &mut Rng, seconds: f32, haste: f32) -> bool {
        self.left -= seconds;
        if self.left <= 0.0 {
            self.is_on = !self.is_on;
            let (low, high) = if self.is_on { self.on } else { self.off };
            self.left = between(rng, low, high) / if self.is_on { 1.0 } else { haste.max(0.1) };
        }
        self.is_on
    }
}

/// A level that wanders within 0 to 1 around a mean (an Ornstein-Uhlenbeck process, held).
pub(crate) struct Wander {
    pub(crate) value: f32,
    mean: f32,
    spread: f32,
    seconds: f32,
}

impl Wander {
    /// Starts near `mean`; forgets over `seconds`.
    pub(crate) fn new(rng: &mut Rng, mean: f32, spread: f32, seconds: f32) -> Self {
        let value = normal(rng, mean, spread).clamp(0.0, 1.0);
        Self {
            value,
            mean,
            spread,
            seconds,
        }
    }

    /// Goes on by `seconds`.
    pub(crate) fn advance(&mut self, rng: &mut Rng, seconds: f32) -> f32 {
        let share = seconds / self.seconds;
        let kick = normal(rng, 0.0, self.spread * (2.0 * share).sqrt());
        self.value = (self.value + (self.mean - self.value) * share + kick).clamp(0.0, 1.0);
        self.value
    }
}
