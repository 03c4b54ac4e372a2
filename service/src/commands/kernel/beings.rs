//! `triune beings`.

use super::table::{bytes, columns};
use super::transfer;
use crate::cli::{AskArguments, BeingsAction, BeingsArguments};
use crate::commands::ask::{client, failure, patient_client, show};
use crate::commands::failure::{Exit, Failure};
use crate::http::ConsentView;
use crate::kernel_api::{
    BeingChange, BeingMode, BeingView, BeingsView, BridgeLogView, ConsentLogView, ErasedView,
    GiftView, GivenView, NewBeingView,
};
use serde::Serialize;
use std::io::{IsTerminal, Write, stderr, stdin};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use triune_core::BeingId;

pub(in crate::commands) fn run(arguments: &BeingsArguments) -> Result<Exit, Failure> {
    let ask = &arguments.ask;
    match arguments.action.as_ref().unwrap_or(&BeingsAction::List) {
        BeingsAction::List => show(ask, client(ask).get_json("/v1/beings"), list),
        BeingsAction::Add { name } => {
            let wanted = NewBeingView { name: name.clone() };
            show(
                ask,
                patient_client(ask).post_json("/v1/beings", &wanted),
                told,
            )
        }
        BeingsAction::Rename { being, name } => change(
            ask,
            *being,
            &BeingChange {
                name: Some(name.clone()),
                awake: None,
            },
        ),
        BeingsAction::Sleep { being } => change(ask, *being, &awake(false)),
        BeingsAction::Wake { being } => change(ask, *being, &awake(true)),
        BeingsAction::Erase { being, yes } => {
            if !yes {
                confirm(ask, *being)?;
            }
            let path = format!("/v1/beings/{being}");
            show(
                ask,
                patient_client(ask).delete_json(&path),
                |erased: &ErasedView| {
                    format!(
                        "being {} is erased: {} files, {}",
                        erased.id,
                        erased.files,
                        bytes(erased.bytes)
                    )
                },
            )
        }
        BeingsAction::Export { being, file } => transfer::export(ask, *being, file),
        BeingsAction::Import { file, as_being } => transfer::import(ask, file, *as_being, told),
        BeingsAction::Give { from, to, crystals } => {
            let gift = GiftView {
                from: from.to_string(),
                to: to.to_string(),
                crystals: crystals.clone(),
            };
            show(
                ask,
                patient_client(ask).post_json("/v1/bridge", &gift),
                |given: &GivenView| {
                    format!(
                        "{} moments given, {} known there before",
                        given.given, given.known_before
                    )
                },
            )
        }
        BeingsAction::Log { being, limit } => {
            let read = |of: &str| format!("/v1/beings/{being}/{of}/log?limit={limit}");
            let client = patient_client(ask);
            let answer = client.get_json(&read("consent")).and_then(|consent| {
                let bridge = client.get_json(&read("bridge"))?;
                Ok(BeingLog { consent, bridge })
            });
            show(ask, answer, log)
        }
    }
}

fn awake(awake: bool) -> BeingChange {
    BeingChange {
        name: None,
        awake: Some(awake),
    }
}

fn change(ask: &AskArguments, being: BeingId, change: &BeingChange) -> Result<Exit, Failure> {
    let path = format!("/v1/beings/{being}");
    show(ask, patient_client(ask).patch_json(&path, change), told)
}

/// Asks a person; without one there must be `--yes`.
fn confirm(ask: &AskArguments, being: BeingId) -> Result<(), Failure> {
    if !stdin().is_terminal() {
        return Err(Failure::wrong_use(
            "erasing cannot be undone: say --yes where nobody can be asked",
        ));
    }
    let found: BeingView = client(ask)
        .get_json(&format!("/v1/beings/{being}"))
        .map_err(failure)?;
    // Not where the answer goes, which a program may read.
    let _ = write!(
        stderr(),
        "Erase being {being}, '{}', and the {} moments that it keeps? Nothing brings it back: export \
         it first to keep it. [yes/no] ",
        found.name,
        found.crystals
    );
    let _ = stderr().flush();
    let mut answer = String::new();
    stdin().read_line(&mut answer).map_err(Failure::failed)?;
    if answer.trim() == "yes" {
        Ok(())
    } else {
        Err(Failure::failed("nothing was erased"))
    }
}

