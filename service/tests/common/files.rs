//! Looks through the files of a folder.

use std::path::{Path, PathBuf};

/// Every file under `folder`, however deep. What goes meanwhile is left out.
pub(crate) fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files_under(&entry.path())),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    found
}

/// The files under `folder` that hold `bytes` in content or name.
pub(crate) fn holding(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let has = |all: &[u8]| all.windows(bytes.len()).any(|part| part == bytes);
    files_under(folder)
        .into_iter()
        .filter(|path| {
            has(path.as_os_str().as_encoded_bytes())
                || std::fs::read(path).is_ok_and(|content| has(&content))
        })
        .collect()
}
