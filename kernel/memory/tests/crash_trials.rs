//! Crash trials: a process killed at any moment, power cut at any operation, files cut short and bits
//! flipped anywhere. After each the memory opens by itself and is judged: nothing torn, nothing that
//! was durable missing, nothing lost that was handed over longer than a flush window ago.
//!
//! `TRIUNE_CRASH_TRIALS` says how many (100 unless set), `TRIUNE_CRASH_SEED` repeats a row of them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod trials;

use fastrand::Rng;
use trials::{Tally, damage, kill, power_cut};

const TRIALS: &str = "TRIUNE_CRASH_TRIALS";
const SEED: &str = "TRIUNE_CRASH_SEED";

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable}={text} is no number")),
    )
}

/// In an ordinary run of the tests the variable is not set and this does nothing.
#[test]
fn child_lives_until_it_is_killed() {
    kill::child();
}

#[test]
fn crash_trials() {
    let count = number(TRIALS).unwrap_or(100);
    let seed = number(SEED).unwrap_or_else(|| fastrand::u64(..));
    let mut rng = Rng::with_seed(seed);
    let mut tally = Tally::default();
    let killed = kill::Ground::new("child_lives_until_it_is_killed");
    let damaged = damage::Ground::new();
    for trial in 0..count {
        match trial % 4 {
            0 => killed.trial(&mut rng, &mut tally),
            1 => power_cut::trial(&mut rng, &mut tally),
            2 => damaged.cut_short(&mut rng, &mut tally),
            _ => damaged.flip(&mut rng, &mut tally),
        }
    }
    println!("{tally}, seed {seed}");
    assert!(tally.faults().is_empty(), "{:#?}", tally.faults());
}
