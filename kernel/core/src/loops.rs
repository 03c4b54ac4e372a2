//! The three loops that may run in parallel, and which of them were in time.

use crate::parameters::Parameters;
use crate::percept::Percept;
use crate::state::{AnalyticalState, EnvironmentalState, ExperientialState, State};
use crate::time::Nanoseconds;
use crate::{analytical, environmental, experiential};
use std::fmt;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// One of the three loops that read the old state and the percept only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(usize)]
pub enum LoopKind {
    /// Fuses the senses into a scene.
    Environmental = 0,
    /// Words, meaning, novelty.
    Analytical = 1,
    /// The seven energy centres.
    Experiential = 2,
}

impl LoopKind {
    /// All three in order.
    pub const ALL: [Self; 3] = [Self::Environmental, Self::Analytical, Self::Experiential];

    /// The name as people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Environmental => "environmental",
            Self::Analytical => "analytical",
            Self::Experiential => "experiential",
        }
    }
}

/// A set of loops.
#[derive(
    Clone, Copy, Default, PartialEq, Eq, Hash, FromBytes, IntoBytes, KnownLayout, Immutable,
)]
#[repr(transparent)]
pub struct LoopSet(u32);

impl LoopSet {
    /// All three.
    pub const ALL: Self = Self(0b111);
    /// None.
    pub const NONE: Self = Self(0);

    /// Whether the loop is in the set.
    #[must_use]
    pub const fn contains(self, kind: LoopKind) -> bool {
        self.0 & 1 << kind as usize != 0
    }

    /// The same set with the loop in it, or not.
    #[must_use]
    pub const fn with(self, kind: LoopKind, present: bool) -> Self {
        let bit = 1 << kind as usize;
        Self(if present { self.0 | bit } else { self.0 & !bit })
    }

    /// The set as bits: bit `kind as usize` for each loop.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The set with these bits, or `None` where a bit stands for no loop.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Option<Self> {
        if bits & !Self::ALL.0 == 0 {
            Some(Self(bits))
        } else {
            None
        }
    }
}

impl fmt::Debug for LoopSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_set()
            .entries(
                LoopKind::ALL
                    .into_iter()
                    .filter(|&kind| self.contains(kind))
                    .map(LoopKind::name),
            )
            .finish()
    }
}

/// What the three loops make of one cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loops {
    /// New environmental state.
    pub environmental: EnvironmentalState,
    /// New analytical state.
    pub analytical: AnalyticalState,
    /// New experiential state.
    pub experiential: ExperientialState,
}

impl Loops {
    /// What the loops last contributed to `state`.
    #[must_use]
    pub const fn of(state: &State) -> Self {
        Self {
            environmental: state.environmental,
            analytical: state.analytical,
            experiential: state.experiential,
        }
    }

    /// Runs one loop and keeps what it makes. `percept` is what [`crate::admit`] lets through;
    /// `elapsed` is the time since the cycle before. A loop that missed cycles catches up.
    pub fn run(
        &mut self,
        kind: LoopKind,
        state: &State,
        percept: &Percept,
        parameters: &Parameters,
        elapsed: Nanoseconds,
    ) {
        let elapsed = elapsed.saturating_add(state.loop_ages[kind as usize]);
        match kind {
            LoopKind::Environmental => {
                self.environmental = environmental::advance(state, percept, parameters, elapsed);
            }
            LoopKind::Analytical => {
                self.analytical = analytical::advance(state, percept, parameters, elapsed);
            }
            LoopKind::Experiential => {
                self.experiential = experiential::advance(state, parameters, elapsed);
            }
        }
    }

    /// Takes over what one loop of `other` made.
    pub fn take(&mut self, kind: LoopKind, other: &Self) {
        match kind {
            LoopKind::Environmental => self.environmental = other.environmental,
            LoopKind::Analytical => self.analytical = other.analytical,
            LoopKind::Experiential => self.experiential = other.experiential,
        }
    }
}
