//! One cycle of the observer.

use super::forgetting::forget_refused;
use super::integration::observe;
use super::keeping::{draft, is_worth_keeping};
use crate::consent::{Consent, Sense};
use crate::embedding::Embedding;
use crate::loops::{LoopKind, Loops};
use crate::numbers::{microseconds, nanoseconds};
use crate::parameters::Parameters;
use crate::percept::Percept;
use crate::state::State;
use crate::step::{Outputs, Question, Tick};
use crate::time::Nanoseconds;

pub(crate) fn advance(
    state: &State,
    loops: &Loops,
    loop_ages: [Nanoseconds; 3],
    percept: &Percept,
    consent: Consent,
    parameters: &Parameters,
    tick: Tick,
) -> (State, Outputs) {
    let mut after = State {
        being: state.being,
        cycle: state.cycle.saturating_add(1),
        time: tick.time,
        environmental: loops.environmental,
        analytical: loops.analytical,
        experiential: loops.experiential,
        observation: state.observation,
        loop_ages,
    };
    forget_refused(&mut after, consent);
    observe(&mut after, consent, parameters, tick.elapsed);
    let mut outputs = Outputs::default();
    if !consent.allows(Sense::Remember) {
        return (after, outputs);
    }
    let stands_out = is_worth_keeping(&after.observation, parameters);
    let analysed = after.loop_ages[LoopKind::Analytical as usize] == 0;
    // Whoever says something means it to be remembered, however ordinary the moment is. Words
    // that find the analytical loop late come again: until then the moment is one without words.
    let told = analysed && !percept.told.heeded(parameters).is_empty();
    if stands_out || told {
        let observation = &mut after.observation;
        observation.kept = observation.kept.wrapping_add(1);
        if stands_out {
            observation.microseconds_to_keep =
                microseconds(nanoseconds(parameters.keep_interval_seconds));
        }
        outputs.crystal = Some(draft(&after, percept, parameters, told));
    }
    // A loop that is late stands at its last countdown: it has asked already.
    if analysed && after.analytical.microseconds_to_question == 0 {
        outputs.question = Some(Question {
            being: after.being,
            cycle: after.cycle,
            time: after.time,
            embedding: Embedding::of(&after, percept, parameters),
        });
    }
    (after, outputs)
}
