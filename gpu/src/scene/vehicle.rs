//! The light vehicle: what the crystal and its centres show of a being's state.

use super::{finite, share};
use triune_core::{Attention, EnergyCentre, SceneFeature, State};

/// One energy centre.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Centre {
    /// The drive, 0 to 1.
    pub value: f32,
    /// How it moves, per second.
    pub velocity: f32,
}

/// What the crystal and its seven centres show.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LightVehicle {
    /// Cycles completed; the crystal turns with them.
    pub cycle: u64,
    /// The centres from the root up; `None` where nothing that drives it is known.
    pub centres: [Option<Centre>; 7],
    /// Agreement of the three loops, 0 to 1.
    pub coherence: Option<f32>,
    /// How much this moment stands out, 0 to 1.
    pub salience: Option<f32>,
    /// The level of salience that is usual here, 0 to 1.
    pub usual_salience: Option<f32>,
    /// How strongly the drives depart from rest, 0 to 1.
    pub arousal: Option<f32>,
    /// The loop that the observer attends to.
    pub attention: Option<Attention>,
}

impl LightVehicle {
    /// What `state` shows; `None` before its first cycle.
    #[must_use]
    pub fn of(state: &State) -> Option<Self> {
        if state.cycle == 0 {
            return None;
        }
        let observation = &state.observation;
        let experiential = &state.experiential;
        Some(Self {
            cycle: state.cycle,
            centres: EnergyCentre::ALL.map(|centre| {
                is_known(state, centre).then(|| Centre {
                    value: experiential.centres[centre],
                    velocity: experiential.velocities[centre as usize],
                })
            }),
            coherence: Some(observation.coherence),
            salience: Some(observation.salience),
            usual_salience: Some(observation.usual_salience),
            arousal: Some(experiential.arousal),
            attention: Attention::from_number(observation.attention),
        })
    }

    /// The centre's value within 0 to 1 and a finite velocity, unless it is unknown.
    pub(crate) fn centre(&self, index: usize) -> Option<Centre> {
        let centre = self.centres[index]?;
        Some(Centre {
            value: share(Some(centre.value))?,
            velocity: finite(Some(centre.velocity)).unwrap_or(0.0),
        })
    }
}

/// Whether anything that drives `centre` is known. A drive falls to rest while its sense is
/// absent, so its value alone would look like silence or stillness.
fn is_known(state: &State, centre: EnergyCentre) -> bool {
    let sure = |feature: SceneFeature| state.environmental.scene[feature as usize].confidence > 0.0;
    match centre {
        EnergyCentre::Vitality => sure(SceneFeature::Heat) || sure(SceneFeature::Strain),
        EnergyCentre::Motion => sure(SceneFeature::Motion),
        EnergyCentre::Sound => sure(SceneFeature::Loudness),
        EnergyCentre::Presence => sure(SceneFeature::Presence),
        EnergyCentre::Voice => sure(SceneFeature::Speech),
        EnergyCentre::Novelty => {
            state.environmental.confidence > 0.0 || state.analytical.confidence > 0.0
        }
        EnergyCentre::Coherence => true,
    }
}
