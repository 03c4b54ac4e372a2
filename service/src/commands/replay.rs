//! `triune replay`.

use super::failure::{Exit, Failure};
use crate::cli::ReplayArguments;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::time::Instant;
use triune_engine::{Reader, ReplayReport, replay};

pub(super) fn run(arguments: &ReplayArguments) -> Result<Exit, Failure> {
    let mut reader = Reader::open(&arguments.file)
        .map_err(|error| Failure::failed(format!("{}: {error}", arguments.file.display())))?;
    let began = Instant::now();
    let bar = ProgressBar::new_spinner().with_style(
        ProgressStyle::with_template("{spinner} replaying: {pos} cycles, {per_sec}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    let outcome = replay(&mut reader, |cycles, _| {
        if cycles.is_multiple_of(1_000) {
            bar.set_position(cycles);
        }
    });
    bar.finish_and_clear();
    let report = outcome
        .map_err(|error| Failure::failed(format!("{}: {error}", arguments.file.display())))?;
    print_report(arguments.json, &report, began.elapsed().as_secs_f64());
    let identical = report.difference.is_none() && !report.end_disagrees;
    if arguments.verify && !identical {
        return Err(Failure::failed("the replay is not what was recorded"));
    }
    if arguments.verify && report.cut_short {
        eprintln!("triune: the recording was cut short; every cycle that is there agrees");
    }
    Ok(Exit::Fine)
}

fn print_report(as_json: bool, report: &ReplayReport, seconds: f64) {
    let hash = format!("{:016x}", report.state.hash().0);
    let rate = report.cycles as f64 / seconds.max(1e-9);
    if as_json {
        let difference = report.difference.map(|difference| {
            json!({
                "cycle": difference.cycle,
                "recorded": format!("{:016x}", difference.recorded.0),
                "replayed": format!("{:016x}", difference.replayed.0),
            })
        });
        let line = json!({
            "cycles": report.cycles, "skipped": report.skipped, "hash": hash,
            "identical": report.difference.is_none(), "difference": difference,
            "cut_short": report.cut_short, "end_disagrees": report.end_disagrees,
            "machine": std::env::consts::ARCH, "cycles_per_second": rate.round(),
        });
        println!("{line}");
        return;
    }
    println!(
        "{} cycles replayed on {} ({rate:.0} a second), final hash {hash}",
        report.cycles,
        std::env::consts::ARCH
    );
    match report.difference {
        None => println!("identical to the recording, bit for bit"),
        Some(difference) => println!(
            "first difference at cycle {}: recorded {:016x}, replayed {:016x}",
            difference.cycle, difference.recorded.0, difference.replayed.0
        ),
    }
}
