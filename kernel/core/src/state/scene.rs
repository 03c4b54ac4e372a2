//! The scene that the environmental loop makes of the senses.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Features of a scene; see [`SceneFeature`].
pub const SCENE_FEATURES: usize = 8;

/// What the environmental loop fuses the senses into; each feature lies in 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(usize)]
pub enum SceneFeature {
    /// Sound level, 0 at [`crate::Parameters::silence_decibels`] and 1 at full scale.
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
    /// Heat, 0 at [`crate::Parameters::cool_celsius`] and 1 at [`crate::Parameters::hot_celsius`].
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
