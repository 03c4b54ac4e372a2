//! Answers the step's questions to memory, in its own time.

use super::desk::Desk;
use super::latest::Giver;
use super::stop::Stop;
use super::supervisor::spawn;
use std::thread::JoinHandle;
use std::time::Duration;
use triune_core::{Judgement, Question, RecallAnswer};
use triune_engine::RealTimeWish;
use triune_memory::search::Searcher;

/// How often questions are looked for: ten times as often as they are asked.
const INTERVAL: Duration = Duration::from_millis(50);

/// One being's questions, and where their answers go.
pub(super) struct Asker {
    pub(super) questions: rtrb::Consumer<Question>,
    pub(super) answers: Giver<RecallAnswer>,
    pub(super) searcher: Searcher,
}

impl Asker {
    fn answer(&mut self) {
        // Only the newest question still matters.
        let mut newest = None;
        while let Ok(question) = self.questions.pop() {
            newest = Some(question);
        }
        let Some(question) = newest else { return };
        let nearest = self.searcher.recall(&question.embedding, 1);
        match nearest.first() {
            Some(recalled) => self.answers.give(
                RecallAnswer {
                    crystal: recalled.crystal.sequence(),
                    similarity: Judgement::fresh(recalled.similarity, 1.0),
                },
                // Not when it is answered: a slow answer speaks of the same moment.
                question.time,
            ),
            // An empty memory knows nothing, which is not the same as nothing similar.
            None => self.answers.give_absent(),
        }
    }
}

/// Starts the thread that answers.
pub(super) fn start(
    wish: RealTimeWish,
    askers: Desk<Asker>,
    stop: Stop,
) -> std::io::Result<JoinHandle<()>> {
    spawn("recall", wish, move || {
        while !stop.wait(INTERVAL) {
            for asker in askers.entries().values_mut() {
                asker.answer();
            }
        }
    })
}
