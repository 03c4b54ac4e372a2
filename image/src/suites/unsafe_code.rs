//! `cargo appliance check-unsafe`: models of the concurrent parts (loom) and an interpreter that
//! knows undefined behaviour (Miri) over the crates that hold `unsafe`.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use super::job::{Counting, Job, Planned, cargo, minutes};
use super::patterns::test_programs;
use super::run::run_all;
use crate::cli::{CheckUnsafeOptions, UnsafeCheck};
use crate::process;
use crate::progress;
use crate::workspace::Workspace;

/// One row: test programs of one crate, checked in one way.
struct Check {
    way: Way,
    package: &'static str,
    /// The crate's folder.
    folder: &'static str,
    /// Patterns of names in its `tests/`.
    programs: &'static [&'static str],
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
const LOOM: &[(&str, &str)] = &[("LOOM_MAX_PREEMPTIONS", "3")];
/// Tests read clocks and files; Miri keeps both away unless told.
const MIRI: &[(&str, &str)] = &[("MIRIFLAGS", "-Zmiri-disable-isolation")];

const CHECKS: &[Check] = &[
    Check {
        way: Way::Loom,
        package: "triune-engine",
        folder: "kernel/engine",
        programs: &["loom_*"],
        environment: LOOM,
    },
    Check {
        way: Way::Loom,
        package: "triune-memory",
        folder: "kernel/memory",
        programs: &["loom_*"],
        environment: LOOM,
    },
    Check {
        way: Way::Miri,
        package: "triune-engine",
        folder: "kernel/engine",
        programs: &["state_page", "miri_*"],
        environment: MIRI,
    },
    Check {
        way: Way::Miri,
        package: "triune-memory",
        folder: "kernel/memory",
        programs: &["history", "miri_*"],
        environment: MIRI,
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
        let skip = |why| Planned::Skip {
            name: self.name(),
            why,
        };
        let tests = workspace.root().join(self.folder).join("tests");
        let programs = test_programs(&tests, self.programs);
        if programs.is_empty() {
            return skip(format!(
                "{} has no test program named {}",
                self.package,
                self.programs.join(" or ")
            ));
        }
        match (self.way, miri) {
            (Way::Miri, Err(why)) => skip(why.clone()),
            _ => Planned::Run(self.job(workspace, &programs)),
        }
    }

    fn job(&self, workspace: &Workspace, programs: &[String]) -> Job {
        let (program, words, folder, about): (OsString, &[&str], _, _) = match self.way {
            // Models take many steps, so they are optimised.
            Way::Loom => (
                cargo(),
                &["test", "--release"],
                "loom",
                "every interleaving",
            ),
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
        for program in programs {
            arguments.extend(["--test".into(), program.into()]);
        }
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
            about: format!("{about} of {}", programs.join(", ")),
            program,
            arguments,
            environment,
            counting: Counting::Tests,
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
    fn every_row_has_a_name_of_its_own_and_a_folder_that_exists() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let names: std::collections::BTreeSet<_> = CHECKS.iter().map(Check::name).collect();
        assert_eq!(names.len(), CHECKS.len());
        for check in CHECKS {
            assert!(
                root.join(check.folder).join("tests").is_dir(),
                "{}",
                check.folder
            );
        }
    }
}
