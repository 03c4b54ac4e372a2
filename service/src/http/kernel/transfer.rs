//! Beings out of and into the board, as files.

use super::answer::ask_with;
use crate::http::extract::{ValidPath, ValidQuery, parsed};
use crate::http::problem::Problem;
use crate::http::shared::Shared;
use crate::kernel_api::{BeingView, KernelError};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;
use tempfile::NamedTempFile;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;
use triune_core::BeingId;

/// Bytes read from the disk at a time.
const PIECE: usize = 256 * 1024;
/// Longest file taken in: more than the largest memory that a board is made for.
const IMPORT_BYTES: u64 = 64 << 30;

/// A being on its way in or out. The place is kept as long as the file, whoever waits for it.
struct Travelling<F> {
    file: F,
    _place: OwnedSemaphorePermit,
}

/// A place for one more being on its way.
async fn place(shared: &Shared) -> Result<OwnedSemaphorePermit, Problem> {
    let waited = Arc::clone(&shared.transfers).acquire_owned();
    match tokio::time::timeout(shared.options.request_time, waited).await {
        Ok(Ok(place)) => Ok(place),
        Ok(Err(_)) => Err(Problem::unavailable("the service is stopping", 5)),
        Err(_) => Err(Problem::unavailable(
            "as many beings as may are on their way in or out: try again when one has arrived",
            30,
        )),
    }
}

pub(super) async fn export(
    State(shared): State<Arc<Shared>>,
    ValidPath(being): ValidPath<BeingId>,
) -> Result<impl IntoResponse, Problem> {
    let place = place(&shared).await?;
    let (leaving, bytes) = ask_with(&shared, move |kernel| {
        let export = kernel.export_being(being)?;
        let file = File::open(&export.path);
        // What is open stays readable; nothing is left behind, whatever becomes of the client.
        let removed = std::fs::remove_file(&export.path);
        let failed = |error: io::Error| KernelError::Failed {
            why: format!("the exported file cannot be read: {error}"),
        };
        let leaving = Travelling {
            file: file.map_err(failed)?,
            _place: place,
        };
        removed.map_err(failed)?;
        Ok((leaving, export.bytes))
    })
    .await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, bytes.to_string()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{being}.being\""),
        ),
    ];
    Ok((headers, Body::from_stream(stream::unfold(leaving, piece))))
}

/// The next piece of a file.
async fn piece(mut leaving: Travelling<File>) -> Option<(io::Result<Bytes>, Travelling<File>)> {
    let read = spawn_blocking(move || {
        let mut bytes = vec![0; PIECE];
        let length = leaving.file.read(&mut bytes);
        (length, bytes, leaving)
    });
    match read.await {
        Ok((Ok(0), ..)) | Err(_) => None,
        Ok((Ok(length), mut bytes, leaving)) => {
            bytes.truncate(length);
            Some((Ok(bytes.into()), leaving))
        }
        Ok((Err(error), _, leaving)) => Some((Err(error), leaving)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportAsked {
    /// Id under which the being is taken in; its own when it is not given.
    #[serde(rename = "as")]
    as_being: Option<String>,
}

pub(super) async fn import(
    State(shared): State<Arc<Shared>>,
    ValidQuery(asked): ValidQuery<ImportAsked>,
    body: Body,
) -> Result<(StatusCode, Json<BeingView>), Problem> {
    let as_being = asked.as_being.as_deref().map(parsed).transpose()?;
    let place = place(&shared).await?;
    let mut coming = ask_with(&shared, |kernel| {
        let file = NamedTempFile::new_in(kernel.spool()?).map_err(|error| cannot_keep(&error))?;
        Ok(Travelling {
            file,
            _place: place,
        })
    })
    .await?;
    let mut pieces = body.into_data_stream();
    let mut length = 0;
    let time = shared.options.request_time;
    loop {
        // The file may be long, but a client that sends nothing must not keep its place.
        let piece = tokio::time::timeout(time, pieces.next())
            .await
            .map_err(|_| Problem::timed_out(time.as_secs()))?;
        let Some(piece) = piece else { break };
        let piece =
            piece.map_err(|error| Problem::bad_request(format!("the body broke off: {error}")))?;
        length += piece.len() as u64;
        if length > IMPORT_BYTES {
            return Err(Problem::too_large(IMPORT_BYTES as usize));
        }
        coming = ask_with(&shared, move |_| {
            let mut coming = coming;
            coming
                .file
                .write_all(&piece)
                .map_err(|error| cannot_keep(&error))?;
            Ok(coming)
        })
        .await?;
    }
    let being = ask_with(&shared, move |kernel| {
        kernel.import_being(coming.file.path(), as_being)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(being)))
}

fn cannot_keep(error: &io::Error) -> KernelError {
    KernelError::Failed {
        why: format!("the file cannot be kept while it is read: {error}; free some space"),
    }
}
