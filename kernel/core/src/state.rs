//! The state of one being after one cycle.

use crate::being::BeingId;
use crate::elp::Elp;
use crate::energy::EnergyCentres;
use crate::loops::{LoopKind, LoopSet};
use crate::time::{Nanoseconds, Timestamp};
use xxhash_rust::xxh3::xxh3_64;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Features of a scene; see [`SceneFeature`].
pub const SCENE_FEATURES: usize = 8;

/// What the environmental loop fuses the senses into; each feature lies in 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(usize)]
pub enum SceneFeature {
    /// Sound level, 0 at -90 decibels relative to full scale and 1 at 0.
    Loudness = 0,
    /// Likeness to speech.
    Speech = 1,
    /// Strength of a recent onset.
    Onset = 2,
    /// Mean luminance.
    Brightness = 3,
    /// Share of the picture that moves.
    Motion = 4,
    /// Evidence that somebody or something is there.
    Presence = 5,
    /// Heat, 0 at 30 degrees Celsius and 1 at 90.
    Heat = 6,
    /// The greatest of load, memory in use and pressure.
    Strain = 7,
}

impl SceneFeature {
    /// All features in order.
    pub const ALL: [Self; SCENE_FEATURES] = [
        Self::Loudness,
        Self::Speech,
        Self::Onset,
        Self::Brightness,
        Self::Motion,
        Self::Presence,
        Self::Heat,
        Self::Strain,
    ];

    /// The name as people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loudness => "loudness",
            Self::Speech => "speech",
            Self::Onset => "onset",
            Self::Brightness => "brightness",
            Self::Motion => "motion",
            Self::Presence => "presence",
            Self::Heat => "heat",
            Self::Strain => "strain",
        }
    }
}

/// One scene feature: what it is now, and its short and long exponential averages.
#[derive(Clone, Copy, Debug, Default, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct Average {
    /// The newest value, 0 to 1; the short average while nothing is known.
    pub now: f32,
    /// Average over about a second.
    pub short: f32,
    /// Average over about a minute.
    pub long: f32,
    /// How much the newest value may be trusted, 0 to 1.
    pub confidence: f32,
    /// Seconds of trusted evidence behind the averages, at most the long time constant.
    pub evidence: f32,
}

/// What the environmental loop makes of the senses.
#[derive(Clone, Copy, Debug, Default, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct EnvironmentalState {
    /// The scene, indexed by [`SceneFeature`].
    pub scene: [Average; SCENE_FEATURES],
    /// How far the scene departs from its averages, 0 to 1.
    pub surprise: f32,
    /// Mean confidence of the scene, 0 to 1.
    pub confidence: f32,
}

/// What the analytical loop makes of words, recall and activation.
#[derive(Clone, Copy, Debug, Default, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct AnalyticalState {
    /// Running share of each flux position, 1 to 9 at index 0 to 8; sums to at most 1.
    pub flux: [f32; 9],
    /// Running share of boosted positions, 0 to 1.
    pub boost: f32,
    /// Running reading of what was said.
    pub elp: Elp,
    /// Strength of meaning in the newest words, 0 to 1.
    pub meaning: f32,
    /// How unlike the remembered past this moment is, 0 to 1.
    pub novelty: f32,
    /// How sure the loop is of its novelty, 0 to 1.
    pub confidence: f32,
    /// Most likely situation of the last trusted activation, plus one; 0 when there is none.
    pub situation: u32,
    /// Most likely feeling of the last trusted activation, plus one; 0 when there is none.
    pub feeling: u32,
    /// Position of the newest token, 1 to 9; 0 before the first.
    pub last_flux: u32,
    /// Cycles until the next question to memory may be posted.
    pub cycles_to_question: u32,
}

/// The drives and how they move.
#[derive(Clone, Copy, Debug, Default, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct ExperientialState {
    /// Value of each centre, 0 to 1.
    pub centres: EnergyCentres,
    /// Rate of change of each centre, per second.
    pub velocities: [f32; 7],
    /// How strongly the drives depart from rest, 0 to 1.
    pub arousal: f32,
}

/// Which loop the observer attends to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Attention {
    /// The senses.
    Environmental = 1,
    /// Words and meaning.
    Analytical = 2,
    /// The drives.
    Experiential = 3,
}

impl Attention {
    /// The loop's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Environmental => "environmental",
            Self::Analytical => "analytical",
            Self::Experiential => "experiential",
        }
    }

    /// The loop with this number, if there is one.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        [Self::Environmental, Self::Analytical, Self::Experiential]
            .into_iter()
            .find(|loop_| *loop_ as u32 == number)
    }
}

/// What the observer makes of the three loops.
#[derive(Clone, Copy, Debug, Default, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct Observation {
    /// Number of the [`Attention`]; 0 before the first cycle.
    pub attention: u32,
    /// Agreement of the three loops, 0 to 1.
    pub coherence: f32,
    /// How much this moment stands out, 0 to 1.
    pub salience: f32,
    /// Running level of salience that is usual here, 0 to 1.
    pub usual_salience: f32,
    /// Confidence of the observation, 0 to 1.
    pub confidence: f32,
    /// Strength of expression (light, tone), 0 to 1; 0 when the being may not speak.
    pub expression: f32,
    /// Moments kept since the being began.
    pub kept: u32,
    /// Cycles until the next moment may be kept.
    pub cycles_to_keep: u32,
    /// Bits of the [`crate::Consent`] in force in this cycle; 0 before the first.
    pub consent: u32,
}

/// The whole state of one being after one cycle: plain data without hidden bytes.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct State {
    /// Whose state.
    pub being: BeingId,
    /// Cycles completed in the being's life.
    pub cycle: u64,
    /// Start of the newest cycle.
    pub time: Timestamp,
    /// The scene.
    pub environmental: EnvironmentalState,
    /// Words and meaning.
    pub analytical: AnalyticalState,
    /// The drives.
    pub experiential: ExperientialState,
    /// The whole.
    pub observation: Observation,
    /// Nanoseconds that each loop's part lags behind `time`, by [`LoopKind`]: 0 where the loop was
    /// in time, otherwise the part is its last value, stale by so much.
    pub loop_ages: [Nanoseconds; 3],
}

/// XXH3-64 of a state's bytes; equal hashes mean equal states.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, FromBytes, IntoBytes, KnownLayout, Immutable,
)]
#[repr(transparent)]
pub struct StateHash(pub u64);

impl State {
    /// A being that has not cycled yet: at rest, nothing known.
    #[must_use]
    pub fn at_rest(being: BeingId) -> Self {
        Self {
            being,
            cycle: 0,
            time: Timestamp(0),
            environmental: EnvironmentalState::default(),
            analytical: AnalyticalState {
                elp: Elp::BALANCED,
                ..Default::default()
            },
            experiential: ExperientialState::default(),
            observation: Observation::default(),
            loop_ages: [0; 3],
        }
    }

    /// The loops whose part is stale: they were not in time for this cycle.
    #[must_use]
    pub fn stale_loops(&self) -> LoopSet {
        LoopKind::ALL
            .into_iter()
            .fold(LoopSet::NONE, |stale, kind| {
                stale.with(kind, self.loop_ages[kind as usize] > 0)
            })
    }

    /// The hash of the whole state.
    #[must_use]
    pub fn hash(&self) -> StateHash {
        StateHash(xxh3_64(self.as_bytes()))
    }
}
