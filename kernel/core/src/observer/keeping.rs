//! Which moments are kept, and as what.

use crate::crystal::{CrystalDraft, CrystalKind};
use crate::embedding::Embedding;
use crate::parameters::Parameters;
use crate::percept::Percept;
use crate::state::{Observation, SceneFeature, State};

/// A moment without words is kept when it stands out from what is usual, is sure enough, and the
/// last one is long enough ago.
pub(super) fn is_worth_keeping(observation: &Observation, parameters: &Parameters) -> bool {
    observation.microseconds_to_keep == 0
        && parameters.may_act_on(observation.confidence)
        && observation.salience - observation.usual_salience >= parameters.keep_threshold
}

/// The moment as memory gets it; `told` says whether it has words that were read.
pub(super) fn draft(
    state: &State,
    percept: &Percept,
    parameters: &Parameters,
    told: bool,
) -> CrystalDraft {
    CrystalDraft {
        being: state.being,
        cycle: state.cycle,
        time: state.time,
        told: if told { percept.told.fingerprint() } else { 0 },
        kind: if told {
            CrystalKind::Words
        } else {
            departure(state, parameters)
        } as u32,
        salience: state.observation.salience,
        confidence: state.observation.confidence,
        coherence: state.observation.coherence,
        centres: state.experiential.centres,
        flux: state.analytical.last_flux,
        embedding: Embedding::of(state, percept, parameters),
    }
}

/// A moment without words is named after the feature that departs most from its long average.
fn departure(state: &State, parameters: &Parameters) -> CrystalKind {
    let mut most = parameters.notable_departure;
    let mut kind = CrystalKind::Surprise;
    for feature in SceneFeature::ALL {
        let average = &state.environmental.scene[feature as usize];
        let departure = (average.now - average.long).abs() * average.confidence;
        if departure > most {
            most = departure;
            kind = match feature {
                SceneFeature::Speech => CrystalKind::Voice,
                SceneFeature::Loudness | SceneFeature::Onset => CrystalKind::Sound,
                SceneFeature::Brightness | SceneFeature::Motion | SceneFeature::Presence => {
                    CrystalKind::Sight
                }
                SceneFeature::Heat | SceneFeature::Strain => CrystalKind::Body,
            };
        }
    }
    kind
}
