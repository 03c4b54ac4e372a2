//! One cycle of one being.

use crate::being::BeingId;
use crate::consent::Consent;
use crate::crystal::CrystalDraft;
use crate::embedding::Embedding;
use crate::loops::{LoopKind, LoopSet, Loops};
use crate::parameters::Parameters;
use crate::percept::Percept;
use crate::state::State;
use crate::time::{Nanoseconds, Timestamp};
use crate::{observer, sanitise};
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
    /// Start of that cycle: how old an answer is counts from here, however long it took.
    pub time: Timestamp,
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

/// What of `percept` may reach a being: refused senses and impossible values are made absent.
#[must_use]
pub fn admit(percept: &Percept, consent: Consent) -> Percept {
    sanitise::percept(&consent.admit(percept))
}

/// What is left of `state` once `consent` is in force: for a being that does not cycle while its
/// consent changes. [`integrate`] forgets the same by itself.
#[must_use]
pub fn forget_refused(state: &State, consent: Consent) -> State {
    let mut after = *state;
    observer::forget_refused(&mut after, consent);
    after
}

/// Lets the observer integrate the loops into the being's next state.
///
/// A loop outside `joined` contributes what it last made; its age in the state says how old
/// that is. `percept` is what [`admit`] lets through.
#[must_use]
pub fn integrate(
    state: &State,
    loops: &Loops,
    joined: LoopSet,
    percept: &Percept,
    consent: Consent,
    parameters: &Parameters,
    tick: Tick,
) -> (State, Outputs) {
    let mut contributed = Loops::of(state);
    let mut ages = state.loop_ages;
    for kind in LoopKind::ALL {
        let age = &mut ages[kind as usize];
        if joined.contains(kind) {
            contributed.take(kind, loops);
            *age = 0;
        } else {
            *age = age.saturating_add(tick.elapsed);
        }
    }
    observer::advance(
        state,
        &contributed,
        ages,
        percept,
        consent,
        parameters,
        tick,
    )
}

/// One whole cycle in which the loops of `joined` were in time: consent gate, loops, observer.
#[must_use]
pub fn step_joined(
    state: &State,
    percept: &Percept,
    joined: LoopSet,
    consent: Consent,
    parameters: &Parameters,
    tick: Tick,
) -> (State, Outputs) {
    let admitted = admit(percept, consent);
    let mut loops = Loops::of(state);
    for kind in LoopKind::ALL {
        if joined.contains(kind) {
            loops.run(kind, state, &admitted, parameters, tick.elapsed);
        }
    }
    integrate(state, &loops, joined, &admitted, consent, parameters, tick)
}

/// One whole cycle with every loop in time.
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
    step_joined(state, percept, LoopSet::ALL, consent, parameters, tick)
}
