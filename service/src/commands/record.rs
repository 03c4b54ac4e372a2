//! `triune record FILE`.

use super::failure::{Exit, Failure};
use super::logging;
use super::serve::{end_on_signals, print_settings, report};
use crate::cli::{RecordArguments, ServeArguments};
use crate::settings::{Settings, span};
use crate::wiring::{Running, Stop};
use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};

/// Time between two looks at the progress.
const INTERVAL: Duration = Duration::from_millis(250);

pub(super) fn run(arguments: &RecordArguments) -> Result<Exit, Failure> {
    let settings = Settings::resolve(&ServeArguments {
        run: arguments.run.clone(),
        ..ServeArguments::default()
    })
    .map_err(Failure::wrong_use)?;
    if arguments.run.print_config {
        return print_settings(&settings);
    }
    let limit = arguments
        .seconds
        .map(|seconds| span("--seconds", seconds))
        .transpose()
        .map_err(Failure::wrong_use)?;
    logging::start(&settings.log);
    let stop = Stop::default();
    end_on_signals(&stop)?;
    let running = Running::start(&settings, Some(&arguments.file), &stop)
        .map_err(|error| Failure::failed(format!("{}: {error}", arguments.file.display())))?;
    let began = Instant::now();
    let bar = ProgressBar::new_spinner().with_style(
        ProgressStyle::with_template("{spinner} recording {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    let source = running.source();
    loop {
        let left = limit.map_or(INTERVAL, |limit| limit.saturating_sub(began.elapsed()));
        if left.is_zero() || stop.wait(left.min(INTERVAL)) || running.recording_ended() {
            break;
        }
        if let Some(recording) = source.status().recording {
            bar.set_message(format!(
                "{} cycles, {} KiB",
                recording.cycles,
                recording.bytes / 1024
            ));
        }
    }
    bar.finish_and_clear();
    drop(source);
    stop.set();
    report(running)
}
