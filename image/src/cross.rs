//! Builds the service and the stage for the board with cargo.

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

/// How the soft NPU runtime is called where cargo builds it: as the vendor's library.
const SOFT_RUNTIME: &str = "librknnrt.so";

/// What is built for the board from the service's sources.
pub(crate) struct Programs {
    pub(crate) service: PathBuf,
    /// The stand-in for the NPU's library, for a machine without an NPU; `None` beside a service that
    /// was built elsewhere and came without.
    pub(crate) soft_runtime: Option<PathBuf>,
}

/// The service and, for QEMU, the soft NPU runtime, cross-built as the options say.
pub(crate) fn programs(
    workspace: &Workspace,
    options: &BuildOptions,
) -> Result<Programs, ProcessError> {
    if let Some(given) = &options.service {
        let beside = given.with_file_name(SOFT_RUNTIME);
        return Ok(Programs {
            service: given.clone(),
            soft_runtime: beside.is_file().then_some(beside),
        });
    }
    let mut command = cargo(workspace, "triune", profile(options));
    let soft_runtime = options.board == Board::QemuAarch64;
    if soft_runtime {
        command.args(["--package", "triune-softrknn", "--lib"]);
    } else {
        command.args(["--features", ORANGE_PI_FEATURE]);
        command.env(
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
            ORANGE_PI_FLAGS,
        );
    }
    build("service", &mut command)?;
    let product = |name| product(workspace, name, profile(options));
    Ok(Programs {
        service: product("triune"),
        soft_runtime: soft_runtime.then(|| product(SOFT_RUNTIME)),
    })
}

/// The stage, cross-built.
pub(crate) fn stage(workspace: &Workspace) -> Result<PathBuf, ProcessError> {
    let mut command = cargo(workspace, "triune-stage", "quick");
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

fn cargo(workspace: &Workspace, package: &str, profile: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(workspace.root())
        .args([
            "build",
            "--target",
            TARGET,
            "--package",
            package,
            "--bin",
            package,
        ])
        .args(["--profile", profile])
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
