//! The energy centres as a chain of leaky, coupled oscillators.

use crate::numbers::{unit, within};
use crate::parameters::Parameters;

/// A damped oscillator `x'' = w^2 (drive - x) - 2 z w x'` for one step size (second-order linear
/// system; w the natural frequency, z the damping ratio).
///
/// `drive = (1 - c) target + c mean(neighbours)`, so the pull on a centre is
/// `(1 - c) (target - x)`, the leak, plus `c` times the discrete Laplacian of the chain, the
/// diffusive coupling. The ends reflect: a missing neighbour is the centre itself.
///
/// Implicit Euler in the centre's own `x` and `x'` (Hairer and Wanner, Solving Ordinary
/// Differential Equations II, IV.3), explicit in its neighbours. With step h, `a = 2 z w h` and
/// `b = w^2 h^2`, a mode of the chain with eigenvalue `l` in -1 to 1 of the neighbour mean has the
/// characteristic polynomial `q^2 - (1 + (1 - b k) / D) q + 1 / D`, `D = 1 + a + b`,
/// `k = 1 - c l`. By Jury's test its roots lie within the unit circle exactly if `0 < k` and
/// `b k < 2 (D + 1)`: for every h when `c < 1`. So it settles at every step size, and at `c = 1`
/// alone the chain would not leak, which is why the coupling's range ends below.
pub(super) struct Oscillator {
    coupling: f32,
    step: f32,
    /// w, radians a second.
    frequency: f32,
    /// w^2 h: velocity gained in one step for each unit of displacement.
    pull: f32,
    /// D, by which the implicit rule divides.
    resistance: f32,
}

impl Oscillator {
    /// The oscillator for a step of `step` seconds.
    pub(super) fn new(parameters: &Parameters, step: f32) -> Self {
        let frequency = 2.0 * std::f32::consts::PI * parameters.centre_frequency_hertz;
        let stiffness = frequency * frequency;
        let damping = 2.0 * parameters.centre_damping * frequency;
        Self {
            coupling: parameters.centre_coupling,
            step,
            frequency,
            pull: step * stiffness,
            resistance: 1.0 + step * damping + step * step * stiffness,
        }
    }

    /// What target and neighbours together drive centre `index` towards, 0 to 1.
    pub(super) fn drive(&self, values: &[f32; 7], index: usize, target: f32) -> f32 {
        let value = values[index];
        let below = index.checked_sub(1).map_or(value, |below| values[below]);
        let above = values.get(index + 1).copied().unwrap_or(value);
        unit((1.0 - self.coupling) * target + self.coupling * 0.5 * (below + above))
    }

    /// Value and velocity (per second) one step later.
    pub(super) fn advance(&self, value: f32, velocity: f32, drive: f32) -> (f32, f32) {
        let velocity = (velocity + self.pull * (drive - value)) / self.resistance;
        // From rest no drive within 0 to 1 makes a centre faster than w; a state that was tuned
        // otherwise before may be.
        let velocity = within(velocity, self.frequency);
        let moved = value + self.step * velocity;
        let held = unit(moved);
        // A centre that reaches its end stops there.
        if held == moved {
            (held, velocity)
        } else {
            (held, 0.0)
        }
    }
}
