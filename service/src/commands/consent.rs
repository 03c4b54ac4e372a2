//! `triune consent`.

use super::failure::{Exit, Failure};
use super::output;
use crate::cli::ConsentArguments;
use crate::control::Client;
use crate::http::{ConsentChange, ConsentView};
use crate::settings::default_socket;
use triune_core::Sense;

pub(super) fn run(arguments: &ConsentArguments) -> Result<Exit, Failure> {
    let mut change = ConsentChange::default();
    for text in &arguments.changes {
        note(&mut change, text)?;
    }
    let client = Client::new(&arguments.socket.clone().unwrap_or_else(default_socket));
    let path = format!("/v1/beings/{}/consent", arguments.being);
    let consent: ConsentView = if arguments.changes.is_empty() {
        client.get_json(&path)
    } else {
        client.patch_json(&path, &change)
    }
    .map_err(Failure::failed)?;
    if arguments.json {
        output::line(&serde_json::to_string(&consent).map_err(Failure::failed)?)?;
    } else {
        for (sense, allowed) in consent.senses() {
            let word = if allowed { "allowed" } else { "refused" };
            output::line(&format!("{:<10} {word}", sense.name()))?;
        }
    }
    Ok(Exit::Fine)
}

/// Takes `sense=yes` or `sense=no` into the change.
fn note(change: &mut ConsentChange, text: &str) -> Result<(), Failure> {
    let wrong = || {
        Failure::wrong_use(format!(
            "'{text}' is no change: write it as hear=no or remember=yes"
        ))
    };
    let (sense, answer) = text.split_once('=').ok_or_else(wrong)?;
    let allowed = match answer {
        "yes" => Some(true),
        "no" => Some(false),
        _ => return Err(wrong()),
    };
    match sense.parse().map_err(Failure::wrong_use)? {
        Sense::Hear => change.hear = allowed,
        Sense::See => change.see = allowed,
        Sense::Feel => change.feel = allowed,
        Sense::Remember => change.remember = allowed,
        Sense::Share => change.share = allowed,
        Sense::Speak => change.speak = allowed,
    }
    Ok(())
}
