//! `triune replay`.

use super::failure::{Exit, Failure};
use super::output;
use crate::cli::ReplayArguments;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::time::Instant;
use triune_engine::{AtDifference, Reader, ReplayReport, replay};

pub(super) fn run(arguments: &ReplayArguments) -> Result<Exit, Failure> {
    let mut reader = Reader::open(&arguments.file)
        .map_err(|error| Failure::failed(format!("{}: {error}", arguments.file.display())))?;
    if arguments.from > 1 {
        let first = reader.seek_to_cycle(arguments.from);
        eprintln!("triune: the replay begins with cycle {first} of the recording");
    }
    let began = Instant::now();
    let bar = ProgressBar::new_spinner().with_style(
        ProgressStyle::with_template("{spinner} replaying: {pos} cycles, {per_sec}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    let at_difference = if arguments.verify {
        AtDifference::Stop
    } else {
        AtDifference::GoOn
    };
    let outcome = replay(&mut reader, at_difference, |cycles| {
        if cycles.is_multiple_of(1_000) {
            bar.set_position(cycles);
        }
    });
    bar.finish_and_clear();
    let report = outcome
        .map_err(|error| Failure::failed(format!("{}: {error}", arguments.file.display())))?;
    let identical = report.cycles > 0 && report.difference.is_none() && !report.end_disagrees;
    print_report(
        arguments.json,
        &report,
        identical,
        began.elapsed().as_secs_f64(),
    )?;
    if arguments.verify && !identical {
        return Err(Failure::failed(if report.cycles == 0 && report.cut_short {
            "the recording was cut short before its first block of cycles was written"
        } else if report.cycles == 0 {
            "there is no cycle in the recording"
        } else {
            "the replay is not what was recorded"
        }));
    }
    if arguments.verify && report.cut_short {
        eprintln!("triune: the recording was cut short; every cycle that is there agrees");
    }
    Ok(Exit::Fine)
}

fn print_report(
    as_json: bool,
    report: &ReplayReport,
    identical: bool,
    seconds: f64,
) -> Result<(), Failure> {
    let hash = format!("{:016x}", report.hash.0);
    let rate = report.cycles as f64 / seconds.max(1e-9);
    if as_json {
        let difference = report.difference.map(|difference| {
            json!({
                "cycle": difference.cycle,
                "being": difference.being.to_string(),
                "field": difference.field.map(|field| field.name),
                "recorded": format!("{:016x}", difference.recorded.0),
                "replayed": format!("{:016x}", difference.replayed.0),
                "text": difference.to_string(),
            })
        });
        let line = json!({
            "cycles": report.cycles, "steps": report.steps, "beings": report.states.len(),
            "skipped": report.skipped, "hash": hash,
            "identical": identical, "difference": difference,
            "cut_short": report.cut_short, "end_disagrees": report.end_disagrees,
            "differences": report.differences,
            "machine": std::env::consts::ARCH, "cycles_per_second": rate.round(),
        });
        return output::line(&line.to_string());
    }
    output::line(&format!(
        "{} cycles replayed on {} ({rate:.0} a second), final hash {hash}",
        report.cycles,
        std::env::consts::ARCH
    ))?;
    match report.difference {
        Some(difference) => output::line(&format!("first difference: {difference}")),
        None if identical => output::line("identical to the recording, bit for bit"),
        None if report.end_disagrees => {
            output::line("the recording's end states other figures than were found")
        }
        None => output::line("nothing to compare"),
    }
}
