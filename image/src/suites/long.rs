//! The suites of `make test-long`: what takes too long to be run with every change.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;

use super::job::{Counting, Job, Planned, cargo, minutes};
use crate::cli::TestOptions;
use crate::process::{self, ProcessError, Watch};
use crate::progress;
use crate::workspace::Workspace;

/// Their names and what they do.
pub(super) const LONG: &[(&str, &str)] = &[
    (
        "crash",
        "memory is killed, cut and altered, and opens whole",
    ),
    (
        "soak",
        "eight beings cycle while their memories are used without a pause",
    ),
    (
        "npu-chaos",
        "the models' worker is killed and hung while eight beings cycle",
    ),
    ("fuzz", "every parser of outside bytes, fuzzed"),
];

/// For the build, before the fuzzing itself.
const BUILD_LIMIT: Duration = minutes(40);
/// The fuzzer's own limits for one input: megabytes and seconds.
const MOST_MEMORY: &str = "-rss_limit_mb=3072";
const MOST_TIME: &str = "-timeout=30";

pub(super) fn plan(
    workspace: &Workspace,
    options: &TestOptions,
    chosen: impl Fn(&str) -> bool,
) -> anyhow::Result<Vec<Planned>> {
    let mut plan = Vec::new();
    if chosen("crash") {
        plan.push(Planned::Run(crash(options.crash_trials)));
    }
    if chosen("soak") {
        plan.push(Planned::Run(soak(options.soak_seconds)));
    }
    if chosen("npu-chaos") {
        plan.push(Planned::Run(npu_chaos(options.chaos_seconds)));
    }
    if chosen("fuzz") {
        plan.extend(fuzz(workspace, options.fuzz_seconds)?);
    }
    Ok(plan)
}

fn crash(trials: u32) -> Job {
    Job {
        name: "crash".to_owned(),
        about: format!("{trials} trials of killing, cutting and altering memory"),
        program: cargo(),
        arguments: [
            "test",
            "--package",
            "triune-memory",
            "--test",
            "crash_trials",
            "--",
            "--nocapture",
        ]
        .map(Into::into)
        .to_vec(),
        environment: vec![("TRIUNE_CRASH_TRIALS".to_owned(), trials.to_string().into())],
        counting: Counting::Tests,
        skipped: Vec::new(),
        limit: minutes(60),
    }
}

fn soak(seconds: u32) -> Job {
    Job {
        name: "soak".to_owned(),
        about: format!("{seconds} s of eight beings, searches, exports and syncs"),
        program: cargo(),
        // Optimised as an image is, so that its overruns are not the debug build's.
        arguments: [
            "test",
            "--profile",
            "quick",
            "--package",
            "triune",
            "--test",
            "soak",
            "--",
            "--nocapture",
        ]
        .map(Into::into)
        .to_vec(),
        environment: vec![("TRIUNE_SOAK_SECONDS".to_owned(), seconds.to_string().into())],
        counting: Counting::Tests,
        skipped: Vec::new(),
        limit: BUILD_LIMIT + Duration::from_secs(seconds.into()),
    }
}

fn npu_chaos(seconds: u32) -> Job {
    Job {
        name: "npu-chaos".to_owned(),
        about: format!("{seconds} s of eight beings whose models' worker is killed and hung"),
        program: cargo(),
        // Optimised as an image is, so that its overruns are not the debug build's.
        arguments: [
            "test",
            "--profile",
            "quick",
            "--package",
            "triune",
            "--test",
            "npu_chaos",
            "--",
            "--nocapture",
        ]
        .map(Into::into)
        .to_vec(),
        environment: vec![(
            "TRIUNE_CHAOS_SECONDS".to_owned(),
            seconds.to_string().into(),
        )],
        counting: Counting::Tests,
        skipped: Vec::new(),
        limit: BUILD_LIMIT + Duration::from_secs(seconds.into()),
    }
}

fn fuzz(workspace: &Workspace, seconds: u32) -> anyhow::Result<Vec<Planned>> {
    let fuzzer = cargo_fuzz(workspace);
    if let Err(error @ ProcessError::Interrupted(_)) = fuzzer {
        return Err(error.into());
    }
    targets(workspace)?
        .into_iter()
        .map(|target| match &fuzzer {
            Ok(fuzzer) => fuzz_one(workspace, fuzzer, &target, seconds).map(Planned::Run),
            Err(error) => Ok(Planned::Skip {
                name: format!("fuzz-{target}"),
                why: format!("cargo-fuzz could not be installed: {error}"),
            }),
        })
        .collect()
}

/// The names of the fuzz targets, in order.
fn targets(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let folder = workspace.root().join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        if let Some(name) = entry?.path().file_stem() {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn fuzz_one(
    workspace: &Workspace,
    fuzzer: &PathBuf,
    target: &str,
    seconds: u32,
) -> anyhow::Result<Job> {
    // What the fuzzer finds is kept apart from the seeds, and used again by the next run.
    let found = workspace.folder(&format!("fuzz/corpus/{target}"))?;
    let crashes = workspace.folder(&format!("fuzz/crashes/{target}"))?;
    let mut arguments: Vec<OsString> = [
        "fuzz",
        "run",
        "--fuzz-dir",
        "fuzz",
        // Works with the pinned compiler; nearly all of the parsers are safe Rust.
        "--sanitizer",
        "none",
        "--target-dir",
    ]
    .map(Into::into)
    .to_vec();
    arguments.extend([workspace.target().join("fuzz").into(), target.into()]);
    arguments.push(found.into());
    arguments.push(workspace.root().join("fuzz/corpus").join(target).into());
    arguments.extend(["--", MOST_MEMORY, MOST_TIME].map(Into::into));
    arguments.push(format!("-max_total_time={seconds}").into());
    arguments.push(format!("-artifact_prefix={}/", crashes.display()).into());
    Ok(Job {
        name: format!("fuzz-{target}"),
        about: format!(
            "{seconds} s of fuzzing; what crashes it is kept in {}",
            crashes.display()
        ),
        program: fuzzer.into(),
        arguments,
        environment: Vec::new(),
        counting: Counting::CheckThatReports,
        skipped: Vec::new(),
        limit: BUILD_LIMIT + Duration::from_secs(seconds.into()),
    })
}

/// The installed `cargo-fuzz`, or one that is built now and kept with everything else that this
/// tool makes.
fn cargo_fuzz(workspace: &Workspace) -> Result<PathBuf, ProcessError> {
    if let Some(installed) = process::find_program("cargo-fuzz") {
        return Ok(installed);
    }
    let tools = workspace.appliance().join("tools");
    let own = tools.join("bin/cargo-fuzz");
    if own.is_file() {
        return Ok(own);
    }
    let step = progress::step("building cargo-fuzz");
    let mut command = Command::new(cargo());
    command
        .args([
            "install",
            "cargo-fuzz",
            "--version",
            "^0.13",
            "--locked",
            "--root",
        ])
        .arg(&tools)
        .env("CARGO_TERM_COLOR", "never");
    process::watch_well(
        &mut command,
        &mut Watch {
            log: None,
            limit: BUILD_LIMIT,
            on_line: &mut |line| step.detail(line.trim().to_owned()),
        },
    )?;
    step.done("built");
    Ok(own)
}
