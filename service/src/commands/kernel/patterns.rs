//! `triune patterns`.

use super::table::columns;
use crate::cli::{PatternsAction, PatternsArguments};
use crate::commands::ask::{client, patient_client, show};
use crate::commands::failure::{Exit, Failure};
use crate::kernel_api::{PatternName, PatternView, PatternsView};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(in crate::commands) fn run(arguments: &PatternsArguments) -> Result<Exit, Failure> {
    let ask = &arguments.ask;
    let path = format!("/v1/beings/{}/patterns", arguments.being);
    match arguments.action.as_ref().unwrap_or(&PatternsAction::List) {
        PatternsAction::List => show(ask, client(ask).get_json(&path), list),
        PatternsAction::Name { number, name } => show(
            ask,
            patient_client(ask).patch_json(
                &format!("{path}/{number}"),
                &PatternName { name: name.clone() },
            ),
            |pattern: &PatternView| match &pattern.name {
                Some(name) => format!("pattern {} is '{name}'", pattern.id),
                None => format!("pattern {} has no name", pattern.id),
            },
        ),
        PatternsAction::Forget { number } => show(
            ask,
            patient_client(ask).delete_json(&format!("{path}/{number}")),
            |pattern: &PatternView| format!("pattern {} is forgotten", pattern.id),
        ),
    }
}

fn list(all: &PatternsView) -> String {
    if all.patterns.is_empty() {
        return "no patterns yet: one is told once it has come three times and lasted a minute in all"
            .to_owned();
    }
    let heading = ["N", "NAME", "VISITS", "TIME", "FIRST SEEN", "LAST SEEN"];
    let mut rows = vec![heading.map(str::to_owned)];
    rows.extend(all.patterns.iter().map(|pattern| {
        [
            pattern.id.to_string(),
            pattern.name.clone().unwrap_or_else(|| "unnamed".to_owned()),
            pattern.visits.to_string(),
            humantime::format_duration(Duration::from_secs(pattern.seconds)).to_string(),
            time(pattern.first_seen_unix_ms),
            time(pattern.last_seen_unix_ms),
        ]
    }));
    columns(&rows)
}

fn time(unix_ms: u64) -> String {
    let when = UNIX_EPOCH + Duration::from_millis(unix_ms);
    humantime::format_rfc3339_seconds(when.min(SystemTime::now())).to_string()
}
