//! The disk that keeps what the appliance learns: ext4, labelled, sparse.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::process::{self, ProcessError};

const LABEL: &str = "triune-data";
const BYTES: u64 = 512 * 1024 * 1024;

/// Why there is no data disk.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataDiskError {
    #[error("cannot write {path}: {source}; check the free space")]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Process(#[from] ProcessError),
}

/// Makes an empty data disk unless there is one.
pub(crate) fn ensure(path: &Path) -> Result<(), DataDiskError> {
    if path.is_file() {
        return Ok(());
    }
    let at = |source| DataDiskError::File {
        path: path.to_owned(),
        source,
    };
    let unfinished = path.with_extension("unfinished");
    File::create(&unfinished)
        .and_then(|file| file.set_len(BYTES))
        .map_err(at)?;
    process::capture(
        process::program("mkfs.ext4")
            .args(["-q", "-F", "-L", LABEL])
            .arg(&unfinished),
    )?;
    fs::rename(&unfinished, path).map_err(at)
}
