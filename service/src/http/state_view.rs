//! The state of a being with names instead of indexes: the JSON of `/v1/state`.

use serde::{Deserialize, Serialize};
use triune_core as core;
use triune_core::{EnergyCentre, SceneFeature};

/// One feature of the scene.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FeatureView {
    /// The newest value, 0 to 1.
    pub now: f32,
    /// Average over about a second.
    pub short: f32,
    /// Average over about a minute.
    pub long: f32,
    /// How much the newest value may be trusted, 0 to 1; 0 when nothing is known.
    pub confidence: f32,
}

/// One energy centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CentreView {
    /// Where it stands, 0 to 1.
    pub value: f32,
    /// How it moves, per second.
    pub velocity: f32,
}

macro_rules! named {
    ($(#[$doc:meta])+ $name:ident of $element:ident: $($field:ident is $index:path,)+) => {
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[allow(missing_docs, reason = "each field is named after what it holds in the kernel's vocabulary")]
        pub struct $name {
            $(pub $field: $element,)+
        }

        impl $name {
            fn from_each(each: impl Fn(usize) -> $element) -> Self {
                Self { $($field: each($index as usize),)+ }
            }

            /// Every element by its name, in the vocabulary's order.
            #[must_use]
            pub fn named(&self) -> Vec<(&'static str, $element)> {
                vec![$((stringify!($field), self.$field),)+]
            }
        }
    };
}

named! {
    /// The scene, by [`SceneFeature`].
    SceneView of FeatureView:
    loudness is SceneFeature::Loudness,
    speech is SceneFeature::Speech,
    onset is SceneFeature::Onset,
    brightness is SceneFeature::Brightness,
    motion is SceneFeature::Motion,
    presence is SceneFeature::Presence,
    heat is SceneFeature::Heat,
    strain is SceneFeature::Strain,
}

named! {
    /// The energy centres from the root up, by [`EnergyCentre`].
    CentresView of CentreView:
    vitality is EnergyCentre::Vitality,
    motion is EnergyCentre::Motion,
    sound is EnergyCentre::Sound,
    presence is EnergyCentre::Presence,
    voice is EnergyCentre::Voice,
    novelty is EnergyCentre::Novelty,
    coherence is EnergyCentre::Coherence,
}

/// What the environmental loop makes of the senses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentalView {
    /// The scene.
    pub scene: SceneView,
    /// How far the scene departs from its averages, 0 to 1.
    pub surprise: f32,
    /// Mean confidence of the scene, 0 to 1.
    pub confidence: f32,
}

/// Weights of character, reason and feeling; each 0 to 1, sum 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ElpView {
    /// Character and trust.
    pub ethos: f32,
    /// Reason and fact.
    pub logos: f32,
    /// Feeling.
    pub pathos: f32,
}

/// What the analytical loop makes of words, recall and activation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AnalyticalView {
    /// Running share of each flux position, 1 to 9 in order.
    pub flux: [f32; 9],
    /// Running share of boosted positions, 0 to 1.
    pub boost: f32,
    /// Position of the newest word, 1 to 9; `None` before the first.
    pub last_flux: Option<u32>,
    /// Running reading of what was said.
    pub elp: ElpView,
    /// Strength of meaning in the newest words, 0 to 1.
    pub meaning: f32,
    /// How unlike the remembered past this moment is, 0 to 1.
    pub novelty: f32,
    /// How sure the loop is of its novelty, 0 to 1.
    pub confidence: f32,
    /// Index of the situation in the model's list; `None` when nothing sure and recent is known.
    pub situation: Option<u32>,
    /// Index of the feeling in the model's list; `None` when nothing sure and recent is known.
    pub feeling: Option<u32>,
}

/// The drives and how they move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExperientialView {
    /// The seven energy centres.
    pub centres: CentresView,
    /// How strongly the drives depart from rest, 0 to 1.
    pub arousal: f32,
}

/// What the observer makes of the three loops.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ObservationView {
    /// The loop attended to, by name; `None` before the first cycle.
    pub attention: Option<String>,
    /// Agreement of the three loops, 0 to 1.
    pub coherence: f32,
    /// How much this moment stands out, 0 to 1.
    pub salience: f32,
    /// Running level of salience that is usual here, 0 to 1.
    pub usual_salience: f32,
    /// Confidence of the observation, 0 to 1.
    pub confidence: f32,
    /// Strength of expression, 0 to 1.
    pub expression: f32,
    /// Moments kept since the being began.
    pub kept: u32,
}

