//! `triune memory migrate`.

use crate::cli::AskArguments;
use crate::commands::failure::{Exit, Failure};
use crate::commands::output;
use serde_json::json;
use std::path::Path;
use triune_memory::essence::migrate;
use triune_memory::list_beings;

/// Brings the essence of every being under `data` to another version of its file.
pub(super) fn run(ask: &AskArguments, data: &Path, to: u32) -> Result<Exit, Failure> {
    let root = data.join("memory");
    let beings = list_beings(&root).map_err(Failure::failed)?;
    if beings.is_empty() {
        return Err(Failure::failed(format!(
            "there is no being in {}: name the folder of the data with --data",
            root.display()
        )));
    }
    for listed in beings {
        let being = listed.being;
        let directory = root.join("beings").join(being.to_string());
        let done = migrate(&directory, to)
            .map_err(|error| Failure::failed(format!("being {being}: {error}")))?;
        let lost: Vec<String> = done.lost.iter().map(ToString::to_string).collect();
        if ask.json {
            let line = json!({
                "id": being.to_string(), "from": done.from, "to": done.to, "lost": lost,
            });
            output::line(&line.to_string())?;
            continue;
        }
        let what = if done.from == done.to {
            "is of this version".to_owned()
        } else {
            format!("from version {} to {}", done.from, done.to)
        };
        output::line(&format!("being {being}: {what}"))?;
        for lost in lost {
            output::line(&format!("  version {to} cannot hold: {lost}"))?;
        }
    }
    Ok(Exit::Fine)
}
