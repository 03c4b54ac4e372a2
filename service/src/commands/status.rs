//! `triune status`.

use super::ask::{client, failure, show};
use super::failure::{Exit, Failure};
use crate::cli::StatusArguments;
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
    let ask = &arguments.ask;
    let status: Status = client(ask).get_json("/v1/status").map_err(failure)?;
    let fine = status.degraded.is_empty() && status.ready;
    show(ask, Ok(status), |status| render(status, paint()))?;
    Ok(if fine { Exit::Fine } else { Exit::Degraded })
}
