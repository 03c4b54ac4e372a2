//! The suites of `make test`, as data.

use std::time::Duration;

use anyhow::Context;

use super::job::{Counting, Job, cargo, minutes};
use super::npu;
use crate::workspace::Workspace;

/// One suite: a command whose exit status decides, and whose output is counted.
pub(super) struct Suite {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) program: Program,
    pub(super) arguments: &'static [&'static str],
    /// Stopped after this long.
    pub(super) limit: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    /// Cargo: a check that passes or fails as a whole.
    Check,
    /// Cargo: tests that are counted.
    Tests,
    /// Cargo: the tests of the NPU crates, emulated, that are counted.
    NpuTests,
    /// This very tool: a check.
    Appliance,
}

impl Suite {
    pub(super) fn job(&self, workspace: &Workspace) -> anyhow::Result<Job> {
        if self.program == Program::NpuTests {
            return npu::job(self, workspace);
        }
        Ok(Job {
            name: self.name.to_owned(),
            about: self.about.to_owned(),
            program: match self.program {
                Program::Check | Program::Tests | Program::NpuTests => cargo(),
                Program::Appliance => std::env::current_exe()
                    .context("this program cannot find itself")?
                    .into(),
            },
            arguments: self.arguments.iter().map(Into::into).collect(),
            environment: Vec::new(),
            counting: match self.program {
                Program::Check => Counting::Check,
                Program::Tests | Program::NpuTests => Counting::Tests,
                Program::Appliance => Counting::CheckThatReports,
            },
            skipped: Vec::new(),
            limit: self.limit,
        })
    }
}

/// In the order of running: what fails soonest first.
pub(super) const SUITES: &[Suite] = &[
    Suite {
        name: "format",
        about: "the sources are formatted",
        program: Program::Check,
        arguments: &["fmt", "--all", "--check", "--", "--color", "never"],
        limit: minutes(2),
    },
    Suite {
        name: "lints",
        about: "no warnings, in tests neither",
        program: Program::Check,
        arguments: &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--features",
            "triune/bench-peers",
            "--",
            "-D",
            "warnings",
        ],
        limit: minutes(20),
    },
    Suite {
        name: "host",
        about: "all tests on this machine",
        program: Program::Tests,
        arguments: &[
            "test",
            "--workspace",
            "--no-fail-fast",
            "--",
            "--show-output",
        ],
        limit: minutes(25),
    },
    Suite {
        name: "aarch64",
        about: "the portable rooms' tests as aarch64 programs, emulated",
        program: Program::Tests,
        arguments: &[
            "test",
            "--no-fail-fast",
            "--target",
            "aarch64-unknown-linux-gnu",
            "--package",
            "triune-core",
            "--package",
            "triune-engine",
            "--package",
            "triune-memory",
            "--package",
            "triune-senses",
            "--lib",
            "--tests",
            "--",
            "--show-output",
            // They start themselves a second time, which the kernel cannot do with a program
            // of another architecture. The host's suite runs them.
            "--skip",
            "a_full_disk_degrades_and_heals",
            "--skip",
            "a_full_disk_is_told_and_what_is_there_is_good",
            "--skip",
            "an_import_leaves_the_whole_being_or_nothing",
            "--skip",
            "crash_trials",
            "--skip",
            "every_logged_change_survives_sigkill",
        ],
        limit: minutes(20),
    },
    Suite {
        name: "aarch64-npu",
        about: "the NPU crates' tests as aarch64 programs, emulated",
        program: Program::NpuTests,
        arguments: &[],
        limit: minutes(15),
    },
    Suite {
        name: "replay",
        about: "a recording made here comes out the same on aarch64, bit for bit",
        program: Program::Appliance,
        arguments: &["replay"],
        limit: minutes(20),
    },
    Suite {
        name: "smoke",
        about: "the appliance boots in QEMU, hears a phrase and sees the light change",
        program: Program::Appliance,
        arguments: &["boot", "--smoke"],
        limit: minutes(15),
    },
];
