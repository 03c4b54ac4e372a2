//! What drives each energy centre.

use crate::energy::{EnergyCentre, EnergyCentres};
use crate::judgement::freshness;
use crate::loops::LoopKind;
use crate::numbers::{nanoseconds, unit};
use crate::parameters::Parameters;
use crate::state::{SceneFeature, State};

/// What the state drives each centre towards, 0 to 1; what is unknown, or comes from a loop that
/// lags, drives less, so that its centre falls to rest.
pub(super) fn drives(state: &State, parameters: &Parameters) -> EnergyCentres {
    let stale_after = nanoseconds(parameters.loop_stale_after_seconds);
    let fresh = |kind: LoopKind| freshness(state.loop_ages[kind as usize], stale_after);
    let environmental = &state.environmental;
    let (scene_fresh, analysis_fresh) =
        (fresh(LoopKind::Environmental), fresh(LoopKind::Analytical));
    let trust =
        |feature: SceneFeature| environmental.scene[feature as usize].confidence * scene_fresh;
    let known = |feature: SceneFeature| environmental.scene[feature as usize].now * trust(feature);
    // The worse of heat and strain takes headroom: each alone brings a board to its limit.
    let burden =
        known(SceneFeature::Heat).max(known(SceneFeature::Strain) * parameters.strain_weight);
    let sure = trust(SceneFeature::Heat).max(trust(SceneFeature::Strain));
    let rest = parameters.resting_vitality;
    let analytical = &state.analytical;
    let mut drives = EnergyCentres::default();
    drives[EnergyCentre::Vitality] = rest + sure * (1.0 - burden - rest);
    drives[EnergyCentre::Motion] = known(SceneFeature::Motion) / parameters.full_motion;
    drives[EnergyCentre::Sound] = known(SceneFeature::Loudness);
    drives[EnergyCentre::Presence] = known(SceneFeature::Presence);
    drives[EnergyCentre::Voice] = known(SceneFeature::Speech);
    drives[EnergyCentre::Novelty] = (analytical.novelty * analytical.confidence * analysis_fresh)
        .max(environmental.surprise * scene_fresh);
    drives[EnergyCentre::Coherence] = state.observation.coherence;
    EnergyCentres(drives.0.map(unit))
}
