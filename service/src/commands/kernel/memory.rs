//! `triune memory`.

use super::migrate;
use super::table::{bytes, columns};
use crate::cli::{MemoryAction, MemoryArguments};
use crate::commands::ask::{client, patient_client, show};
use crate::commands::failure::{Exit, Failure};
use crate::kernel_api::{MemoryView, SyncedView};
use triune_core::BeingId;

pub(in crate::commands) fn run(arguments: &MemoryArguments) -> Result<Exit, Failure> {
    let ask = &arguments.ask;
    let first = MemoryAction::Status {
        being: BeingId::FIRST,
    };
    match arguments.action.as_ref().unwrap_or(&first) {
        MemoryAction::Status { being } => {
            let path = format!("/v1/memory?being={being}");
            show(ask, client(ask).get_json(&path), told)
        }
        MemoryAction::Sync => {
            let empty = serde_json::Map::new();
            let answer = patient_client(ask).post_json("/v1/memory/sync", &empty);
            show(ask, answer, |synced: &SyncedView| {
                format!(
                    "the memories of {} beings are durable, after {:.1} ms",
                    synced.beings, synced.took_ms
                )
            })
        }
        MemoryAction::Migrate { data, to } => migrate::run(ask, data, *to),
    }
}

fn told(memory: &MemoryView) -> String {
    let wear = &memory.wear;
    let pace = wear.bytes_per_day.map_or_else(
        || "not known yet".to_owned(),
        |pace| format!("{} a day", bytes(pace)),
    );
    let rows = [
        ("being", memory.being.clone()),
        ("kept", format!("{} to {}", memory.oldest, memory.newest)),
        (
            "durable",
            format!("up to {}, {} pending", memory.durable, memory.pending),
        ),
        (
            "lost",
            format!("{} for lack of room in the ring", memory.dropped),
        ),
        ("refused", format!("{} for lack of consent", memory.refused)),
        (
            "on disk",
            format!(
                "{} of {} for crystals",
                bytes(memory.crystal_bytes),
                bytes(memory.crystal_bytes_most)
            ),
        ),
        (
            "index",
            format!("{}, {} moments", memory.index.state, memory.index.covered),
        ),
        (
            "wear",
            format!(
                "{} today, pace {pace}; {} moments withheld",
                bytes(wear.bytes_today),
                wear.withheld
            ),
        ),
        (
            "budget",
            format!(
                "{} of {} a day, all beings together",
                bytes(wear.all_bytes_today),
                bytes(wear.budget_bytes_per_day)
            ),
        ),
        (
            "state",
            memory
                .degraded
                .clone()
                .unwrap_or_else(|| "whole".to_owned()),
        ),
    ];
    columns(&rows.map(|(name, value)| [name.to_owned(), value]))
}
