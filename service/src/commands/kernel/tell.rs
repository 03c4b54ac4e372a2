//! `triune tell`.

use crate::cli::TellArguments;
use crate::commands::ask::{client, show};
use crate::commands::failure::{Exit, Failure};
use crate::http::{Accepted, Words};

pub(in crate::commands) fn run(arguments: &TellArguments) -> Result<Exit, Failure> {
    let said = Words {
        words: arguments.words.join(" "),
        being: Some(arguments.being.to_string()),
    };
    let answer = client(&arguments.ask).post_json("/v1/events", &said);
    show(&arguments.ask, answer, |taken: &Accepted| {
        format!("{} words told", taken.accepted)
    })
}
