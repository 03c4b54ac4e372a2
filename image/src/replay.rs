//! Records the kernel on this machine and replays it here and as an aarch64 program: the same
//! states, bit for bit, are the promise that every recording rests on.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::cli::{Board, BuildOptions};
use crate::cross;
use crate::process::{self, Watch};
use crate::progress;
use crate::workspace::Workspace;

/// Seconds that are recorded: five blocks.
const SECONDS: &str = "10";
/// Who cycles beside the first being.
const OTHERS: [&str; 2] = ["Ada", "Grace"];
/// Longest wait for a service to answer, and between two questions whether it does.
const PATIENCE: Duration = Duration::from_secs(60);
const INTERVAL: Duration = Duration::from_millis(200);
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
    let data = folder.path().join("data");
    add_beings(&here, &data)?;
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
            .arg(&data)
            .arg(&recording),
    )?;
    step.done("recorded");
    let on_this = replay(Command::new(&here), &recording)?;
    let mut emulated = Command::new("qemu-aarch64");
    emulated.arg(&there);
    let on_that = replay(emulated, &recording)?;
    for report in [&on_this, &on_that] {
        println!(
            "{}: {} cycles of {} beings, {} skipped, final hash {}",
            report["machine"].as_str().unwrap_or_default(),
            report["cycles"],
            report["beings"],
            report["skipped"],
            report["hash"].as_str().unwrap_or_default()
        );
    }
    ensure!(
        on_this["machine"] != on_that["machine"],
        "both replays ran on {}: this check needs a host that is not aarch64",
        on_this["machine"]
    );
    ensure!(
        on_this["beings"] == 1 + OTHERS.len(),
        "the recording holds {} beings: the others did not wake",
        on_this["beings"]
    );
    let differs = |figure: &str| on_this[figure] != on_that[figure];
    if ["hash", "cycles", "steps", "beings"]
        .into_iter()
        .any(differs)
    {
        bail!("the two machines disagree about the same recording");
    }
    Ok(())
}

/// Makes the beings through a service that runs until they are there: who is awake when it ends is
/// awake when the recording begins.
fn add_beings(triune: &Path, data: &Path) -> anyhow::Result<()> {
    let step = progress::step("adding beings");
    let socket = data.with_extension("sock");
    let mut serving = process::tied(triune.as_os_str(), "KILL");
    serving
        .args(["serve", "--board", "host", "--see", "pattern"])
        .args(["--listen", "127.0.0.1:0"])
        .arg("--data")
        .arg(data)
        .arg("--socket")
        .arg(&socket)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A group of its own, which is stopped as a whole.
        .process_group(0);
    let mut service = serving.spawn().context("the service does not start")?;
    let began = Instant::now();
    let mut ask = |words: &[&str]| -> anyhow::Result<()> {
        loop {
            let mut command = Command::new(triune);
            command.args(words).arg("--socket").arg(&socket);
            let Err(error) = process::capture(&mut command) else {
                return Ok(());
            };
            if began.elapsed() > PATIENCE || service.try_wait()?.is_some() {
                return Err(error).context("the service does not take beings");
            }
            thread::sleep(INTERVAL);
        }
    };
    let added = ask(&["beings", "list"]).and_then(|()| {
        OTHERS
            .iter()
            .try_for_each(|name| ask(&["beings", "add", name]))
    });
    process::stop_group(&mut service);
    added?;
    step.done("added");
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
