//! How hearing is set up.

use super::error::HearingError;

/// The form of the samples that arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoundInput {
    /// Frames a second, 8000 to 192000.
    pub rate_hz: u32,
    /// Samples a frame, 1 to 8.
    pub channels: u16,
}

/// Thresholds of hearing. The defaults were chosen on synthesised speech in noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HearingParameters {
    /// Speech likeness at which a speech event begins, 0 to 1.
    pub speech_start: f32,
    /// Speech likeness below which it may end, 0 to 1; less than `speech_start`.
    pub speech_stop: f32,
    /// Milliseconds without any trace of speech after which a speech event ends.
    pub hang_over_ms: f32,
    /// Decibels above the recent background at which an onset begins.
    pub onset_start_db: f32,
    /// Decibels above the recent background below which an onset ends; less than `onset_start_db`.
    pub onset_stop_db: f32,
}

impl Default for HearingParameters {
    fn default() -> Self {
        Self {
            speech_start: 0.6,
            speech_stop: 0.4,
            hang_over_ms: 500.0,
            onset_start_db: 10.0,
            onset_stop_db: 5.0,
        }
    }
}

impl SoundInput {
    pub(super) fn check(self) -> Result<(), HearingError> {
        if !(8_000..=192_000).contains(&self.rate_hz) {
            return Err(HearingError::Rate(self.rate_hz));
        }
        if !(1..=8).contains(&self.channels) {
            return Err(HearingError::Channels(self.channels));
        }
        Ok(())
    }
}

impl HearingParameters {
    pub(super) fn check(&self) -> Result<(), HearingError> {
        let ranges = [
            ("speech_start", self.speech_start, 0.05, 1.0),
            ("speech_stop", self.speech_stop, 0.01, 1.0),
            ("hang_over_ms", self.hang_over_ms, 50.0, 10_000.0),
            ("onset_start_db", self.onset_start_db, 6.0, 60.0),
            ("onset_stop_db", self.onset_stop_db, 1.0, 60.0),
        ];
        for (name, value, low, high) in ranges {
            if !(low..=high).contains(&value) {
                return Err(HearingError::Parameter {
                    name,
                    value,
                    low,
                    high,
                });
            }
        }
        let pairs = [
            (
                "speech_start",
                self.speech_start,
                "speech_stop",
                self.speech_stop,
            ),
            (
                "onset_start_db",
                self.onset_start_db,
                "onset_stop_db",
                self.onset_stop_db,
            ),
        ];
        for (start, start_value, stop, stop_value) in pairs {
            if stop_value >= start_value {
                return Err(HearingError::Hysteresis {
                    start,
                    start_value,
                    stop,
                    stop_value,
                });
            }
        }
        Ok(())
    }
}
