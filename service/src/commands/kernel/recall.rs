//! `triune recall`.

use super::table::columns;
use crate::cli::RecallArguments;
use crate::commands::ask::{patient_client, show};
use crate::commands::failure::{Exit, Failure};
use crate::kernel_api::{FoundView, RecallAnswerView, RecallQuestion};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(in crate::commands) fn run(arguments: &RecallArguments) -> Result<Exit, Failure> {
    let before = |span: Option<Duration>| {
        let then = SystemTime::now().checked_sub(span?)?;
        Some(
            then.duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_millis() as u64),
        )
    };
    let question = RecallQuestion {
        being: Some(arguments.being.to_string()),
        words: (!arguments.words.is_empty()).then(|| arguments.words.join(" ")),
        kinds: arguments.kind.clone(),
        since_unix_ms: before(arguments.since),
        until_unix_ms: before(arguments.until),
        salience: arguments.salience,
        near: arguments.near,
        limit: Some(arguments.limit),
    };
    let answer = patient_client(&arguments.ask).post_json("/v1/recall", &question);
    show(&arguments.ask, answer, told)
}

fn told(answer: &RecallAnswerView) -> String {
    if answer.found.is_empty() {
        return "nothing is remembered that fits".to_owned();
    }
    let heading = ["SEQUENCE", "WHEN", "KIND", "SALIENCE", "NEAR", "WHAT"];
    let mut rows = vec![heading.map(str::to_owned)];
    rows.extend(answer.found.iter().map(row));
    format!(
        "{}\n\n{} found in {:.1} ms ({})",
        columns(&rows),
        answer.found.len(),
        answer.search_us / 1e3,
        answer.by
    )
}

fn row(found: &FoundView) -> [String; 6] {
    let crystal = &found.crystal;
    let when = crystal.unix_ms.map_or_else(
        || "unknown".to_owned(),
        |unix| {
            humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_millis(unix)).to_string()
        },
    );
    let mut what = match (&found.text, &crystal.summary) {
        (Some(text), _) => format!("\"{text}\""),
        (None, Some(summary)) => summary.clone(),
        (None, None) => String::new(),
    };
    if let Some(origin) = &found.origin {
        what += &format!(" (from {origin})");
    }
    [
        crystal.sequence.to_string(),
        when,
        crystal.kind.clone(),
        format!("{:.2}", crystal.salience),
        found
            .similarity
            .map_or_else(String::new, |near| format!("{near:.3}")),
        what,
    ]
}
