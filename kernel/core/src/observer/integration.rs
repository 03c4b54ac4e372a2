//! Integrating the three loops: attention, coherence, salience, confidence, expression.

use crate::consent::{Consent, Sense};
use crate::energy::EnergyCentre;
use crate::judgement::freshness;
use crate::numbers::{blend, microseconds, nanoseconds, saturate, seconds, unit};
use crate::parameters::Parameters;
use crate::state::{Attention, ExperientialState, State};
use crate::time::Nanoseconds;

/// Moves the observation of `state` on by one cycle of `elapsed` nanoseconds.
pub(super) fn observe(
    state: &mut State,
    consent: Consent,
    parameters: &Parameters,
    elapsed: Nanoseconds,
) {
    let step = seconds(elapsed);
    let stale_after = nanoseconds(parameters.loop_stale_after_seconds);
    let fresh = state.loop_ages.map(|age| freshness(age, stale_after));
    let activity = activity(state, &fresh, parameters);
    let highest = activity[0].max(activity[1]).max(activity[2]);
    let lowest = activity[0].min(activity[1]).min(activity[2]);
    let observation = &mut state.observation;
    observation.attention = if activity[0] >= highest {
        Attention::Environmental
    } else if activity[1] >= highest {
        Attention::Analytical
    } else {
        Attention::Experiential
    } as u32;
    // Loops agree when all are stirred alike; the spread is the plainest measure of that.
    let agreement = unit(1.0 - (highest - lowest));
    observation.coherence = unit(
        observation.coherence
            + (agreement - observation.coherence) * blend(step, parameters.coherence_seconds),
    );
    // Independent reasons to notice add up like probabilities (noisy or; Pearl 1988,
    // Probabilistic Reasoning in Intelligent Systems, 4.3.2).
    observation.salience = unit(1.0 - activity.iter().map(|&active| 1.0 - active).product::<f32>());
    observation.usual_salience = unit(
        observation.usual_salience
            + (observation.salience - observation.usual_salience)
                * blend(step, parameters.usual_salience_seconds),
    );
    // As sure as the surer of scene and analysis; less so for each part that lags, also where the
    // other one carries the whole.
    let surest =
        (state.environmental.confidence * fresh[0]).max(state.analytical.confidence * fresh[1]);
    observation.confidence = unit(surest * (fresh.iter().sum::<f32>() / fresh.len() as f32));
    // Stirred and at one with itself: what is incoherent is not shown.
    observation.expression =
        if consent.allows(Sense::Speak) && parameters.may_act_on(observation.confidence) {
            unit(state.experiential.arousal * fresh[2] * observation.coherence)
        } else {
            0.0
        };
    observation.microseconds_to_keep = observation
        .microseconds_to_keep
        .saturating_sub(microseconds(elapsed));
}

/// How active each loop is, 0 to 1: what it reports, weighed by how sure and how fresh it is.
///
/// The scene's trust counts as its root, so that a being with one sense of three still notices.
fn activity(state: &State, fresh: &[f32; 3], parameters: &Parameters) -> [f32; 3] {
    let (environmental, analytical) = (&state.environmental, &state.analytical);
    let movement = speed(&state.experiential) / parameters.half_movement_per_second;
    [
        environmental.surprise * environmental.confidence.sqrt() * fresh[0],
        analytical
            .meaning
            .max(analytical.novelty * analytical.confidence)
            * fresh[1],
        saturate(movement) * fresh[2],
    ]
}

/// Mean speed of the centres, per second, but for the coherence centre: that one follows this
/// observation, and an observer that hears its own echo swings for ever.
fn speed(experiential: &ExperientialState) -> f32 {
    let others = &experiential.velocities[..EnergyCentre::Coherence as usize];
    others.iter().map(|velocity| velocity.abs()).sum::<f32>() / others.len() as f32
}
