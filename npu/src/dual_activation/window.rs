//! The last seconds of a being's state, sampled evenly.

use super::features::{FEATURE_COUNT, features};
use std::collections::VecDeque;
use triune_core::{ACTIVATION_SPAN, BeingId, Nanoseconds, State, Timestamp};

/// Samples in a window: 3.2 seconds.
pub const SAMPLE_COUNT: usize = 32;
/// Time between two samples.
pub const SAMPLE_INTERVAL: Nanoseconds = 100_000_000;
/// Intervals that may pass without a state before the window starts anew. Over a shorter gap
/// the state before it is held.
pub const LONGEST_GAP_SAMPLES: u64 = 5;
/// Shape in which the recogniser takes a window: batch, features, 1, samples (oldest first).
/// Four axes, because NPUs convolve pictures; a window is a picture one line high.
pub const WINDOW_SHAPE: [usize; 4] = [1, FEATURE_COUNT, 1, SAMPLE_COUNT];

/// From the oldest sample to the newest.
const REACH: Nanoseconds = (SAMPLE_COUNT as u64 - 1) * SAMPLE_INTERVAL;
const LONGEST_GAP: Nanoseconds = LONGEST_GAP_SAMPLES * SAMPLE_INTERVAL;

// The oldest sample may be a state that is held over a gap.
const _: () = assert!(
    REACH + LONGEST_GAP <= ACTIVATION_SPAN,
    "a window reaches further back than the kernel reckons with when a sense is refused"
);

/// A sample may be a state from this much after it is due, so that a caller whose period is one
/// sample interval does not lose states to its jitter.
const TOLERANCE: Nanoseconds = SAMPLE_INTERVAL / 10;

/// Of three states that follow each other more closely the middle one is left out: that bounds the
/// memory at any rate of states. 1,000 cycles a second, the most there are, keep every state.
const LEAST_SPACING: Nanoseconds = 1_500_000;

/// A state, as far as windows are concerned.
#[derive(Clone, Copy, Debug)]
struct Seen {
    time: Timestamp,
    features: [f32; FEATURE_COUNT],
}

/// Keeps what states say over the span of a window, and samples it evenly in the states' own time,
/// from the newest one back: the window always ends now, whatever the rate at which states come.
#[derive(Clone, Debug, Default)]
pub struct StateWindow {
    /// From the one that the oldest sample is taken from to the newest.
    seen: VecDeque<Seen>,
    being: BeingId,
}

impl StateWindow {
    /// An empty window.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Offers a state; tells whether it is a new one. A state of another being, one from the past,
    /// or one after a long gap starts the window anew.
    pub fn observe(&mut self, state: &State) -> bool {
        let newest = self.newest();
        if state.being == self.being && newest == Some(state.time) {
            return false;
        }
        let follows = newest
            .is_some_and(|newest| state.time > newest && state.time.since(newest) <= LONGEST_GAP);
        if !follows || state.being != self.being {
            self.seen.clear();
            self.being = state.being;
        }
        self.forget(state.time);
        let seen = Seen {
            time: state.time,
            features: features(state),
        };
        let count = self.seen.len();
        if count > 2 && state.time.since(self.seen[count - 2].time) < LEAST_SPACING {
            self.seen[count - 1] = seen;
        } else {
            self.seen.push_back(seen);
        }
        true
    }

    /// Forgets what no window that ends at `newest` or later can reach.
    fn forget(&mut self, newest: Timestamp) {
        let Some(oldest) = newest.0.checked_sub(REACH) else {
            return;
        };
        while self.seen.get(1).is_some_and(|next| next.time.0 <= oldest) {
            self.seen.pop_front();
        }
    }

    /// Whether the window spans its whole time.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let ends = self.seen.front().zip(self.seen.back());
        ends.is_some_and(|(oldest, newest)| newest.time.since(oldest.time) + TOLERANCE >= REACH)
    }

    /// Time of the newest state; `None` while there is none.
    #[must_use]
    pub fn newest(&self) -> Option<Timestamp> {
        self.seen.back().map(|newest| newest.time)
    }

    /// Features of the newest state; `None` while there is none.
    #[must_use]
    pub fn newest_features(&self) -> Option<&[f32; FEATURE_COUNT]> {
        self.seen.back().map(|newest| &newest.features)
    }

    /// Writes a full window in [`WINDOW_SHAPE`]; tells whether it was full and
    /// `elements` of the right length.
    #[must_use]
    pub fn write(&self, elements: &mut [f32]) -> bool {
        let Some(newest) = self.newest().filter(|_| self.is_full()) else {
            return false;
        };
        if elements.len() != FEATURE_COUNT * SAMPLE_COUNT {
            return false;
        }
        for place in 0..SAMPLE_COUNT {
            let back = (SAMPLE_COUNT - 1 - place) as u64 * SAMPLE_INTERVAL;
            let sample = self.sample(newest.0.saturating_sub(back));
            for (feature, &value) in sample.iter().enumerate() {
                elements[feature * SAMPLE_COUNT + place] = value;
            }
        }
        true
    }

    /// What was seen last at `due`; or a little later, if that is nearer.
    fn sample(&self, due: Nanoseconds) -> &[f32; FEATURE_COUNT] {
        let after = self.seen.partition_point(|seen| seen.time.0 <= due);
        let before = after.checked_sub(1).map(|place| &self.seen[place]);
        let late = self.seen.get(after).filter(|late| {
            let lateness = late.time.0 - due;
            lateness <= TOLERANCE && before.is_none_or(|before| lateness < due - before.time.0)
        });
        // A full window has one of both for each sample.
        let sample = late.or(before).unwrap_or(&self.seen[0]);
        &sample.features
    }
}
