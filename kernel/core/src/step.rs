//! One cycle of one being.

use crate::being::BeingId;
use crate::consent::Consent;
use crate::crystal::CrystalDraft;
use crate::embedding::Embedding;
use crate::parameters::Parameters;
use crate::percept::Percept;
use crate::state::{AnalyticalState, EnvironmentalState, ExperientialState, State};
use crate::time::{Nanoseconds, Timestamp};
use crate::{analytical, environmental, experiential, observer, sanitise};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// When a cycle happens; chosen by the engine, so that a replay can choose the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct Tick {
    /// Start of the cycle.
    pub time: Timestamp,
    /// Nanoseconds since the start of the cycle before: whole periods, so more than one after an overrun.
    pub elapsed: Nanoseconds,
}

/// What the step asks of slower parts; the answer arrives in a later percept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Question {
    /// Who asks.
    pub being: BeingId,
    /// In which cycle.
    pub cycle: u64,
    /// What memory is to find the nearest crystal to.
    pub embedding: Embedding,
}

/// What a cycle hands out besides the state.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outputs {
    /// A moment to keep.
    pub crystal: Option<CrystalDraft>,
    /// A question to memory.
    pub question: Option<Question>,
}

/// The three loops that may run in parallel: each reads the old state and the percept only.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loops {
    /// New environmental state.
    pub environmental: EnvironmentalState,
    /// New analytical state.
    pub analytical: AnalyticalState,
    /// New experiential state.
    pub experiential: ExperientialState,
}

/// Runs the three loops one after the other.
#[must_use]
pub fn step_loops(
    state: &State,
    percept: &Percept,
    parameters: &Parameters,
    elapsed: Nanoseconds,
) -> Loops {
    Loops {
        environmental: environmental::advance(state, percept, parameters, elapsed),
        analytical: analytical::advance(state, percept, parameters, elapsed),
        experiential: experiential::advance(state, percept, parameters, elapsed),
    }
}

/// Lets the observer integrate the loops into the being's next state.
#[must_use]
pub fn integrate(
    state: &State,
    loops: &Loops,
    percept: &Percept,
    consent: Consent,
    parameters: &Parameters,
    tick: Tick,
) -> (State, Outputs) {
    observer::advance(state, loops, percept, consent, parameters, tick)
}

/// One whole cycle: consent gate, three loops, observer.
///
/// Pure: equal arguments give equal bits on every machine. Non-finite or
/// out-of-range inputs are taken as absent.
#[must_use]
pub fn step(
    state: &State,
    percept: &Percept,
    consent: Consent,
    parameters: &Parameters,
    tick: Tick,
) -> (State, Outputs) {
    let admitted = sanitise::percept(&consent.admit(percept));
    let loops = step_loops(state, &admitted, parameters, tick.elapsed);
    integrate(state, &loops, &admitted, consent, parameters, tick)
}
