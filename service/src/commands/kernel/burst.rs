//! `triune burst`.

use super::ask::{client, show};
use super::rhythm::told;
use crate::cli::{BurstAction, BurstArguments};
use crate::commands::failure::{Exit, Failure};

pub(in crate::commands) fn run(arguments: &BurstArguments) -> Result<Exit, Failure> {
    let client = client(&arguments.ask);
    let answer = match arguments.action {
        None => client.get_json("/v1/kernel"),
        Some(BurstAction::Start) => client.post_json("/v1/kernel/burst", &serde_json::Map::new()),
        Some(BurstAction::End) => client.delete_json("/v1/kernel/burst"),
    };
    show(&arguments.ask, answer, told)
}
