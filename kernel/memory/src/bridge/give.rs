//! Giving crystals.

use super::error::{BridgeError, Side};
use super::known::{Identity, find};
use crate::catalog::{Direction, Pair};
use crate::crystals::Crystal;
use crate::memory::Memory;
use crate::search::give_texts;
use crate::writer::{Adopted, AdoptionStop};
use std::collections::HashSet;
use std::sync::MutexGuard;
use triune_core::{BeingId, Sense};

/// Most crystals in one call.
pub const GIFT_CRYSTALS: usize = 4096;

/// What became of what was to be given. Every crystal is in one of the lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// New in the receiver's memory, and durable there: `own` is the giver's number, `other` the
    /// receiver's.
    pub given: Vec<Pair>,
    /// Already in the receiver's memory, from whomever.
    pub known: Vec<Pair>,
    /// The receiver's own moments, which it still has.
    pub came_home: Vec<Pair>,
}

/// Gives the crystals numbered `which` of `from` to `to`, and returns when they are durable there and
/// logged on both sides. A number that is named twice is given once.
///
/// # Errors
/// See [`BridgeError`]. The call may be repeated after any of them: what arrived is known again.
pub fn give(from: &Memory, to: &Memory, which: &[u64]) -> Result<Given, BridgeError> {
    if from.being() == to.being() {
        return Err(BridgeError::SameBeing(from.being()));
    }
    if which.len() > GIFT_CRYSTALS {
        return Err(BridgeError::TooMany(which.len()));
    }
    if let Some(stop) = refusal(from, to) {
        return Err(refused(stop, from.being(), to.being(), 0));
    }
    let asked = chosen(from, which)?;
    // From here to the log: one gift at a time, so that none is taken twice.
    let _order = to.catalog().bridge_order();
    let mut given = Given::default();
    let mut told = Vec::new();
    let there = find(&to.view(), &asked);
    let mut missing = Vec::new();
    for crystal in asked {
        match there.get(&Identity::of(&crystal)) {
            None => missing.push(crystal),
            Some(&other) => {
                let pair = Pair {
                    own: crystal.sequence(),
                    other,
                };
                let own = crystal.provenance().being == to.being();
                if own {
                    &mut given.came_home
                } else {
                    // An earlier call may have been cut off before its words were there.
                    told.push((crystal, other));
                    &mut given.known
                }
                .push(pair);
            }
        }
    }
    let stop = {
        // A revocation returns when the writer has stopped for it and no words are on their way any
        // more, and not before.
        let _orders = consent_orders(from, to);
        let Adopted { sequences, stop } = to.adopt(from, missing.clone())?;
        let new: Vec<(Crystal, u64)> = missing.into_iter().zip(sequences).collect();
        given.given = new
            .iter()
            .map(|(crystal, other)| Pair {
                own: crystal.sequence(),
                other: *other,
            })
            .collect();
        told.extend(new);
        // Words need the same consent as crystals, which may have ended since the last of these.
        let refusal = refusal(from, to);
        if refusal.is_none() {
            give_texts((from.catalog(), from.texts()), to.catalog(), &told).map_err(|source| {
                BridgeError::Texts {
                    given: given.given.len() as u64,
                    source,
                }
            })?;
        }
        stop.or(refusal)
    };
    log_both(from, to, &given)?;
    match stop {
        None => Ok(given),
        Some(AdoptionStop::Failed(error)) => Err(error.into()),
        Some(stop) => {
            let count = given.given.len() as u64;
            Err(refused(stop, from.being(), to.being(), count))
        }
    }
}

/// Holds up changes of consent on both sides; always in the same order, so that gifts in opposite
/// directions do not wait for one another.
fn consent_orders<'a>(from: &'a Memory, to: &'a Memory) -> [MutexGuard<'a, ()>; 2] {
    let (first, second) = if from.being() < to.being() {
        (from, to)
    } else {
        (to, from)
    };
    [first, second].map(|memory| memory.catalog().consent_order())
}

fn refusal(from: &Memory, to: &Memory) -> Option<AdoptionStop> {
    AdoptionStop::of(from.consent(), to.consent())
}

fn refused(stop: AdoptionStop, giver: BeingId, receiver: BeingId, given: u64) -> BridgeError {
    match stop {
        AdoptionStop::Giver => BridgeError::Refused {
            being: giver,
            side: Side::Giver,
            sense: Sense::Share,
            given,
        },
        AdoptionStop::Receiver(sense) => BridgeError::Refused {
            being: receiver,
            side: Side::Receiver,
            sense,
            given,
        },
        AdoptionStop::Failed(error) => error.into(),
    }
}

/// The crystals to give, each once.
fn chosen(from: &Memory, which: &[u64]) -> Result<Vec<Crystal>, BridgeError> {
    let crystals = from.crystals();
    let mut seen = HashSet::new();
    let mut chosen = Vec::with_capacity(which.len());
    for &sequence in which {
        let crystal = crystals.get(sequence).ok_or(BridgeError::NoSuchCrystal {
            being: from.being(),
            sequence,
        })?;
        // One that reached the giver by two ways under two numbers is one crystal all the same.
        if seen.insert(Identity::of(&crystal)) {
            chosen.push(crystal);
        }
    }
    Ok(chosen)
}

/// Logs what was given, and what an earlier call gave but could not log.
fn log_both(from: &Memory, to: &Memory, given: &Given) -> Result<(), BridgeError> {
    let count = given.given.len() as u64;
    let failed = |side| {
        move |source| BridgeError::Log {
            side,
            given: count,
            source,
        }
    };
    let (giver, receiver) = (from.catalog(), to.catalog());

    let known: Vec<Pair> = given.known.iter().copied().map(turned).collect();
    let received = receiver
        .logged(Direction::Received, &known)
        .map_err(failed(Side::Receiver))?;
    let logged: HashSet<u64> = received.iter().map(|(_, pair)| pair.own).collect();
    let unlogged = known
        .iter()
        .copied()
        .filter(|pair| !logged.contains(&pair.own));
    let to_log: Vec<Pair> = given
        .given
        .iter()
        .copied()
        .map(turned)
        .chain(unlogged)
        .collect();
    receiver
        .log_crossing(Direction::Received, from.being(), &to_log)
        .map_err(failed(Side::Receiver))?;

    // What the receiver has from this giver, and the giver does not know that it gave.
    let from_here = received
        .into_iter()
        .filter(|(peer, _)| *peer == from.being())
        .map(|(_, pair)| pair);
    let all: Vec<Pair> = to_log.into_iter().chain(from_here).map(turned).collect();
    let sent = giver
        .logged(Direction::Given, &all)
        .map_err(failed(Side::Giver))?;
    let to_log: Vec<Pair> = all
        .into_iter()
        .filter(|pair| !sent.contains(&(to.being(), *pair)))
        .collect();
    giver
        .log_crossing(Direction::Given, to.being(), &to_log)
        .map_err(failed(Side::Giver))
}

/// The same crystal as the other side counts it.
fn turned(pair: Pair) -> Pair {
    Pair {
        own: pair.other,
        other: pair.own,
    }
}
