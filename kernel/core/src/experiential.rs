//! The experiential loop: seven coupled, damped oscillators that follow the scene.

use crate::energy::{EnergyCentre, EnergyCentres};
use crate::numbers::{seconds, unit};
use crate::parameters::Parameters;
use crate::percept::Percept;
use crate::state::{Average, ExperientialState, SceneFeature, State};
use crate::time::Nanoseconds;

/// Value that vitality rests at while nothing is known of the board.
const UNKNOWN_VITALITY: f32 = 0.5;
/// Moving share of the picture that drives the motion centre fully.
const FULL_MOTION: f32 = 1.0 / 3.0;
/// Part of the strain that counts against vitality; heat counts whole.
const STRAIN_SHARE: f32 = 0.7;

/// Moves the centres. The percept acts through the scene of the cycle before, so that the
/// three loops can run in parallel; it is not needed here.
pub(crate) fn advance(
    state: &State,
    _percept: &Percept,
    parameters: &Parameters,
    elapsed: Nanoseconds,
) -> ExperientialState {
    let before = &state.experiential;
    let targets = drives(state);
    let step = seconds(elapsed);
    let mut after = ExperientialState::default();
    for index in 0..targets.0.len() {
        let (value, velocity) = oscillate(before, index, targets.0[index], parameters, step);
        after.centres.0[index] = value;
        after.velocities[index] = velocity;
    }
    let centres = &after.centres;
    let aroused = [
        EnergyCentre::Motion,
        EnergyCentre::Sound,
        EnergyCentre::Presence,
        EnergyCentre::Voice,
        EnergyCentre::Novelty,
    ];
    after.arousal =
        unit(aroused.iter().map(|&centre| centres[centre]).sum::<f32>() / aroused.len() as f32);
    after
}

/// What the scene drives each centre towards; an unknown scene lets it fall to rest.
fn drives(state: &State) -> EnergyCentres {
    let scene =
        |feature: SceneFeature| -> &Average { &state.environmental.scene[feature as usize] };
    let known = |feature: SceneFeature| scene(feature).now * scene(feature).confidence;
    let heat = scene(SceneFeature::Heat);
    let strain = scene(SceneFeature::Strain);
    let burden = known(SceneFeature::Heat).max(known(SceneFeature::Strain) * STRAIN_SHARE);
    let sure = heat.confidence.max(strain.confidence);
    let analytical = &state.analytical;
    let mut drives = EnergyCentres::default();
    drives[EnergyCentre::Vitality] = UNKNOWN_VITALITY + sure * (1.0 - burden - UNKNOWN_VITALITY);
    drives[EnergyCentre::Motion] = known(SceneFeature::Motion) / FULL_MOTION;
    drives[EnergyCentre::Sound] = known(SceneFeature::Loudness);
    drives[EnergyCentre::Presence] = known(SceneFeature::Presence);
    drives[EnergyCentre::Voice] = known(SceneFeature::Speech);
    drives[EnergyCentre::Novelty] =
        (analytical.novelty * analytical.confidence).max(state.environmental.surprise);
    drives[EnergyCentre::Coherence] = state.observation.coherence;
    EnergyCentres(drives.0.map(unit))
}

/// One step of a damped oscillator `x'' = w^2 (drive - x) - 2 z w x'`, implicit in `x` and
/// `x'` (Hairer and Wanner, Solving Ordinary Differential Equations II, IV.3), so that no
/// step size makes it diverge. Neighbours pull with the coupling's strength.
fn oscillate(
    before: &ExperientialState,
    index: usize,
    target: f32,
    parameters: &Parameters,
    step: f32,
) -> (f32, f32) {
    let values = &before.centres.0;
    let value = values[index];
    let below = if index > 0 { values[index - 1] } else { value };
    let above = if index + 1 < values.len() {
        values[index + 1]
    } else {
        value
    };
    let coupling = parameters.centre_coupling;
    let drive = unit((1.0 - coupling) * target + coupling * 0.5 * (below + above));
    let omega = 2.0 * std::f32::consts::PI * parameters.centre_frequency_hertz;
    let stiffness = omega * omega;
    let damping = 2.0 * parameters.centre_damping * omega;
    let velocity = (before.velocities[index] + step * stiffness * (drive - value))
        / (1.0 + step * damping + step * step * stiffness);
    let moved = value + step * velocity;
    let held = unit(moved);
    // A centre that reaches its end stops there.
    if held == moved {
        (held, velocity)
    } else {
        (held, 0.0)
    }
}
