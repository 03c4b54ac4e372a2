//! Gathers the newest of every sense into one percept, on the cycle thread.

use super::latest::Taker;
use triune_core::{
    ActivationAnswer, BodyPercept, HearingPercept, Percept, RecallAnswer, SightPercept, Timestamp,
    ToldPercept,
};
use triune_engine::PerceptSource;

/// Words that were told, with the time at which they were.
pub(super) type Told = (ToldPercept, Timestamp);

/// The cycle's ends of all senses.
pub(super) struct Percepts {
    pub(super) hearing: Taker<HearingPercept>,
    pub(super) sight: Taker<SightPercept>,
    pub(super) body: Taker<BodyPercept>,
    pub(super) told: rtrb::Consumer<Told>,
    pub(super) recall: Taker<RecallAnswer>,
    pub(super) activation: Taker<ActivationAnswer>,
}

impl PerceptSource for Percepts {
    fn sample(&mut self, now: Timestamp, percept: &mut Percept) {
        percept.hearing = self.hearing.take(now);
        percept.sight = self.sight.take(now);
        percept.body = self.body.take(now);
        percept.answers.recall = self.recall.take(now);
        percept.answers.activation = self.activation.take(now);
        // Words are an event and reach exactly one cycle.
        if let Ok((words, said)) = self.told.pop() {
            percept.told = words.aged(now.since(said));
        }
    }
}
