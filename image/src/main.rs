//! `cargo appliance`: prepares the machine, builds the appliance's image, boots it in QEMU
//! and runs every test. `cargo appliance --help` teaches the rest.
#![forbid(unsafe_code)]

mod api;
mod assemble;
mod boot;
mod clean;
mod cli;
mod cpio;
mod cross;
mod data_disk;
mod emulator;
mod initramfs;
mod interrupt;
mod kernel;
mod libraries;
mod packages;
mod process;
mod progress;
mod qemu;
mod random;
mod replay;
mod rootfs;
mod scratch;
mod setup;
mod smoke;
mod speech;
mod stage_disk;
mod store;
mod suites;
mod terminal;
mod wheels;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Arguments, Command};
use crate::workspace::Workspace;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            if interrupt::requested() {
                ExitCode::from(130)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

fn dispatch(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    interrupt::install()?;
    let workspace = Workspace::find()?;
    match &arguments.command {
        Command::Setup(options) => setup::run(&workspace, options)?,
        Command::Build(options) => {
            setup::prepare()?;
            assemble::run(&workspace, options)?;
        }
        Command::Boot(options) => boot::run(&workspace, options)?,
        Command::Test(options) => return suites::run(&workspace, options),
        Command::CheckUnsafe(options) => return suites::check_unsafe(&workspace, options),
        Command::Replay => replay::run(&workspace)?,
        Command::Clean(options) => clean::run(&workspace, options)?,
        Command::Lock => packages::update_locks(&workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}
