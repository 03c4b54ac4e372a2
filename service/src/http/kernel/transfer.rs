//! Beings out of and into the board, as files.

use super::answer::{ask, named};
use crate::http::extract::ValidQuery;
use crate::http::problem::Problem;
use crate::http::shared::Shared;
use crate::kernel_api::{BeingView, KernelError};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;
use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

/// Bytes read from the disk at a time.
const PIECE: usize = 256 * 1024;
/// Longest file taken in: more than the largest memory that a board is made for.
const IMPORT_BYTES: u64 = 64 << 30;

pub(super) async fn export(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let being = named(&id)?;
    let (file, bytes) = ask(&shared, move |kernel| {
        let export = kernel.export_being(being)?;
        let file = File::open(&export.path);
        // What is open stays readable; nothing is left behind, whatever becomes of the client.
        let removed = std::fs::remove_file(&export.path);
        let failed = |error: io::Error| KernelError::Failed {
            why: format!("the exported file cannot be read: {error}"),
        };
        let file = file.map_err(failed)?;
        removed.map_err(failed)?;
        Ok((file, export.bytes))
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
    Ok((headers, Body::from_stream(stream::unfold(file, piece))))
}

/// The next piece of a file.
async fn piece(mut file: File) -> Option<(io::Result<Bytes>, File)> {
    let read = spawn_blocking(move || {
        let mut bytes = vec![0; PIECE];
        let length = file.read(&mut bytes);
        (length, bytes, file)
    });
    match read.await {
        Ok((Ok(0), ..)) | Err(_) => None,
        Ok((Ok(length), mut bytes, file)) => {
            bytes.truncate(length);
            Some((Ok(bytes.into()), file))
        }
        Ok((Err(error), _, file)) => Some((Err(error), file)),
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
    let as_being = asked.as_being.as_deref().map(named).transpose()?;
    let mut file = ask(&shared, |kernel| {
        NamedTempFile::new_in(kernel.spool()?).map_err(|error| cannot_keep(&error))
    })
    .await?;
    let mut pieces = body.into_data_stream();
    let mut length = 0;
    while let Some(piece) = pieces.next().await {
        let piece =
            piece.map_err(|error| Problem::bad_request(format!("the body broke off: {error}")))?;
        length += piece.len() as u64;
        if length > IMPORT_BYTES {
            return Err(Problem::too_large(IMPORT_BYTES as usize));
        }
        file = ask(&shared, move |_| {
            let mut file = file;
            file.write_all(&piece)
                .map_err(|error| cannot_keep(&error))?;
            Ok(file)
        })
        .await?;
    }
    let being = ask(&shared, move |kernel| {
        kernel.import_being(file.path(), as_being)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(being)))
}

fn cannot_keep(error: &io::Error) -> KernelError {
    KernelError::Failed {
        why: format!("the file cannot be kept while it is read: {error}; free some space"),
    }
}