fn list(all: &BeingsView) -> String {
    let heading = [
        "ID", "NAME", "MODE", "CYCLE", "CRYSTALS", "ON DISK", "REFUSED",
    ];
    let mut rows = vec![heading.map(str::to_owned)];
    rows.extend(all.beings.iter().map(row));
    let awake = all
        .beings
        .iter()
        .filter(|being| being.mode == BeingMode::Awake);
    format!(
        "{}\n\n{} cycle now; room for {} at any time, {} in a burst",
        columns(&rows),
        awake.count(),
        all.steady,
        all.in_burst
    )
}

fn row(being: &BeingView) -> [String; 7] {
    [
        being.id.clone(),
        being.name.clone(),
        mode(being.mode).to_owned(),
        being.cycle.to_string(),
        being.crystals.to_string(),
        bytes(being.bytes),
        being.consent.map_or_else(|| "unknown".to_owned(), refused),
    ]
}

fn mode(mode: BeingMode) -> &'static str {
    match mode {
        BeingMode::Awake => "awake",
        BeingMode::Waiting => "waiting",
        BeingMode::Asleep => "asleep",
    }
}

fn told(being: &BeingView) -> String {
    format!(
        "being {} '{}' is {}",
        being.id,
        being.name,
        mode(being.mode)
    )
}

/// The senses that a consent refuses.
fn refused(consent: ConsentView) -> String {
    let refused: Vec<&str> = consent
        .senses()
        .into_iter()
        .filter(|(_, allowed)| !allowed)
        .map(|(sense, _)| sense.name())
        .collect();
    if refused.is_empty() {
        "nothing".to_owned()
    } else {
        refused.join(" ")
    }
}

/// Everything that is logged of a being.
#[derive(Serialize)]
struct BeingLog {
    #[serde(flatten)]
    consent: ConsentLogView,
    #[serde(flatten)]
    bridge: BridgeLogView,
}

fn log(log: &BeingLog) -> String {
    let consent = consent_log(&log.consent);
    if log.bridge.crossings.is_empty() {
        return consent;
    }
    format!("{consent}\n\n{}", bridge_log(&log.bridge))
}

fn time(unix_ms: u64) -> String {
    let when = UNIX_EPOCH + Duration::from_millis(unix_ms);
    humantime::format_rfc3339_seconds(when.min(SystemTime::now())).to_string()
}

fn bridge_log(log: &BridgeLogView) -> String {
    let heading = ["WHEN", "MOMENTS", "BEING", "SEQUENCES HERE"];
    let mut rows = vec![heading.map(str::to_owned)];
    rows.extend(log.crossings.iter().map(|crossing| {
        let way = match &*crossing.direction {
            "given" => "given to",
            _ => "received from",
        };
        let own: Vec<String> = crossing
            .crystals
            .iter()
            .map(|pair| pair.own.to_string())
            .collect();
        [
            time(crossing.unix_ms),
            format!("{} {way}", own.len()),
            crossing.peer.clone(),
            own.join(" "),
        ]
    }));
    columns(&rows)
}

fn consent_log(log: &ConsentLogView) -> String {
    let heading = ["WHEN", "BY", "REFUSED BEFORE", "REFUSED SINCE"];
    let mut rows = vec![heading.map(str::to_owned)];
    rows.extend(log.changes.iter().map(|change| {
        [
            time(change.unix_ms),
            change.by.clone(),
            refused(change.before),
            refused(change.after),
        ]
    }));
    columns(&rows)
}
