//! Builds the service, the soft NPU runtime and the stage for the board with cargo.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::cli::{Board, BuildOptions};
use crate::process::{self, ProcessError, Watch};
use crate::progress;
use crate::workspace::Workspace;

pub(crate) const TARGET: &str = "aarch64-unknown-linux-gnu";

/// Whole-program optimisation on two cores takes a while.
const LIMIT: Duration = Duration::from_secs(2400);

/// Tuned for the board's fast cores; its A55 cores run the same instructions, as both
/// implement Armv8.2-A.
const ORANGE_PI_FLAGS: &str = "-C target-cpu=cortex-a76";
const ORANGE_PI_FEATURE: &str = "orange-pi-optimization";

/// The file that cargo makes of `triune-softrknn`.
const SOFT_RUNTIME: &str = "librknnrt.so";

/// What an image runs.
pub(crate) struct Programs {
    pub(crate) service: PathBuf,
    /// The stand-in for the NPU's runtime library.
    pub(crate) soft_runtime: PathBuf,
}

/// The service for a board, cross-built as the options say.
pub(crate) fn service(
    workspace: &Workspace,
    options: &BuildOptions,
) -> Result<PathBuf, ProcessError> {
    if let Some(given) = &options.service {
        return Ok(given.clone());
    }
    let mut command = cargo(workspace, profile(options));
    command.args(["--package", "triune", "--bin", "triune"]);
    if options.board == Board::OrangePi5Plus {
        command.args(["--features", ORANGE_PI_FEATURE]);
        command.env(
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
            ORANGE_PI_FLAGS,
        );
    }
    build("service", &mut command)?;
    Ok(product(workspace, "triune", profile(options)))
}

/// The service and the soft runtime, by one call of cargo: they share what they are made of.
///
/// A service that was built elsewhere brings the soft runtime beside it, if it is there.
pub(crate) fn programs(
    workspace: &Workspace,
    options: &BuildOptions,
) -> Result<Programs, ProcessError> {
    let profile = profile(options);
    let mut command = cargo(workspace, profile);
    command.args(["--package", "triune-softrknn", "--lib"]);
    let service = match &options.service {
        Some(given) => {
            let beside = given.with_file_name(SOFT_RUNTIME);
            if beside.is_file() {
                return Ok(Programs {
                    service: given.clone(),
                    soft_runtime: beside,
                });
            }
            given.clone()
        }
        None => {
            command.args(["--package", "triune", "--bin", "triune"]);
            product(workspace, "triune", profile)
        }
    };
    build("service and soft runtime", &mut command)?;
    Ok(Programs {
        service,
        soft_runtime: product(workspace, SOFT_RUNTIME, profile),
    })
}

/// The stage, cross-built.
pub(crate) fn stage(workspace: &Workspace) -> Result<PathBuf, ProcessError> {
    let mut command = cargo(workspace, "quick");
    command.args(["--package", "triune-stage", "--bin", "triune-stage"]);
    build("stage", &mut command)?;
    Ok(product(workspace, "triune-stage", "quick"))
}

fn profile(options: &BuildOptions) -> &'static str {
    if options.release_optimized {
        "release-optimized"
    } else {
        "quick"
    }
}

fn cargo(workspace: &Workspace, profile: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(workspace.root())
        .args(["build", "--target", TARGET, "--profile", profile])
        .env("CARGO_TERM_COLOR", "never");
    command
}

fn build(name: &str, command: &mut Command) -> Result<(), ProcessError> {
    let step = progress::step(format!("{name} for the board"));
    process::watch_well(
        command,
        &mut Watch {
            log: None,
            limit: LIMIT,
            on_line: &mut |line| step.detail(line.trim().to_owned()),
        },
    )?;
    step.done("built");
    Ok(())
}

fn product(workspace: &Workspace, name: &str, profile: &str) -> PathBuf {
    let target: &Path = workspace.target();
    target.join(TARGET).join(profile).join(name)
}
