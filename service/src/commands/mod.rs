//! What each command of the command line does.

mod bench;
mod consent;
mod doctor;
mod failure;
mod hear;
mod logging;
mod output;
mod record;
mod replay;
mod see;
mod serve;
mod status;

pub use failure::{Exit, Failure};

use crate::cli::Command;

/// Runs a command; its exit status is what it returns.
///
/// # Errors
/// [`Failure`] with the message for the user and the exit status.
pub fn run(command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Status(arguments) => status::run(&arguments),
        Command::Consent(arguments) => consent::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Record(arguments) => record::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Hear(arguments) => hear::run(&arguments),
        Command::See(arguments) => see::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
    }
}
