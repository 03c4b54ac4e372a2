//! Sudden events that startle, unless one has just got used to them.

use super::random::{between, chance};
use fastrand::Rng;

/// Mean seconds between two events.
const MEAN_PAUSE: f32 = 9.0;
/// Seconds over which the habituation that an event leaves is lost.
const HABITUATION: f32 = 8.0;
/// An event of more than this intensity, after habituation, startles.
const STARTLING: f32 = 0.35;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Bang,
    Flash,
    Dash,
}

/// What the running event adds to a moment.
#[derive(Clone, Copy, Default)]
pub(crate) struct Jolt {
    /// Decibels above the room's floor.
    pub(crate) loudness: f32,
    /// Strength of an onset at this moment.
    pub(crate) onset: f32,
    /// Light added.
    pub(crate) flash: f32,
    /// Moving share of the picture.
    pub(crate) motion: f32,
    /// The event began at this moment and startles. Hidden.
    pub(crate) startles: bool,
}

/// Sudden events, one after the other.
pub(crate) struct Shocks {
    since_last: f32,
    kind: Kind,
    intensity: f32,
    left: f32,
}

impl Shocks {
    pub(crate) fn new() -> Self {
        Self {
            since_last: 100.0,
            kind: Kind::Bang,
            intensity: 0.0,
            left: 0.0,
        }
    }

    /// The next moment.
    pub(crate) fn advance(&mut self, rng: &mut Rng, seconds: f32) -> Jolt {
        self.since_last += seconds;
        self.left -= seconds;
        let mut jolt = Jolt::default();
        let begins = self.left <= 0.0 && chance(rng, seconds / MEAN_PAUSE);
        if begins {
            self.kind = [Kind::Bang, Kind::Bang, Kind::Flash, Kind::Dash][rng.usize(0..4)];
            self.intensity = between(rng, 0.15, 1.0);
            let fresh = 1.0 - (-self.since_last / HABITUATION).exp();
            jolt.startles = self.intensity * fresh > STARTLING;
            self.since_last = 0.0;
            self.left = match self.kind {
                Kind::Bang => between(rng, 0.1, 0.4),
                Kind::Flash => between(rng, 0.2, 1.2),
                Kind::Dash => between(rng, 0.4, 0.9),
            };
        }
        if self.left > 0.0 {
            match self.kind {
                Kind::Bang => {
                    jolt.loudness = 12.0 + 36.0 * self.intensity;
                    jolt.onset = if begins {
                        0.15 + 0.85 * self.intensity
                    } else {
                        0.0
                    };
                }
                Kind::Flash => jolt.flash = 0.1 + 0.6 * self.intensity,
                Kind::Dash => jolt.motion = 0.06 + 0.6 * self.intensity,
            }
        }
        jolt
    }
}
