//! Days with regimes that the recogniser was not taught, and what discovery makes of them.
//!
//! `cargo run --release -p triune-npu --example untaught_days -- --seed N --regimes 0|1|3
//! [--days D] [--hours H]`
//!
//! Each day has a room, regimes and a being of its own, and three restarts at random moments in
//! which the patterns are read again from their file. Prints a line for each day, the wrong ones
//! marked, and at the end one line of JSON, which also holds what two plainer methods make of the
//! same segments (`baselines.rs`). Exits with 1 if a day went wrong.

mod baselines;
mod eyes;
#[path = "../dual_activation_data/generator/mod.rs"]
#[allow(dead_code, reason = "days are needed here, not windows and feelings")]
mod generator;
mod k_means;
mod trial;

use std::error::Error;
use std::process::ExitCode;
use trial::trial;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    const USAGE: &str = "usage: untaught_days --seed N --regimes R [--days D] [--hours H]";
    let (mut seed, mut regimes, mut days, mut hours) = (None, None, 1_u64, 16.0_f64);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(USAGE)?;
        match name.as_str() {
            "--seed" => seed = Some(value.parse::<u64>()?),
            "--regimes" => regimes = Some(value.parse()?),
            "--days" => days = value.parse()?,
            "--hours" => hours = value.parse()?,
            _ => return Err(USAGE.into()),
        }
    }
    let (seed, regimes) = (seed.ok_or(USAGE)?, regimes.ok_or(USAGE)?);
    let mut eyes = eyes::Eyes::open()?;
    let (mut outcomes, mut k_means, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for day in 0..days {
        // The days of one seed are no other seed's: each seed has a million of its own.
        let (outcome, seen) = trial(
            &mut eyes,
            seed.wrapping_mul(1_000_000).wrapping_add(day),
            regimes,
            hours,
        )?;
        println!(
            "day {day}: invented {}, found {}/{regimes}, split {}, two regimes under one id {}, \
             purity {:.3}, ids kept {}, told after minutes {:.1?}{}",
            outcome.invented,
            outcome.found,
            outcome.split,
            outcome.shared,
            outcome.purity,
            outcome.ids_kept,
            outcome.told_after_minutes,
            if outcome.is_right() { "" } else { "  WRONG" }
        );
        k_means.push(baselines::k_means(&seen, regimes));
        all.extend(seen);
        outcomes.push(outcome);
    }
    let wrong = outcomes
        .iter()
        .filter(|outcome| !outcome.is_right())
        .count();
    let summary = serde_json::json!({
        "seed": seed, "regimes": regimes, "hours": hours, "days": outcomes.len(),
        "wrong": wrong, "outcomes": outcomes,
        "baselines": {"softmax": baselines::softmax(&all), "k_means": k_means},
    });
    println!("{summary}");
    Ok(ExitCode::from(u8::from(wrong > 0)))
}
