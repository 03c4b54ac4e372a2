//! The way to the service and how its answer is printed.

use super::failure::{Exit, Failure};
use super::output;
use crate::cli::AskArguments;
use crate::control::{Client, ControlError};
use crate::settings::default_socket;
use serde::Serialize;
use std::time::Duration;

/// Time for what waits for cycles and disks, or moves a whole memory: a little more than the server
/// takes, so that its reason is heard.
const LONG: Duration = Duration::from_secs(31 * 60);

/// HTTP status of a question that is wrong in itself.
const WRONG: u16 = 400;

/// A client of the service that the arguments name.
pub(super) fn client(ask: &AskArguments) -> Client {
    Client::new(&ask.socket.clone().unwrap_or_else(default_socket))
}

/// The same for what may take long.
pub(super) fn patient_client(ask: &AskArguments) -> Client {
    client(ask).with_time(LONG)
}

/// What was asked wrongly is wrong use, whoever noticed it.
pub(super) fn failure(error: ControlError) -> Failure {
    match error {
        ControlError::Refused(why, problem) if problem.status == WRONG => Failure::wrong_use(why),
        other => Failure::failed(other),
    }
}

/// Prints an answer as JSON, or as `text` makes it.
pub(super) fn show<T: Serialize>(
    ask: &AskArguments,
    answer: Result<T, ControlError>,
    text: impl FnOnce(&T) -> String,
) -> Result<Exit, Failure> {
    let answer = answer.map_err(failure)?;
    if ask.json {
        output::line(&serde_json::to_string(&answer).map_err(Failure::failed)?)?;
    } else {
        output::line(text(&answer).trim_end())?;
    }
    Ok(Exit::Fine)
}
