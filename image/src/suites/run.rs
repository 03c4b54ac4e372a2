//! Runs the suites, keeps their output, and sums up.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};

use super::list::{Program, SUITES, Suite};
use super::tally::Tally;
use crate::cli::{SetupOptions, TestOptions};
use crate::process::{self, ProcessError, Watch};
use crate::progress;
use crate::setup;
use crate::workspace::Workspace;

struct Outcome {
    name: &'static str,
    tally: Tally,
    seconds: f64,
}

pub(crate) fn run(workspace: &Workspace, options: &TestOptions) -> anyhow::Result<ExitCode> {
    if options.list {
        for suite in SUITES {
            println!("{:10} {}", suite.name, suite.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = choose(&options.only)?;
    let mut outcomes = Vec::new();
    let began = Instant::now();
    let prepared = setup::run(&SetupOptions { dry_run: false });
    if let Err(error) = &prepared {
        eprintln!("setup failed: {error}");
    }
    outcomes.push(Outcome {
        name: "setup",
        tally: Tally::check(prepared.is_ok()),
        seconds: began.elapsed().as_secs_f64(),
    });
    for suite in chosen {
        let began = Instant::now();
        let tally = run_suite(workspace, suite)?;
        outcomes.push(Outcome {
            name: suite.name,
            tally,
            seconds: began.elapsed().as_secs_f64(),
        });
    }
    Ok(sum_up(&outcomes))
}

fn choose(only: &[String]) -> anyhow::Result<Vec<&'static Suite>> {
    if let Some(unknown) = only
        .iter()
        .find(|name| !SUITES.iter().any(|suite| suite.name == **name))
    {
        let names: Vec<_> = SUITES.iter().map(|suite| suite.name).collect();
        bail!(
            "there is no suite `{unknown}`; there are {}",
            names.join(", ")
        );
    }
    Ok(SUITES
        .iter()
        .filter(|suite| only.is_empty() || only.iter().any(|name| name == suite.name))
        .collect())
}

/// Runs one suite. Only the user's interruption is an error; everything else is an outcome.
fn run_suite(workspace: &Workspace, suite: &Suite) -> anyhow::Result<Tally> {
    let log = workspace
        .folder("test-logs")?
        .join(format!("{}.log", suite.name));
    let program = match suite.program {
        Program::Check | Program::Tests => {
            std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
        }
        Program::Appliance => std::env::current_exe()
            .context("this program cannot find itself")?
            .into(),
    };
    let mut command = process::tied(&program, "TERM");
    command
        .args(suite.arguments)
        .current_dir(workspace.root())
        .env("CARGO_TERM_COLOR", "never");
    let step = progress::step(format!("{}: {}", suite.name, suite.about));
    let mut tally = Tally::default();
    let mut last = String::new();
    let mut on_line = |line: &str| {
        tally.line(line);
        if !line.trim().is_empty() {
            step.detail(line.trim().to_owned());
            last = line.trim().to_owned();
        }
    };
    let mut watch = Watch {
        log: Some(log.clone()),
        limit: suite.limit,
        on_line: &mut on_line,
    };
    let (succeeded, said) = match process::watch(&mut command, &mut watch) {
        Ok((status, tail)) => (status.success(), tail),
        Err(error @ ProcessError::Interrupted(_)) => return Err(error.into()),
        Err(error) => (false, error.to_string()),
    };
    let tally = match suite.program {
        Program::Tests => tally.finish_tests(succeeded),
        Program::Check | Program::Appliance => Tally::check(succeeded),
    };
    if succeeded && tally.failed == 0 {
        step.done(&tally.to_string());
        if suite.program == Program::Appliance {
            println!("{last}");
        }
    } else {
        drop(step);
        eprintln!(
            "  FAILED  {}: {tally}; its last words (all of them: {}):",
            suite.name,
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
        "{:10} {:>7} {:>7} {:>8} {:>9}",
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
        println!("{name:10} {passed:>7} {failed:>7} {skipped:>8} {seconds:>9.1}");
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
