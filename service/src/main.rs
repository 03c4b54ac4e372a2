//! The `triune` command.
#![forbid(unsafe_code)]

use clap::Parser;
use std::process::ExitCode;
use triune::cli::Arguments;
use triune::commands::Failure;

fn main() -> ExitCode {
    if let Err(why) = triune::processor::check() {
        eprintln!("triune: {why}");
        return ExitCode::FAILURE;
    }
    match triune::commands::run(Arguments::parse().command) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if !matches!(failure, Failure::ReaderGone) {
                eprintln!("triune: {failure}");
            }
            failure.code()
        }
    }
}
