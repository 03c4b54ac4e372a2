//! Gathers the newest of every sense into one percept, on the cycle thread.

use super::latest::Taker;
use triune_core::{BodyPercept, HearingPercept, Percept, SightPercept, Timestamp};
use triune_engine::PerceptSource;

/// The cycle's ends of the senses that all beings share.
pub(super) struct Percepts {
    pub(super) hearing: Taker<HearingPercept>,
    pub(super) sight: Taker<SightPercept>,
    pub(super) body: Taker<BodyPercept>,
}

impl PerceptSource for Percepts {
    fn sample(&mut self, now: Timestamp, percept: &mut Percept) {
        percept.hearing = self.hearing.take(now);
        percept.sight = self.sight.take(now);
        percept.body = self.body.take(now);
    }
}
