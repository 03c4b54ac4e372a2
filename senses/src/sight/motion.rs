//! What moved since the picture before.

use super::cells::{CELLS, Means};
use triune_core::{Nanoseconds, Timestamp};

/// The median of |x| of a normal distribution is this share of its standard deviation.
const MEDIAN_SHARE: f32 = 0.6745;
/// Share of a new, larger noise estimate that is taken each picture; a smaller one is taken faster.
const NOISE_RISE: f32 = 0.02;
const NOISE_FALL: f32 = 0.25;
/// Pictures in a row that must move before an event begins: one alone is a flash.
const CONFIRM: u32 = 2;

/// Compares pictures.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    before: Box<Means>,
    /// Whether `before` holds a picture that the next follows on from.
    follows_on: bool,
    sorted: Box<Means>,
    /// Standard deviation of a cell's mean from picture to picture; `None` until compared once.
    noise: Option<f32>,
}

impl Comparison {
    pub(super) fn new() -> Self {
        Self {
            before: Box::new([0.0; CELLS]),
            follows_on: false,
            sorted: Box::new([0.0; CELLS]),
            noise: None,
        }
    }

    /// The next picture does not follow on from this one.
    pub(super) fn forget(&mut self) {
        self.follows_on = false;
    }

    /// Share of cells that changed since the picture before; `None` if there was none.
    /// A change of light that all cells share does not count.
    pub(super) fn push(
        &mut self,
        means: &Means,
        least_change: f32,
        noise_factor: f32,
    ) -> Option<f32> {
        if !std::mem::replace(&mut self.follows_on, true) {
            *self.before = *means;
            return None;
        }
        for (sorted, (now, before)) in self
            .sorted
            .iter_mut()
            .zip(means.iter().zip(self.before.iter()))
        {
            *sorted = now - before;
        }
        let shift = median(&mut self.sorted);
        for value in self.sorted.iter_mut() {
            *value = (*value - shift).abs();
        }
        let spread = median(&mut self.sorted) / MEDIAN_SHARE;
        let noise = self.noise.map_or(spread, |noise| {
            noise
                + if spread > noise {
                    NOISE_RISE
                } else {
                    NOISE_FALL
                } * (spread - noise)
        });
        self.noise = Some(noise);
        let threshold = least_change.max(noise_factor * noise);
        let changed = means
            .iter()
            .zip(self.before.iter())
            .filter(|(now, before)| (*now - *before - shift).abs() > threshold)
            .count();
        *self.before = *means;
        Some(changed as f32 / CELLS as f32)
    }
}

fn median(values: &mut Means) -> f32 {
    *values.select_nth_unstable_by(CELLS / 2, f32::total_cmp).1
}

/// What a picture brought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Change {
    /// Motion began at this time.
    Begins(Timestamp),
    /// The last motion was seen at this time.
    Ends(Timestamp),
}

/// Tells when motion begins and ends.
#[derive(Clone, Debug)]
pub(super) struct MotionDetector {
    start: f32,
    stop: f32,
    hang_over: Nanoseconds,
    first: Timestamp,
    newest: Timestamp,
    moving: u32,
    active: bool,
}

impl MotionDetector {
    pub(super) fn new(start: f32, stop: f32, hang_over: Nanoseconds) -> Self {
        Self {
            start,
            stop,
            hang_over,
            first: Timestamp(0),
            newest: Timestamp(0),
            moving: 0,
            active: false,
        }
    }

    pub(super) fn push(&mut self, share: f32, time: Timestamp) -> Option<Change> {
        if self.active {
            if share >= self.stop && share > 0.0 {
                self.newest = time;
            } else if time.since(self.newest) >= self.hang_over {
                return self.end();
            }
            return None;
        }
        if share < self.start {
            self.moving = 0;
            return None;
        }
        if self.moving == 0 {
            self.first = time;
        }
        self.moving += 1;
        if self.moving < CONFIRM {
            return None;
        }
        (self.active, self.newest) = (true, time);
        Some(Change::Begins(self.first))
    }

    /// Ends what lasts.
    pub(super) fn end(&mut self) -> Option<Change> {
        self.moving = 0;
        std::mem::take(&mut self.active).then_some(Change::Ends(self.newest))
    }
}
