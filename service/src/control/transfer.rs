//! Files to and from the service, piece by piece.

use super::client::{Client, ControlError};
use futures_util::stream;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::Method;
use hyper::body::{Bytes, Frame};
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

/// Bytes read from the disk at a time.
const PIECE: usize = 256 * 1024;

impl Client {
    /// Writes what is at `path` into `file`; `progress` hears of each piece's length. Gives the whole length.
    ///
    /// # Errors
    /// As [`Client::get_json`]; what was written until then stays in the file.
    pub fn download(
        &self,
        path: &str,
        file: &mut File,
        mut progress: impl FnMut(u64),
    ) -> Result<u64, ControlError> {
        self.block_on(async {
            let empty = http_body_util::Empty::<Bytes>::new();
            let (status, mut body) = self.send(Method::GET, path, None, empty).await?;
            if !status.is_success() {
                let bytes = body.collect().await.map_err(|error| self.failed(&error))?;
                return Err(self.refusal(status, &bytes.to_bytes()));
            }
            let mut length = 0;
            while let Some(frame) = body.frame().await {
                let frame = frame.map_err(|error| self.failed(&error))?;
                if let Some(piece) = frame.data_ref() {
                    file.write_all(piece).map_err(|error| self.failed(&error))?;
                    length += piece.len() as u64;
                    progress(piece.len() as u64);
                }
            }
            Ok(length)
        })
    }

    /// Posts a file to `path` and takes the answer as JSON; `progress` hears of each piece's length.
    ///
    /// # Errors
    /// As [`Client::get_json`].
    pub fn upload<T: DeserializeOwned>(
        &self,
        path: &str,
        file: &Path,
        progress: impl FnMut(u64) + Send + 'static,
    ) -> Result<T, ControlError> {
        let file = File::open(file).map_err(|error| self.failed(&error))?;
        let bytes = self.block_on(async {
            let pieces = stream::unfold((file, progress), |(mut file, mut progress)| async move {
                let piece = next_piece(&mut file).transpose()?;
                if let Ok(piece) = &piece {
                    progress(piece.len() as u64);
                }
                Some((piece.map(Frame::data), (file, progress)))
            });
            let body = StreamBody::new(Box::pin(pieces));
            let media_type = Some("application/octet-stream");
            let (status, body) = self.send(Method::POST, path, media_type, body).await?;
            let bytes = body.collect().await.map_err(|error| self.failed(&error))?;
            let bytes = bytes.to_bytes();
            if status.is_success() {
                Ok(bytes)
            } else {
                Err(self.refusal(status, &bytes))
            }
        })?;
        self.understand(&bytes)
    }
}

/// The next piece of a file; `None` at its end.
fn next_piece(file: &mut File) -> io::Result<Option<Bytes>> {
    let mut bytes = vec![0; PIECE];
    let length = file.read(&mut bytes)?;
    bytes.truncate(length);
    Ok((length > 0).then(|| bytes.into()))
}
