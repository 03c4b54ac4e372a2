//! The scene of one cycle and how far it departs from what is usual.

use super::average::follow;
use super::evidence::scene;
use crate::numbers::{seconds, unit};
use crate::parameters::Parameters;
use crate::percept::Percept;
use crate::state::{EnvironmentalState, SCENE_FEATURES, State};
use crate::time::Nanoseconds;

pub(crate) fn advance(
    state: &State,
    percept: &Percept,
    parameters: &Parameters,
    elapsed: Nanoseconds,
) -> EnvironmentalState {
    let before = &state.environmental;
    let step = seconds(elapsed);
    let evidence = scene(before, percept, parameters, step);
    let mut after = EnvironmentalState::default();
    let mut departure = 0.0;
    let mut trust = 0.0;
    for (index, evidence) in evidence.iter().enumerate() {
        let average = follow(&before.scene[index], *evidence, parameters, step);
        let distance = average.now - average.long;
        departure += average.confidence * distance * distance;
        trust += average.confidence;
        after.scene[index] = average;
    }
    after.confidence = unit(trust / SCENE_FEATURES as f32);
    // Root mean square of the departures, each weighed by its trust: one feature that departs far
    // surprises more than many that depart a little.
    after.surprise = if trust > 0.0 {
        unit(parameters.surprise_gain * (departure / trust).sqrt())
    } else {
        0.0
    };
    after
}
