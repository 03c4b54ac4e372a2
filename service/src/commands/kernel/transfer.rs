//! Beings out of and into the board.

use super::table::bytes;
use crate::cli::AskArguments;
use crate::commands::ask::{patient_client, show};
use crate::commands::failure::{Exit, Failure};
use crate::commands::output;
use crate::kernel_api::BeingView;
use indicatif::{ProgressBar, ProgressStyle};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use triune_core::BeingId;

/// Writes a being into `file`.
pub(super) fn export(ask: &AskArguments, being: BeingId, file: &Path) -> Result<Exit, Failure> {
    let cannot = |error: io::Error| {
        Failure::failed(format!("{} cannot be written: {error}", file.display()))
    };
    // A being is private: only its owner may read the file.
    let mut options = std::fs::OpenOptions::new();
    let mut open = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(cannot)?;
    let bar = ProgressBar::new_spinner().with_style(
        ProgressStyle::with_template("{spinner} exporting: {bytes}, {bytes_per_sec}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    let path = format!("/v1/beings/{being}/export");
    let moved = patient_client(ask)
        .download(&path, &mut open, |piece| bar.inc(piece))
        .map_err(Failure::failed)
        .and_then(|length| open.sync_all().map(|()| length).map_err(cannot));
    bar.finish_and_clear();
    match moved {
        Ok(length) if ask.json => output::line(
            &serde_json::json!({ "id": being.to_string(), "file": file, "bytes": length })
                .to_string(),
        )
        .map(|()| Exit::Fine),
        Ok(length) => {
            output::line(&format!(
                "being {being} is in {}: {}",
                file.display(),
                bytes(length)
            ))?;
            Ok(Exit::Fine)
        }
        Err(failure) => {
            // Half a being is of no use to anyone.
            let _ = std::fs::remove_file(file);
            Err(failure)
        }
    }
}

/// Takes a being in from `file`.
pub(super) fn import(
    ask: &AskArguments,
    file: &Path,
    as_being: Option<BeingId>,
    told: impl FnOnce(&BeingView) -> String,
) -> Result<Exit, Failure> {
    let length = std::fs::metadata(file)
        .map_err(|error| Failure::wrong_use(format!("{} cannot be read: {error}", file.display())))?
        .len();
    let bar = ProgressBar::new(length).with_style(
        ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let path = match as_being {
        Some(being) => format!("/v1/beings/import?as={being}"),
        None => "/v1/beings/import".to_owned(),
    };
    let moving = bar.clone();
    let answer = patient_client(ask).upload(&path, file, move |piece| moving.inc(piece));
    bar.finish_and_clear();
    // A damaged file is no wrong use.
    let being = answer.map_err(Failure::failed)?;
    show(ask, Ok(being), told)
}
