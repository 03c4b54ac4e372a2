//! `triune consent`.

use super::ask::{client, patient_client, show};
use super::failure::{Exit, Failure};
use crate::cli::ConsentArguments;
use crate::kernel_api::{ConsentChange, ConsentView};
use triune_core::Sense;

pub(super) fn run(arguments: &ConsentArguments) -> Result<Exit, Failure> {
    let mut change = ConsentChange::default();
    for text in &arguments.changes {
        note(&mut change, text)?;
    }
    let path = format!("/v1/beings/{}/consent", arguments.being);
    let answer = if arguments.changes.is_empty() {
        client(&arguments.ask).get_json(&path)
    } else {
        patient_client(&arguments.ask).patch_json(&path, &change)
    };
    show(&arguments.ask, answer, told)
}

fn told(consent: &ConsentView) -> String {
    let lines = consent.senses().map(|(sense, allowed)| {
        let word = if allowed { "allowed" } else { "refused" };
        format!("{:<10} {word}", sense.name())
    });
    lines.join("\n")
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
