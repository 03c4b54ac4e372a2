//! Sounds that set in: a sudden rise over the recent background, found on 2 ms hops.

use super::level::decibels;

/// Samples in a hop: 2 ms at 16 kHz.
pub(super) const HOP: usize = 32;
/// The background is never taken as lower, so that the last bit of a converter makes no onset.
const QUIETEST_DB: f32 = -75.0;
/// Share of each hop in the background: a time constant of 200 ms.
const FOLLOW: f32 = 0.01;
/// Hops over which the first background is taken: 20 ms.
const FIRST: u32 = 10;
/// Hops at the start that are not counted: filters fill up.
const SKIP: u32 = 2;
/// Hops that must stay low before an onset is over: 10 ms.
const QUIET: u32 = 5;
/// First-difference weight: flattens the usual slope of noise, so that its level is steadier.
const PRE_EMPHASIS: f32 = 0.95;

/// What a hop brought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Change {
    /// A sound set in with this hop.
    Begins,
    /// The rise is over.
    Ends,
}

/// Finds onsets.
#[derive(Clone, Debug)]
pub(super) struct OnsetDetector {
    start_db: f32,
    stop_db: f32,
    before: f32,
    energy: f32,
    filled: usize,
    hops: u32,
    background_db: f32,
    active: bool,
    low: u32,
    rise_db: f32,
}

impl OnsetDetector {
    pub(super) fn new(start_db: f32, stop_db: f32) -> Self {
        Self {
            start_db,
            stop_db,
            before: 0.0,
            energy: 0.0,
            filled: 0,
            hops: 0,
            background_db: 0.0,
            active: false,
            low: 0,
            rise_db: 0.0,
        }
    }

    /// Forgets the background, for what follows does not belong to what was before.
    pub(super) fn clear(&mut self) {
        *self = Self::new(self.start_db, self.stop_db);
    }

    /// Strength of the newest onset, 0 to 1: its rise over the background, 40 dB and more being 1.
    pub(super) fn strength(&self) -> f32 {
        (self.rise_db / 40.0).clamp(0.0, 1.0)
    }

    /// Takes one sample; says so when a hop is complete and changed something.
    pub(super) fn push(&mut self, sample: f32) -> Option<Change> {
        let flat = sample - PRE_EMPHASIS * self.before;
        self.before = sample;
        self.energy += flat * flat;
        self.filled += 1;
        if self.filled < HOP {
            return None;
        }
        let level = decibels(self.energy / HOP as f32).max(QUIETEST_DB);
        (self.filled, self.energy) = (0, 0.0);
        self.hop(level)
    }

    fn hop(&mut self, level_db: f32) -> Option<Change> {
        self.hops = self.hops.saturating_add(1);
        if self.hops <= SKIP + FIRST {
            if self.hops > SKIP {
                self.background_db += level_db / FIRST as f32;
            }
            return None;
        }
        let rise = level_db - self.background_db;
        self.background_db += FOLLOW * rise;
        if !self.active {
            if rise < self.start_db {
                return None;
            }
            (self.active, self.low, self.rise_db) = (true, 0, rise);
            return Some(Change::Begins);
        }
        self.rise_db = self.rise_db.max(rise);
        self.low = if rise < self.stop_db { self.low + 1 } else { 0 };
        if self.low < QUIET {
            return None;
        }
        self.active = false;
        Some(Change::Ends)
    }
}
