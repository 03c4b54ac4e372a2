//! Runs jobs, keeps their output, and sums up.

use std::process::ExitCode;
use std::time::Instant;

use super::job::{Counting, Job, Planned};
use super::tally::Tally;
use crate::process::{self, ProcessError, Watch};
use crate::progress;
use crate::workspace::Workspace;

pub(super) struct Outcome {
    pub(super) name: String,
    pub(super) tally: Tally,
    pub(super) seconds: f64,
}

/// Does what was planned, one after another, adds it to `outcomes` and sums up.
pub(super) fn run_all(
    workspace: &Workspace,
    plan: Vec<Planned>,
    mut outcomes: Vec<Outcome>,
) -> anyhow::Result<ExitCode> {
    for planned in plan {
        let began = Instant::now();
        let (name, tally) = match planned {
            Planned::Run(job) => {
                let tally = run_job(workspace, &job)?;
                (job.name, tally)
            }
            Planned::Skip { name, why } => {
                println!("skipped: {name}: {why}");
                (name, Tally::skip())
            }
        };
        outcomes.push(Outcome {
            name,
            tally,
            seconds: began.elapsed().as_secs_f64(),
        });
    }
    Ok(sum_up(&outcomes))
}

/// Runs one job. Only the user's interruption is an error; everything else is an outcome.
fn run_job(workspace: &Workspace, job: &Job) -> anyhow::Result<Tally> {
    let log = workspace
        .folder("test-logs")?
        .join(format!("{}.log", job.name));
    let mut command = process::tied(&job.program, "TERM");
    command
        .args(&job.arguments)
        .current_dir(workspace.root())
        .env("CARGO_TERM_COLOR", "never")
        .envs(job.environment.iter().map(|(name, value)| (name, value)));
    for why in &job.skipped {
        println!("skipped: {}: {why}", job.name);
    }
    let step = progress::step(format!("{}: {}", job.name, job.about));
    let mut tally = Tally::default();
    let mut last = String::new();
    // What a test says under the job's name is its finding.
    let finding = format!("{}: ", job.name);
    let mut findings = Vec::new();
    let mut on_line = |line: &str| {
        tally.line(line);
        if line.starts_with(&finding) {
            findings.push(line.to_owned());
        }
        if !line.trim().is_empty() {
            step.detail(line.trim().to_owned());
            last = line.trim().to_owned();
        }
    };
    let mut watch = Watch {
        log: Some(log.clone()),
        limit: job.limit,
        on_line: &mut on_line,
    };
    let (succeeded, said) = match process::watch(&mut command, &mut watch) {
        Ok((status, tail)) => (status.success(), tail),
        Err(error @ ProcessError::Interrupted(_)) => return Err(error.into()),
        Err(error) => (false, error.to_string()),
    };
    let mut tally = match job.counting {
        Counting::Tests => tally.finish_tests(succeeded),
        Counting::Check | Counting::CheckThatReports => Tally::check(succeeded),
    };
    tally += Tally::skips(job.skipped.len());
    if succeeded && tally.failed == 0 {
        step.done(&tally.to_string());
        findings.iter().for_each(|line| println!("{line}"));
        if job.counting == Counting::CheckThatReports {
            println!("{last}");
        }
    } else {
        drop(step);
        eprintln!(
            "  FAILED  {}: {tally}; its last words (all of them: {}):",
            job.name,
            log.display()
        );
        eprintln!("{}", failures(&log).unwrap_or(said));
    }
    Ok(tally)
}

/// The names of failed tests and the compiler's errors, if the output has any: they may lie
/// far above its end.
fn failures(log: &std::path::Path) -> Option<String> {
    const MOST: usize = 60;
    let text = std::fs::read_to_string(log).ok()?;
    let lines: Vec<_> = text
        .lines()
        .filter(|line| {
            line.ends_with("... FAILED")
                || line.starts_with("error")
                || line.contains("panicked at")
        })
        .take(MOST)
        .map(|line| format!("    {line}\n"))
        .collect();
    let tail: Vec<_> = text.lines().rev().take(40).collect();
    let tail: String = tail
        .iter()
        .rev()
        .map(|line| format!("    {line}\n"))
        .collect();
    (!lines.is_empty()).then(|| format!("{}    ...\n{tail}", lines.concat()))
}

fn sum_up(outcomes: &[Outcome]) -> ExitCode {
    let mut total = Tally::default();
    println!();
    println!(
        "{:16} {:>7} {:>7} {:>8} {:>9}",
        "suite", "passed", "failed", "skipped", "seconds"
    );
    for Outcome {
        name,
        tally,
        seconds,
    } in outcomes
    {
        let Tally {
            passed,
            failed,
            skipped,
            ..
        } = tally;
        println!("{name:16} {passed:>7} {failed:>7} {skipped:>8} {seconds:>9.1}");
        total += *tally;
    }
    println!();
    println!("{total}");
    if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
