//! The whole state of one being after one cycle.

use super::{AnalyticalState, EnvironmentalState, ExperientialState, Observation};
use crate::being::BeingId;
use crate::elp::Elp;
use crate::loops::{LoopKind, LoopSet};
use crate::time::{Nanoseconds, Timestamp};
use xxhash_rust::xxh3::xxh3_64;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

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
