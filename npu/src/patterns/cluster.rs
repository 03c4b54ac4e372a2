//! Segments that are alike.

use super::known::distance;
use super::segment::SIGNATURE_LENGTH;

/// A segment this near a cluster's centre belongs to it. Chosen on simulated days of the seeds 1
/// to 50: 98 % of each regime's whole segments lie within 0.26 of its middle, regimes 0.34 apart
/// or more.
pub(super) const RADIUS: f32 = 0.27;
/// Clusters whose centres come this near to one another are one.
pub(super) const MERGING: f32 = 0.18;
/// A centre follows as many segments as this.
const MEMORY: u32 = 64;
/// Segments between two of a cluster that make another visit.
const APART: u64 = 3;
/// A cluster is told after this many segments (a minute) ...
const LEAST_SEGMENTS: u32 = 5;
/// ... on as many visits.
const LEAST_VISITS: u32 = 3;

/// Alike segments, told or not yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cluster {
    /// 0 until told.
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) segments: u32,
    pub(super) visits: u32,
    /// Which segment was its last, counted over the being's life.
    pub(super) last: u64,
    /// When its first and its last segment ended, milliseconds since 1970.
    pub(super) first_seen_unix_ms: u64,
    pub(super) last_seen_unix_ms: u64,
    pub(super) centre: [f32; SIGNATURE_LENGTH],
}

impl Cluster {
    pub(super) fn begin(signature: [f32; SIGNATURE_LENGTH], now: u64, unix_ms: u64) -> Self {
        Self {
            id: 0,
            name: String::new(),
            segments: 1,
            visits: 1,
            last: now,
            first_seen_unix_ms: unix_ms,
            last_seen_unix_ms: unix_ms,
            centre: signature,
        }
    }

    pub(super) fn distance(&self, signature: &[f32; SIGNATURE_LENGTH]) -> f32 {
        distance(&self.centre, signature)
    }

    pub(super) fn add(&mut self, signature: &[f32; SIGNATURE_LENGTH], now: u64, unix_ms: u64) {
        if now.saturating_sub(self.last) > APART {
            self.visits = self.visits.saturating_add(1);
        }
        self.segments = self.segments.saturating_add(1);
        self.last = now;
        self.last_seen_unix_ms = unix_ms;
        let share = 1.0 / self.segments.min(MEMORY) as f32;
        for (centre, value) in self.centre.iter_mut().zip(signature) {
            *centre += (value - *centre) * share;
        }
    }

    /// Takes in a younger one.
    pub(super) fn absorb(&mut self, younger: Self) {
        let share = younger.segments.min(MEMORY) as f32
            / (self.segments.min(MEMORY) + younger.segments.min(MEMORY)).max(1) as f32;
        for (centre, value) in self.centre.iter_mut().zip(&younger.centre) {
            *centre += (value - *centre) * share;
        }
        self.segments = self.segments.saturating_add(younger.segments);
        self.visits = self.visits.saturating_add(younger.visits);
        self.last = self.last.max(younger.last);
        self.first_seen_unix_ms = self.first_seen_unix_ms.min(younger.first_seen_unix_ms);
        self.last_seen_unix_ms = self.last_seen_unix_ms.max(younger.last_seen_unix_ms);
        if self.name.is_empty() {
            self.name = younger.name;
        }
    }

    pub(super) fn is_sure(&self) -> bool {
        self.segments >= LEAST_SEGMENTS && self.visits >= LEAST_VISITS
    }
}
