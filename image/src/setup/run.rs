//! The course of `cargo appliance setup`.

use std::process::{Command, Stdio};

use super::apt::{self, Plan};
use super::error::SetupError;
use super::needs::{self, NEEDS};
use super::rust;
use crate::cli::SetupOptions;
use crate::emulator;
use crate::packages::os_release;
use crate::process;
use crate::progress;
use crate::wheels::{self, WheelError};
use crate::workspace::Workspace;

/// Prepares this machine for a build; says nothing when everything is there.
pub(crate) fn prepare() -> Result<(), SetupError> {
    if needs::missing().is_empty() && !apt::was_interrupted() {
        return rust::complete();
    }
    install(&SetupOptions { dry_run: false })
}

/// Prepares this machine and brings ONNX Runtime; does nothing, quickly, when everything is there.
pub(crate) fn run(workspace: &Workspace, options: &SetupOptions) -> Result<(), SetupError> {
    install(options)?;
    if options.dry_run {
        for wheel in wheels::missing(workspace)? {
            println!("would bring {wheel}");
        }
        if emulator::find(workspace).is_err() {
            println!("would bring a newer emulator of aarch64 programs");
        }
        return Ok(());
    }
    match wheels::bring(workspace) {
        Ok(all) => {
            for brought in all {
                let how = if brought.downloaded {
                    "brought"
                } else {
                    "there"
                };
                println!("{}: {how}, {}", brought.what, brought.library.display());
            }
        }
        // It makes models faster; everything works without it.
        Err(error @ WheelError::Download { .. }) => progress::note(&error.to_string()),
        Err(error) => return Err(error.into()),
    }
    match emulator::bring(workspace) {
        Ok(program) => println!("emulator of aarch64 programs: {}", program.display()),
        // Only one suite uses it, and says what it leaves out without it.
        Err(error) => progress::note(&format!(
            "no newer emulator, so ONNX Runtime is not tested as an aarch64 program: {error}"
        )),
    }
    Ok(())
}

/// Installs what the machine lacks.
fn install(options: &SetupOptions) -> Result<(), SetupError> {
    let missing = needs::missing();
    if missing.is_empty() && !apt::was_interrupted() {
        rust::complete()?;
        println!("everything is there ({} things checked)", NEEDS.len());
        return Ok(());
    }
    let names = || {
        missing
            .iter()
            .map(|need| need.what)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let root = rustix::process::geteuid().is_root();
    let plan = Plan::new(&missing, root)?;
    if os_release("ID").as_deref() != Some("debian") {
        return Err(SetupError::NotDebian {
            missing: names(),
            commands: plan.commands(),
        });
    }
    if missing.is_empty() {
        println!("an installation was cut off in the middle");
    } else {
        println!("missing: {}", names());
    }
    println!(
        "{}:\n{}",
        if options.dry_run {
            "would run"
        } else {
            "running"
        },
        plan.commands()
    );
    if options.dry_run {
        return Ok(());
    }
    if !root {
        ask_for_sudo(&plan)?;
    }
    plan.run()?;
    let still: Vec<_> = needs::missing().iter().map(|need| need.what).collect();
    if !still.is_empty() {
        return Err(SetupError::StillMissing(still.join(", ")));
    }
    rust::complete()?;
    println!("everything is there");
    Ok(())
}

/// Lets sudo ask for the password while the terminal is free.
fn ask_for_sudo(plan: &Plan) -> Result<(), SetupError> {
    let refused = || SetupError::NotRoot {
        commands: plan.commands(),
    };
    let sudo = process::find_program("sudo").ok_or_else(refused)?;
    let status = Command::new(sudo)
        .arg("--validate")
        .stdin(Stdio::inherit())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        _ => Err(refused()),
    }
}
