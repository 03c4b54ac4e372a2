//! `triune burst`.

use super::rhythm::told;
use crate::cli::{BurstAction, BurstArguments};
use crate::commands::ask::{patient_client, show};
use crate::commands::failure::{Exit, Failure};

pub(in crate::commands) fn run(arguments: &BurstArguments) -> Result<Exit, Failure> {
    // At the slowest rate a command is followed seconds later.
    let client = patient_client(&arguments.ask);
    let answer = match arguments.action {
        None => client.get_json("/v1/kernel"),
        Some(BurstAction::Start) => client.post_json("/v1/kernel/burst", &serde_json::Map::new()),
        Some(BurstAction::End) => client.delete_json("/v1/kernel/burst"),
    };
    show(&arguments.ask, answer, told)
}
