//! One cycle of the seven energy centres.

use super::drives::drives;
use super::oscillator::Oscillator;
use crate::energy::EnergyCentre;
use crate::numbers::{seconds, unit};
use crate::parameters::Parameters;
use crate::state::{ExperientialState, State};
use crate::time::Nanoseconds;

/// The centres that arouse: vitality and coherence are conditions, not stirrings.
const STIRRING: [EnergyCentre; 5] = [
    EnergyCentre::Motion,
    EnergyCentre::Sound,
    EnergyCentre::Presence,
    EnergyCentre::Voice,
    EnergyCentre::Novelty,
];

/// Moves the centres. Percepts act through the scene of the cycle before, so that the three loops
/// can run in parallel.
pub(crate) fn advance(
    state: &State,
    parameters: &Parameters,
    elapsed: Nanoseconds,
) -> ExperientialState {
    let before = &state.experiential;
    let targets = drives(state, parameters);
    let oscillator = Oscillator::new(parameters, seconds(elapsed));
    let mut after = ExperientialState::default();
    for index in 0..targets.0.len() {
        let drive = oscillator.drive(&before.centres.0, index, targets.0[index]);
        (after.centres.0[index], after.velocities[index]) =
            oscillator.advance(before.centres.0[index], before.velocities[index], drive);
    }
    // The plain mean: no drive matters more than another.
    let stirring = STIRRING.iter().map(|&centre| after.centres[centre]);
    after.arousal = unit(stirring.sum::<f32>() / STIRRING.len() as f32);
    after
}
