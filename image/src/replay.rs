//! Records the kernel on this machine and replays it here and as an aarch64 program: the same
//! states, bit for bit, are the promise that every recording rests on.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::cli::{Board, BuildOptions};
use crate::cross;
use crate::process::{self, Watch};
use crate::progress;
use crate::workspace::Workspace;

/// Seconds that are recorded: ten blocks at 250 cycles a second.
const SECONDS: &str = "10";
/// Longest time for the build of the service here.
const LIMIT: Duration = Duration::from_secs(1800);

/// Runs the whole check; prints what each machine found.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("no folder for the recording")?;
    let recording = folder.path().join("run.triune");
    let here = service_here(workspace)?;
    let there = cross::service(
        workspace,
        &BuildOptions {
            board: Board::QemuAarch64,
            quick: true,
            release_optimized: false,
            service: None,
        },
    )?;
    let step = progress::step(format!("recording {SECONDS} s"));
    process::capture(
        Command::new(&here)
            .args([
                "record",
                "--board",
                "host",
                "--see",
                "pattern",
                "--seconds",
                SECONDS,
            ])
            .arg("--data")
            .arg(folder.path().join("data"))
            .arg(&recording),
    )?;
    step.done("recorded");
    let on_this = replay(Command::new(&here), &recording)?;
    let mut emulated = Command::new("qemu-aarch64");
    emulated.arg(&there);
    let on_that = replay(emulated, &recording)?;
    for report in [&on_this, &on_that] {
        println!(
            "{}: {} cycles, {} skipped, final hash {}",
            report["machine"].as_str().unwrap_or_default(),
            report["cycles"],
            report["skipped"],
            report["hash"].as_str().unwrap_or_default()
        );
    }
    ensure!(
        on_this["machine"] != on_that["machine"],
        "both replays ran on {}: this check needs a host that is not aarch64",
        on_this["machine"]
    );
    if on_this["hash"] != on_that["hash"] || on_this["cycles"] != on_that["cycles"] {
        bail!("the two machines disagree about the same recording");
    }
    Ok(())
}

/// The service for this machine, built as its tests are.
fn service_here(workspace: &Workspace) -> anyhow::Result<std::path::PathBuf> {
    let step = progress::step("service for this machine");
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(workspace.root())
        .args(["build", "--package", "triune", "--bin", "triune"])
        .env("CARGO_TERM_COLOR", "never");
    process::watch_well(
        &mut command,
        &mut Watch {
            log: None,
            limit: LIMIT,
            on_line: &mut |line| step.detail(line.trim().to_owned()),
        },
    )?;
    step.done("built");
    Ok(workspace.target().join("debug").join("triune"))
}

fn replay(mut triune: Command, recording: &Path) -> anyhow::Result<Value> {
    let output = process::capture(triune.args(["replay", "--verify", "--json"]).arg(recording))?;
    let report: Value =
        serde_json::from_slice(&output).context("the replay's report is not JSON")?;
    ensure!(
        report["identical"] == true,
        "the replay departs from the recording: {report}"
    );
    Ok(report)
}
