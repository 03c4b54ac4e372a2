//! A sense that is refused leaves nothing behind in the state.

use crate::consent::{Consent, Sense};
use crate::state::{
    AnalyticalState, Average, ExperientialState, Observation, SCENE_FEATURES,
    SceneFeature::{self, Brightness, Heat, Loudness, Motion, Onset, Presence, Speech, Strain},
    State,
};

/// What each sense alone makes of the scene.
const OWN_FEATURES: [(Sense, &[SceneFeature]); 3] = [
    (Sense::Hear, &[Loudness, Speech, Onset]),
    (Sense::See, &[Brightness, Motion]),
    (Sense::Feel, &[Heat, Strain]),
];

/// Takes out of the state what refused senses put there, and notes the consent in force.
pub(crate) fn forget_refused(state: &mut State, consent: Consent) {
    let before = state.observation.consent;
    state.observation.consent = consent.bits();
    for (sense, features) in OWN_FEATURES {
        if consent.allows(sense) {
            continue;
        }
        for &feature in features {
            state.environmental.scene[feature as usize] = Average::default();
        }
    }
    if !consent.allows(Sense::Speak) {
        state.observation.expression = 0.0;
    }
    if consent.forgets(before) {
        begin_anew(state);
    }
}

/// What was made of several senses together cannot be taken apart again: presence, drives, novelty
/// and the observer begin anew.
fn begin_anew(state: &mut State) {
    let environmental = &mut state.environmental;
    environmental.scene[Presence as usize] = Average::default();
    environmental.surprise = 0.0;
    // Summed again, since a loop that is late still holds the mean with the refused sense in it.
    let trust = environmental.scene.iter().map(|feature| feature.confidence);
    environmental.confidence = trust.sum::<f32>() / SCENE_FEATURES as f32;
    state.experiential = ExperientialState::default();
    state.analytical = AnalyticalState {
        novelty: 0.0,
        confidence: 0.0,
        situation: 0,
        feeling: 0,
        ..state.analytical
    };
    state.observation = Observation {
        kept: state.observation.kept,
        consent: state.observation.consent,
        ..Observation::default()
    };
}
