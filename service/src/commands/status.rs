//! `triune status`.

use super::failure::{Exit, Failure};
use super::output;
use crate::cli::StatusArguments;
use crate::control::Client;
use crate::settings::default_socket;
use crate::status::{Paint, Status, render};
use std::io::IsTerminal;

/// Colour where a person looks at a terminal and has not refused it (https://no-color.org).
fn paint() -> Paint {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if std::io::stdout().is_terminal() && !refused {
        Paint::Colour
    } else {
        Paint::Plain
    }
}

pub(super) fn run(arguments: &StatusArguments) -> Result<Exit, Failure> {
    let socket = arguments.socket.clone().unwrap_or_else(default_socket);
    let status: Status = Client::new(&socket)
        .get_json("/v1/status")
        .map_err(Failure::failed)?;
    if arguments.json {
        output::line(&serde_json::to_string(&status).map_err(Failure::failed)?)?;
    } else {
        output::line(render(&status, paint()).trim_end())?;
    }
    Ok(if status.degraded.is_empty() && status.ready {
        Exit::Fine
    } else {
        Exit::Degraded
    })
}
