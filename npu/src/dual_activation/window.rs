//! The last seconds of a being's state, sampled evenly.

use super::features::{FEATURE_COUNT, features};
use std::collections::VecDeque;
use triune_core::{ACTIVATION_SPAN, BeingId, Nanoseconds, State, Timestamp};

/// Samples in a window: 3.2 seconds.
pub const SAMPLE_COUNT: usize = 32;
/// Time between two samples.
pub const SAMPLE_INTERVAL: Nanoseconds = 100_000_000;
/// Intervals that may pass without a state before the window starts anew. Over a shorter gap
/// the sample before it is held.
pub const LONGEST_GAP_SAMPLES: u64 = 5;
/// Shape in which the recogniser takes a window: batch, features, 1, samples (oldest first).
/// Four axes, because NPUs convolve pictures; a window is a picture one line high.
pub const WINDOW_SHAPE: [usize; 4] = [1, FEATURE_COUNT, 1, SAMPLE_COUNT];

// The oldest sample may be one that was held over a gap, as may each of the gap's.
const _: () = assert!(
    (SAMPLE_COUNT as u64 + LONGEST_GAP_SAMPLES - 1) * SAMPLE_INTERVAL <= ACTIVATION_SPAN,
    "a window reaches further back than the kernel reckons with when a sense is refused"
);

/// A state may come this much before its sample is due, so that a caller whose period is one
/// sample interval does not lose every other state to its jitter.
const TOLERANCE: Nanoseconds = SAMPLE_INTERVAL / 10;

/// Gathers states into windows: evenly spaced in the states' own time, whatever the rate at
/// which they are observed.
#[derive(Clone, Debug, Default)]
pub struct StateWindow {
    samples: VecDeque<[f32; FEATURE_COUNT]>,
    being: BeingId,
    /// When the newest sample was due.
    grid: Timestamp,
    /// Time of the newest state that became a sample.
    newest: Timestamp,
}

impl StateWindow {
    /// An empty window.
    #[must_use]
    pub fn new() -> Self {
        Self {
            samples: VecDeque::with_capacity(SAMPLE_COUNT),
            ..Self::default()
        }
    }

    /// Offers a state; tells whether it became a sample. States that come before the next
    /// sample is due are passed over. A state of another being, one from the past, or one
    /// after a long gap starts the window anew.
    pub fn observe(&mut self, state: &State) -> bool {
        let follows = state.being == self.being && state.time >= self.newest;
        let intervals = (state.time.since(self.grid) + TOLERANCE) / SAMPLE_INTERVAL;
        let last = self.samples.back().copied();
        match last {
            Some(last) if follows && intervals <= LONGEST_GAP_SAMPLES => {
                if intervals == 0 {
                    return false;
                }
                for _ in 1..intervals {
                    self.push(last);
                }
                self.grid = self.grid.after(intervals * SAMPLE_INTERVAL);
            }
            _ => {
                self.samples.clear();
                self.being = state.being;
                self.grid = state.time;
            }
        }
        self.newest = state.time;
        self.push(features(state));
        true
    }

    fn push(&mut self, sample: [f32; FEATURE_COUNT]) {
        if self.samples.len() == SAMPLE_COUNT {
            self.samples.pop_front();
        }
        self.samples.push_back(sample);
    }

    /// Whether the window spans its whole time.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.samples.len() == SAMPLE_COUNT
    }

    /// Time of the newest sample; `None` while there is none.
    #[must_use]
    pub fn newest(&self) -> Option<Timestamp> {
        (!self.samples.is_empty()).then_some(self.newest)
    }

    /// Writes a full window in [`WINDOW_SHAPE`]; tells whether it was full and
    /// `elements` of the right length.
    #[must_use]
    pub fn write(&self, elements: &mut [f32]) -> bool {
        if !self.is_full() || elements.len() != FEATURE_COUNT * SAMPLE_COUNT {
            return false;
        }
        for (place, sample) in self.samples.iter().enumerate() {
            for (feature, &value) in sample.iter().enumerate() {
                elements[feature * SAMPLE_COUNT + place] = value;
            }
        }
        true
    }
}
