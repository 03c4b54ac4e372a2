//! The course of `cargo appliance test`.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::bail;

use super::job::Planned;
use super::list::SUITES;
use super::long::{self, LONG};
use super::run::{Outcome, run_all};
use super::tally::Tally;
use crate::cli::{SetupOptions, TestOptions};
use crate::setup;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, options: &TestOptions) -> anyhow::Result<ExitCode> {
    let known: Vec<_> = if options.long {
        LONG.to_vec()
    } else {
        SUITES
            .iter()
            .map(|suite| (suite.name, suite.about))
            .collect()
    };
    if options.list {
        for (name, about) in known {
            println!("{name:12} {about}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
    if let Some(unknown) = options.only.iter().find(|name| !names.contains(&&***name)) {
        bail!(
            "there is no suite `{unknown}`; there are {}",
            names.join(", ")
        );
    }
    let chosen = |name: &str| options.only.is_empty() || options.only.iter().any(|one| one == name);
    let outcomes = vec![set_up(workspace)];
    let plan = if options.long {
        long::plan(workspace, options, chosen)?
    } else {
        SUITES
            .iter()
            .filter(|suite| chosen(suite.name))
            .map(|suite| suite.job(workspace).map(Planned::Run))
            .collect::<anyhow::Result<_>>()?
    };
    run_all(workspace, plan, outcomes)
}

fn set_up(workspace: &Workspace) -> Outcome {
    let began = Instant::now();
    let prepared = setup::run(workspace, &SetupOptions { dry_run: false });
    if let Err(error) = &prepared {
        eprintln!("setup failed: {error}");
    }
    Outcome {
        name: "setup".to_owned(),
        tally: Tally::check(prepared.is_ok()),
        seconds: began.elapsed().as_secs_f64(),
    }
}
