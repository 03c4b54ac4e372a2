//! `cargo appliance check-unsafe`: models of the concurrent parts (loom) and an interpreter that
//! knows undefined behaviour (Miri), over `kernel/engine` and `kernel/memory`.
//!
//! The third crate with `unsafe`, `hal`, uses it to call devices (ALSA, V4L2, KMS, a watchdog). Miri
//! cannot run these calls, nor map a file, so that and the mapped segments of memory are not covered.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use super::job::{Counting, Job, Planned, cargo, minutes};
use super::run::run_all;
use crate::cli::{CheckUnsafeOptions, UnsafeCheck};
use crate::process;
use crate::progress;
use crate::workspace::Workspace;

/// One row: tests of one crate, checked in one way.
struct Check {
    way: Way,
    package: &'static str,
    about: &'static str,
    /// Which of its tests, as cargo takes them.
    tests: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Every interleaving of threads that a model allows; built with `--cfg loom`.
    Loom,
    /// Interpreted, on the nightly compiler.
    Miri,
}

impl From<UnsafeCheck> for Way {
    fn from(asked: UnsafeCheck) -> Self {
        match asked {
            UnsafeCheck::Loom => Self::Loom,
            UnsafeCheck::Miri => Self::Miri,
        }
    }
}

/// Loom tries all interleavings with up to so many preemptions: enough to find nearly every
/// fault (its documentation advises 2 or 3), few enough to end.
const FEW_PREEMPTIONS: (&str, &str) = ("LOOM_MAX_PREEMPTIONS", "2");

const CHECKS: &[Check] = &[
    Check {
        way: Way::Loom,
        package: "triune-engine",
        about: "barrier, crew, mailboxes and the state page",
        tests: &["--release", "--lib"],
        environment: &[FEW_PREEMPTIONS],
    },
    Check {
        way: Way::Loom,
        package: "triune-memory",
        about: "the live history",
        tests: &["--release", "--test", "history_model"],
        environment: &[],
    },
    Check {
        way: Way::Miri,
        package: "triune-engine",
        about: "unit tests, executor and state page",
        tests: &[
            "--lib",
            "--test",
            "threaded_executor",
            "--test",
            "state_page",
        ],
        // Tests read clocks and files; Miri keeps both away unless told.
        environment: &[(
            "MIRIFLAGS",
            "-Zmiri-disable-isolation -Zmiri-permissive-provenance",
        )],
    },
    Check {
        way: Way::Miri,
        package: "triune-memory",
        about: "unit tests, live history and crystal records",
        tests: &["--lib", "--test", "history", "--test", "crystal_records"],
        environment: &[("MIRIFLAGS", "-Zmiri-disable-isolation")],
    },
];

pub(crate) fn run(workspace: &Workspace, options: &CheckUnsafeOptions) -> anyhow::Result<ExitCode> {
    let chosen: Vec<_> = CHECKS
        .iter()
        .filter(|check| options.only.is_none_or(|way| check.way == way.into()))
        .collect();
    let miri = if chosen.iter().any(|check| check.way == Way::Miri) {
        find_miri()
    } else {
        Ok(())
    };
    let plan = chosen
        .into_iter()
        .map(|check| check.plan(workspace, &miri))
        .collect();
    run_all(workspace, plan, Vec::new())
}

impl Check {
    fn name(&self) -> String {
        let way = match self.way {
            Way::Loom => "loom",
            Way::Miri => "miri",
        };
        let short = self.package.trim_start_matches("triune-");
        format!("{way}-{short}")
    }

    fn plan(&self, workspace: &Workspace, miri: &Result<(), String>) -> Planned {
        match (self.way, miri) {
            (Way::Miri, Err(why)) => Planned::Skip {
                name: self.name(),
                why: why.clone(),
            },
            _ => Planned::Run(self.job(workspace)),
        }
    }

    fn job(&self, workspace: &Workspace) -> Job {
        let (program, words, folder, about): (OsString, &[&str], _, _) = match self.way {
            Way::Loom => (cargo(), &["test"], "loom", "every interleaving"),
            Way::Miri => (
                "rustup".into(),
                &["run", NIGHTLY, "cargo", "miri", "test"],
                "miri",
                "interpreted",
            ),
        };
        let mut arguments: Vec<OsString> = words.iter().map(Into::into).collect();
        arguments.extend(["--package".into(), self.package.into()]);
        arguments.push("--no-fail-fast".into());
        arguments.extend(self.tests.iter().map(Into::into));
        let mut environment: Vec<(String, OsString)> = self
            .environment
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.into()))
            .collect();
        // Both build everything in a way of their own, so each has a folder of its own.
        environment.push((
            "CARGO_TARGET_DIR".to_owned(),
            workspace.target().join(folder).into(),
        ));
        if self.way == Way::Loom {
            environment.push(("RUSTFLAGS".to_owned(), "--cfg loom".into()));
        }
        Job {
            name: self.name(),
            about: format!("{about}: {}", self.about),
            program,
            arguments,
            environment,
            counting: Counting::Tests,
            skipped: Vec::new(),
            limit: minutes(30),
        }
    }
}

const NIGHTLY: &str = "nightly";

/// Whether the nightly compiler has Miri; adds it where only that is missing.
fn find_miri() -> Result<(), String> {
    let there = || {
        process::capture(Command::new("rustup").args([
            "run",
            NIGHTLY,
            "cargo",
            "miri",
            "--version",
        ]))
    };
    if there().is_ok() {
        return Ok(());
    }
    let step = progress::step("adding Miri to the nightly compiler");
    let add = [
        "component",
        "add",
        "miri",
        "rust-src",
        "--toolchain",
        NIGHTLY,
    ];
    process::capture(Command::new("rustup").args(add))
        .and_then(|_| there())
        .map_err(|_| {
            "there is no nightly compiler with Miri: \
             rustup toolchain install nightly --component miri,rust-src"
                .to_owned()
        })?;
    step.done("added");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = CHECKS.iter().map(Check::name).collect();
        assert_eq!(names.len(), CHECKS.len());
    }
}
