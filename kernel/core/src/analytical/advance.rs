//! One cycle of the analytical loop.

use super::novelty::weigh_novelty;
use super::recognition::Recognition;
use super::words::read_words;
use crate::numbers::{blend, microseconds, nanoseconds, seconds, unit};
use crate::parameters::Parameters;
use crate::percept::Percept;
use crate::state::{AnalyticalState, State};
use crate::time::Nanoseconds;

pub(crate) fn advance(
    state: &State,
    percept: &Percept,
    parameters: &Parameters,
    elapsed: Nanoseconds,
) -> AnalyticalState {
    let step = seconds(elapsed);
    let mut after = state.analytical;
    after.meaning = unit(after.meaning * (1.0 - blend(step, parameters.meaning_decay_seconds)));
    read_words(&mut after, &percept.told, parameters);
    let recognition = Recognition::weigh(&percept.answers.activation, parameters);
    (after.situation, after.feeling) = recognition.names();
    weigh_novelty(&mut after, state, percept, &recognition, parameters, step);
    // Counted in time, not cycles, so that neither a late loop nor an overrun moves the interval.
    let waited = match after.microseconds_to_question {
        0 => microseconds(nanoseconds(parameters.question_interval_seconds)),
        waiting => waiting,
    };
    after.microseconds_to_question = waited.saturating_sub(microseconds(elapsed));
    after
}
