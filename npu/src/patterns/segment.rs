//! A stretch of time, told by what its moments have in common.

use super::observation::Observation;
use crate::dual_activation::FEATURE_COUNT;
use triune_core::{Nanoseconds, Timestamp};

/// Numbers of the model's hidden layer.
pub const TRACE_LENGTH: usize = 64;
/// Numbers of a segment's signature: mean and standard deviation of loudness, speech, brightness
/// and motion, with the rarest samples at either end drawn in; and the mean of onsets.
pub const SIGNATURE_LENGTH: usize = 9;
/// Samples of a segment: 12 seconds.
pub const SEGMENT_SAMPLES: usize = 60;
/// Time between two samples.
pub const SEGMENT_INTERVAL: Nanoseconds = 200_000_000;

/// A sample may come this much before it is due: the caller's times jitter.
const TOLERANCE: Nanoseconds = SEGMENT_INTERVAL / 10;
/// After a gap longer than this a segment begins anew.
const LONGEST_GAP: Nanoseconds = 1_000_000_000;

/// Features that a signature is made of, by their place in
/// [`FEATURE_NAMES`](crate::FEATURE_NAMES). None of them depends on what went before.
const LOUDNESS: usize = 0;
const SPEECH: usize = 1;
const ONSET: usize = 2;
const BRIGHTNESS: usize = 3;
const MOTION: usize = 4;
const CHANNELS: [usize; 4] = [LOUDNESS, SPEECH, BRIGHTNESS, MOTION];

/// Samples that are drawn in at either end (winsorised; Tukey 1962, The Future of Data Analysis):
/// 5 %, as many as a sudden event lasts. Quantiles would not do: of a rhythm that is on for about
/// as long as the quantile says, they jump from one of its levels to the other between segments.
const RARE: usize = SEGMENT_SAMPLES * 5 / 100;

/// What 12 seconds have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Time of the newest sample.
    pub end: Timestamp,
    /// Mean of the model's hidden layer.
    pub trace: [f32; TRACE_LENGTH],
    /// How the senses' levels are spread.
    pub signature: [f32; SIGNATURE_LENGTH],
}

/// Gathers observations into segments, one after the other.
#[derive(Clone, Debug)]
pub struct Segments {
    features: [[f32; SEGMENT_SAMPLES]; FEATURES],
    trace: [f32; TRACE_LENGTH],
    count: usize,
    newest: Timestamp,
    /// When the next sample is due.
    due: Timestamp,
}

const FEATURES: usize = CHANNELS.len() + 1;

impl Default for Segments {
    fn default() -> Self {
        Self {
            features: [[0.0; SEGMENT_SAMPLES]; FEATURES],
            trace: [0.0; TRACE_LENGTH],
            count: 0,
            newest: Timestamp(0),
            due: Timestamp(0),
        }
    }
}

impl Segments {
    /// Offers an observation at whatever rate; gives a segment when one is full.
    ///
    /// An observation that is not finite, comes from the past, or follows a gap of more than a
    /// second begins anew.
    pub fn observe(&mut self, observation: &Observation<'_>) -> Option<Segment> {
        let time = observation.time;
        let passed = time.since(self.newest);
        if time < self.newest || passed > LONGEST_GAP || !observation.is_finite() {
            self.count = 0;
            self.due = time;
            if !observation.is_finite() {
                return None;
            }
        } else if time.after(TOLERANCE) < self.due {
            return None;
        }
        // Samples keep to an even grid, however the caller's times fall.
        let is_even = time.since(self.due) < SEGMENT_INTERVAL;
        let grid = if is_even { self.due } else { time };
        self.due = grid.after(SEGMENT_INTERVAL);
        self.newest = time;
        self.take(observation.features, observation.trace);
        if self.count < SEGMENT_SAMPLES {
            return None;
        }
        let segment = Segment {
            end: time,
            trace: self.trace.map(|sum| sum / SEGMENT_SAMPLES as f32),
            signature: self.signature(),
        };
        self.count = 0;
        Some(segment)
    }

    fn take(&mut self, features: &[f32; FEATURE_COUNT], trace: &[f32; TRACE_LENGTH]) {
        if self.count == 0 {
            self.trace = [0.0; TRACE_LENGTH];
        }
        for (channel, place) in self
            .features
            .iter_mut()
            .zip(CHANNELS.into_iter().chain([ONSET]))
        {
            // Motion is small where it is seen at all: its root has room for both.
            channel[self.count] = if place == MOTION {
                features[place].max(0.0).sqrt()
            } else {
                features[place]
            };
        }
        for (sum, value) in self.trace.iter_mut().zip(trace) {
            *sum += value;
        }
        self.count += 1;
    }

    fn signature(&self) -> [f32; SIGNATURE_LENGTH] {
        let mut signature = [0.0; SIGNATURE_LENGTH];
        let (levels, onset) = signature.split_at_mut(2 * CHANNELS.len());
        for (level, channel) in levels.chunks_exact_mut(2).zip(&self.features) {
            let mut sorted = *channel;
            sorted.sort_unstable_by(f32::total_cmp);
            let (least, most) = (sorted[RARE], sorted[SEGMENT_SAMPLES - 1 - RARE]);
            let count = SEGMENT_SAMPLES as f32;
            let drawn = || sorted.iter().map(|value| value.clamp(least, most));
            let mean = drawn().sum::<f32>() / count;
            let squares = drawn().map(|value| (value - mean) * (value - mean));
            level[0] = mean;
            level[1] = (squares.sum::<f32>() / count).sqrt();
        }
        onset[0] = self.features[CHANNELS.len()].iter().sum::<f32>() / SEGMENT_SAMPLES as f32;
        signature
    }
}
