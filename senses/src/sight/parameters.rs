//! How sight is set up.

use super::error::SightError;

/// Thresholds of sight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SightParameters {
    /// Least change of a cell's mean luminance, in steps of 1/255, that counts as motion.
    pub least_change: f32,
    /// A cell must change by this many standard deviations of the picture's noise.
    pub noise_factor: f32,
    /// Share of changed cells at which a motion event begins, 0 to 1.
    pub motion_start: f32,
    /// Share of changed cells below which it may end, 0 to 1; less than `motion_start`.
    pub motion_stop: f32,
    /// Milliseconds of stillness after which a motion event ends.
    pub motion_hang_over_ms: f32,
    /// Change of mean luminance that makes a brightness event, 0 to 1.
    pub brightness_step: f32,
    /// Milliseconds that the new brightness must last.
    pub brightness_hold_ms: f32,
}

impl Default for SightParameters {
    fn default() -> Self {
        Self {
            least_change: 3.0,
            noise_factor: 6.0,
            motion_start: 0.01,
            motion_stop: 0.004,
            motion_hang_over_ms: 700.0,
            brightness_step: 0.08,
            brightness_hold_ms: 300.0,
        }
    }
}

impl SightParameters {
    pub(super) fn check(&self) -> Result<(), SightError> {
        let ranges = [
            ("least_change", self.least_change, 0.5, 255.0),
            ("noise_factor", self.noise_factor, 1.0, 100.0),
            ("motion_start", self.motion_start, 0.001, 1.0),
            ("motion_stop", self.motion_stop, 0.0, 1.0),
            (
                "motion_hang_over_ms",
                self.motion_hang_over_ms,
                0.0,
                60_000.0,
            ),
            ("brightness_step", self.brightness_step, 0.01, 1.0),
            ("brightness_hold_ms", self.brightness_hold_ms, 0.0, 60_000.0),
        ];
        for (name, value, low, high) in ranges {
            if !(low..=high).contains(&value) {
                return Err(SightError::Parameter {
                    name,
                    value,
                    low,
                    high,
                });
            }
        }
        if self.motion_stop >= self.motion_start {
            return Err(SightError::Hysteresis {
                start: self.motion_start,
                stop: self.motion_stop,
            });
        }
        Ok(())
    }
}
