//! Answers the step's questions to memory, in its own time.

use super::latest::Giver;
use super::stop::Stop;
use super::supervisor::spawn;
use std::thread::JoinHandle;
use std::time::Duration;
use triune_core::{Judgement, Question, RecallAnswer, Timestamp};
use triune_engine::RealTimeWish;
use triune_hal::clock;
use triune_memory::crystals::CrystalReader;

/// How often questions are looked for: ten times as often as they are asked.
const INTERVAL: Duration = Duration::from_millis(50);

/// Starts the thread that answers.
pub(super) fn start(
    wish: RealTimeWish,
    mut questions: rtrb::Consumer<Question>,
    crystals: CrystalReader,
    mut answers: Giver<RecallAnswer>,
    stop: Stop,
) -> std::io::Result<JoinHandle<()>> {
    spawn("recall", wish, move || {
        while !stop.wait(INTERVAL) {
            // Only the newest question still matters.
            let mut newest = None;
            while let Ok(question) = questions.pop() {
                newest = Some(question);
            }
            let Some(question) = newest else { continue };
            let asked = Timestamp(clock::now_ns());
            let nearest = crystals.recall(&question.embedding, 1);
            match nearest.first() {
                Some(recalled) => answers.give(
                    RecallAnswer {
                        crystal: recalled.crystal.sequence(),
                        similarity: Judgement::fresh(recalled.similarity, 1.0),
                    },
                    asked,
                ),
                // An empty memory knows nothing, which is not the same as nothing similar.
                None => answers.give_absent(),
            }
        }
    })
}