/// The state of one being after one cycle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StateView {
    /// Whose state, as 16 hexadecimal digits.
    pub being: String,
    /// Cycles completed in the being's life.
    pub cycle: u64,
    /// Start of the newest cycle, nanoseconds on the monotonic clock.
    pub time_ns: u64,
    /// The scene.
    pub environmental: EnvironmentalView,
    /// Words and meaning.
    pub analytical: AnalyticalView,
    /// The drives.
    pub experiential: ExperientialView,
    /// The whole.
    pub observation: ObservationView,
    /// What the models recognise in it; `None` where nothing is known, never an old value.
    #[serde(default)]
    pub activation: Option<ActivationView>,
}

/// What the models recognise in a being's last seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ActivationView {
    /// What is going on, by name.
    pub situation: String,
    /// Probability of `situation`, 0 to 1.
    pub situation_confidence: f32,
    /// How it feels to the kernel, by name.
    pub feeling: String,
    /// Probability of `feeling`, 0 to 1.
    pub feeling_confidence: f32,
    /// Milliseconds since the newest cycle that both rest on.
    pub age_ms: f64,
    /// What recurs here, was not taught and shows again; `None` where nothing of the kind is known.
    #[serde(default)]
    pub pattern: Option<PatternNow>,
}

/// A pattern that shows now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternNow {
    /// Its number among the being's patterns, from 1 up.
    pub id: u32,
    /// What people call it; `None` until it is named.
    pub name: Option<String>,
}

impl From<&core::State> for StateView {
    fn from(state: &core::State) -> Self {
        Self {
            being: state.being.to_string(),
            cycle: state.cycle,
            time_ns: state.time.0,
            environmental: environmental(&state.environmental),
            analytical: analytical(&state.analytical),
            experiential: experiential(&state.experiential),
            observation: observation(&state.observation),
            // The state does not hold it: who knows the answers adds it.
            activation: None,
        }
    }
}

fn environmental(state: &core::EnvironmentalState) -> EnvironmentalView {
    let scene = SceneView::from_each(|index| {
        let core::Average {
            now,
            short,
            long,
            confidence,
            ..
        } = state.scene[index];
        FeatureView {
            now,
            short,
            long,
            confidence,
        }
    });
    EnvironmentalView {
        scene,
        surprise: state.surprise,
        confidence: state.confidence,
    }
}

fn analytical(state: &core::AnalyticalState) -> AnalyticalView {
    AnalyticalView {
        flux: state.flux,
        boost: state.boost,
        last_flux: (state.last_flux > 0).then_some(state.last_flux),
        elp: ElpView {
            ethos: state.elp.ethos,
            logos: state.elp.logos,
            pathos: state.elp.pathos,
        },
        meaning: state.meaning,
        novelty: state.novelty,
        confidence: state.confidence,
        situation: state.situation.checked_sub(1),
        feeling: state.feeling.checked_sub(1),
    }
}

fn experiential(state: &core::ExperientialState) -> ExperientialView {
    let centres = CentresView::from_each(|index| CentreView {
        value: state.centres.0[index],
        velocity: state.velocities[index],
    });
    ExperientialView {
        centres,
        arousal: state.arousal,
    }
}

fn observation(state: &core::Observation) -> ObservationView {
    ObservationView {
        attention: core::Attention::from_number(state.attention)
            .map(|loop_| loop_.name().to_owned()),
        coherence: state.coherence,
        salience: state.salience,
        usual_salience: state.usual_salience,
        confidence: state.confidence,
        expression: state.expression,
        kept: state.kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_the_vocabularys_and_stands_at_its_index() {
        let scene = SceneView::from_each(|index| FeatureView {
            now: index as f32,
            ..FeatureView::default()
        });
        for (index, (name, feature)) in scene.named().into_iter().enumerate() {
            assert_eq!(name, SceneFeature::ALL[index].name());
            assert_eq!(feature.now, index as f32);
        }
        let centres = CentresView::from_each(|index| CentreView {
            value: index as f32,
            velocity: 0.0,
        });
        assert_eq!(centres.named().len(), EnergyCentre::ALL.len());
        for (index, (name, centre)) in centres.named().into_iter().enumerate() {
            assert_eq!(name, EnergyCentre::ALL[index].name());
            assert_eq!(centre.value, index as f32);
        }
    }

    #[test]
    fn a_being_at_rest_has_no_attention_word_or_label() {
        let view = StateView::from(&core::State::at_rest(core::BeingId::FIRST));
        assert_eq!(view.being, "0000000000000001");
        assert_eq!(view.observation.attention, None);
        assert_eq!(
            (view.analytical.last_flux, view.analytical.situation),
            (None, None)
        );
    }
}
