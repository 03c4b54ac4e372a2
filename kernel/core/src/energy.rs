//! The seven energy centres: the kernel's drives.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// One of the seven centres, from the root up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(usize)]
pub enum EnergyCentre {
    /// Thermal and power headroom of the board.
    Vitality = 0,
    /// Movement in view.
    Motion = 1,
    /// Loudness.
    Sound = 2,
    /// Somebody or something is there.
    Presence = 3,
    /// Speech.
    Voice = 4,
    /// What has not been met before.
    Novelty = 5,
    /// Agreement of the three loops.
    Coherence = 6,
}

impl EnergyCentre {
    /// All centres, from the root up.
    pub const ALL: [Self; 7] = [
        Self::Vitality,
        Self::Motion,
        Self::Sound,
        Self::Presence,
        Self::Voice,
        Self::Novelty,
        Self::Coherence,
    ];

    /// The centre's name as people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vitality => "vitality",
            Self::Motion => "motion",
            Self::Sound => "sound",
            Self::Presence => "presence",
            Self::Voice => "voice",
            Self::Novelty => "novelty",
            Self::Coherence => "coherence",
        }
    }
}

/// The value of each centre, 0 to 1, indexed by [`EnergyCentre`].
#[derive(Clone, Copy, Debug, Default, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(transparent)]
pub struct EnergyCentres(pub [f32; 7]);

impl std::ops::Index<EnergyCentre> for EnergyCentres {
    type Output = f32;
    fn index(&self, centre: EnergyCentre) -> &f32 {
        &self.0[centre as usize]
    }
}

impl std::ops::IndexMut<EnergyCentre> for EnergyCentres {
    fn index_mut(&mut self, centre: EnergyCentre) -> &mut f32 {
        &mut self.0[centre as usize]
    }
}
