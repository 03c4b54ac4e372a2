//! What each command of the command line does.

mod ask;
mod bench;
mod consent;
mod doctor;
mod failure;
mod hear;
mod kernel;
mod logging;
mod model;
mod npu_worker;
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
        Command::Beings(arguments) => kernel::beings(&arguments),
        Command::Tell(arguments) => kernel::tell(&arguments),
        Command::Recall(arguments) => kernel::recall(&arguments),
        Command::Patterns(arguments) => kernel::patterns(&arguments),
        Command::Memory(arguments) => kernel::memory(&arguments),
        Command::Parameters(arguments) => kernel::parameters(&arguments),
        Command::Kernel(arguments) => kernel::kernel(&arguments),
        Command::Burst(arguments) => kernel::burst(&arguments),
        Command::Faults(arguments) => kernel::faults(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Record(arguments) => record::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Hear(arguments) => hear::run(&arguments),
        Command::See(arguments) => see::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Model(arguments) => model::run(&arguments),
        Command::NpuWorker { npu, pure_rust } => npu_worker::run(&npu, pure_rust),
    }
}
