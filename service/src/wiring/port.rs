//! One being's own ends: what it alone is told and answered, and what it wants kept and asked.

use super::latest::{Giver, Taker, latest};
use std::sync::Arc;
use triune_core::{
    ActivationAnswer, BeingId, Embedding, Outputs, Percept, Question, RecallAnswer, State,
    Timestamp, ToldPercept,
};
use triune_engine::{BeingPort, Faults, FaultySource, PerceptSource, touched_ring};
use triune_memory::CycleSide;

/// Words that were told, with the time at which they were.
pub(super) type Told = (ToldPercept, Timestamp);

/// Told percepts that may wait for their cycle.
const WAITING_WORDS: usize = 64;
/// Questions that may wait for memory: only the newest matters.
const WAITING_QUESTIONS: usize = 16;

/// The cycle's side.
pub(super) struct Port {
    inputs: FaultySource<Inputs>,
    questions: rtrb::Producer<Question>,
    memory: CycleSide,
}

/// What this being alone is told and answered.
struct Inputs {
    told: rtrb::Consumer<Told>,
    recall: Taker<RecallAnswer>,
    activation: Taker<ActivationAnswer>,
}

/// Everybody else's side.
pub(super) struct Ends {
    pub(super) told: rtrb::Producer<Told>,
    pub(super) recall: Giver<RecallAnswer>,
    pub(super) activation: Giver<ActivationAnswer>,
    pub(super) questions: rtrb::Consumer<Question>,
}

/// Both sides of `being`, whose memory is `memory`; its inputs fail as `faults` plan.
pub(super) fn port(being: BeingId, memory: CycleSide, faults: Arc<Faults>) -> (Port, Ends) {
    let (tell, told) = rtrb::RingBuffer::new(WAITING_WORDS);
    let (ask, questions) = touched_ring(WAITING_QUESTIONS, || Question {
        being: BeingId::FIRST,
        cycle: 0,
        time: Timestamp(0),
        embedding: Embedding::ZERO,
    });
    let (give_recall, recall) = latest();
    let (give_activation, activation) = latest();
    let inputs = Inputs {
        told,
        recall,
        activation,
    };
    let port = Port {
        inputs: FaultySource::of_being(inputs, faults, being),
        questions: ask,
        memory,
    };
    let ends = Ends {
        told: tell,
        recall: give_recall,
        activation: give_activation,
        questions,
    };
    (port, ends)
}

impl PerceptSource for Inputs {
    fn sample(&mut self, now: Timestamp, percept: &mut Percept) {
        percept.answers.recall = self.recall.take(now);
        percept.answers.activation = self.activation.take(now);
        // Words are an event and reach exactly one cycle.
        if let Ok((words, said)) = self.told.pop() {
            percept.told = words.aged(now.since(said));
        }
    }
}

impl BeingPort for Port {
    fn sample(&mut self, now: Timestamp, percept: &mut Percept) {
        self.inputs.sample(now, percept);
    }

    fn accept(&mut self, state: &State, outputs: &Outputs) {
        // What found no room is counted by memory itself.
        let _remembered = self.memory.remember(state, outputs.crystal.as_ref());
        if let Some(question) = outputs.question {
            // A question that finds no room is asked again half a second later.
            let _ = self.questions.push(question);
        }
    }
}
