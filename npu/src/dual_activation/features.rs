//! What the recogniser sees of one state.

use triune_core::{EnergyCentre, SceneFeature, State};

/// Features of one sample.
pub const FEATURE_COUNT: usize = 32;

/// What each feature is. All lie in 0 to 1.
///
/// The eight scene features come twice: as they are (`now`; while a sense is silent the short
/// average stands in its place) and as the average over about a minute (`usual`). The trust in
/// hearing, sight and body tells the recogniser what is missing. No label that was recognised
/// earlier is among them, so that the recogniser cannot agree with itself; how sure it was reaches
/// novelty, with the small weight of the parameter `activation_trust`.
pub const FEATURE_NAMES: [&str; FEATURE_COUNT] = [
    "loudness",
    "speech",
    "onset",
    "brightness",
    "motion",
    "presence",
    "heat",
    "strain",
    "usual loudness",
    "usual speech",
    "usual onset",
    "usual brightness",
    "usual motion",
    "usual presence",
    "usual heat",
    "usual strain",
    "trust in hearing",
    "trust in sight",
    "trust in body",
    "surprise",
    "novelty",
    "meaning",
    "arousal",
    "coherence",
    "salience",
    "vitality centre",
    "motion centre",
    "sound centre",
    "presence centre",
    "voice centre",
    "novelty centre",
    "coherence centre",
];

/// The features of one state, in the order of [`FEATURE_NAMES`].
#[must_use]
pub fn features(state: &State) -> [f32; FEATURE_COUNT] {
    let scene = &state.environmental.scene;
    let trust = |feature: SceneFeature| scene[feature as usize].confidence;
    let mut features = [0.0; FEATURE_COUNT];
    let (now, rest) = features.split_at_mut(scene.len());
    let (usual, rest) = rest.split_at_mut(scene.len());
    for ((now, usual), average) in now.iter_mut().zip(usual).zip(scene) {
        *now = average.now;
        *usual = average.long;
    }
    let (single, centres) = rest.split_at_mut(9);
    single.copy_from_slice(&[
        trust(SceneFeature::Loudness),
        trust(SceneFeature::Brightness),
        trust(SceneFeature::Heat).max(trust(SceneFeature::Strain)),
        state.environmental.surprise,
        state.analytical.novelty,
        state.analytical.meaning,
        state.experiential.arousal,
        state.observation.coherence,
        state.observation.salience,
    ]);
    for (value, centre) in centres.iter_mut().zip(EnergyCentre::ALL) {
        *value = state.experiential.centres[centre];
    }
    features
}
