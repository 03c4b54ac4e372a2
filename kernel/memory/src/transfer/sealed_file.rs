//! A file that appears under its name whole and durable, or not at all.

use crate::files::{rename_new, sync_directory};
use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use triune_core::BeingId;

const EXPORTING: &str = "exporting";
/// How deep an export lies under the memory directory, at most, to be found again.
const DEPTH: usize = 3;

/// A file that is being written. Dropped before [`SealedFile::publish`], nothing of it stays.
pub(crate) struct SealedFile {
    file: File,
    to: PathBuf,
    /// Its name until then, where the file system knows no files without one.
    young: Option<PathBuf>,
}

impl SealedFile {
    /// Begins the file `to`, which only its owner may read.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::AlreadyExists`] when the name is taken.
    pub(crate) fn create(to: &Path, being: BeingId) -> io::Result<Self> {
        if to.symlink_metadata().is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if let Some(file) = nameless(directory_of(to)) {
            return Ok(Self {
                file,
                to: to.to_owned(),
                young: None,
            });
        }
        let name = to.file_name().unwrap_or_default().to_string_lossy();
        let young = to.with_file_name(format!(".{name}.{being}.{EXPORTING}"));
        // What a crash left under this name is worth nothing.
        match std::fs::remove_file(&young) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&young)?;
        Ok(Self {
            file,
            to: to.to_owned(),
            young: Some(young),
        })
    }

    /// The file to write to.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Makes the file durable and gives it its name.
    ///
    /// # Errors
    /// As for [`SealedFile::create`].
    pub(crate) fn publish(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        match self.young.take() {
            Some(young) => rename_new(&young, &self.to).inspect_err(|_| {
                let _ = std::fs::remove_file(&young);
            })?,
            None => linkat(
                CWD,
                own_path(&self.file),
                CWD,
                &self.to,
                AtFlags::SYMLINK_FOLLOW,
            )?,
        }
        sync_directory(directory_of(&self.to))
    }
}

impl Drop for SealedFile {
    fn drop(&mut self) {
        if let Some(young) = &self.young {
            let _ = std::fs::remove_file(young);
        }
    }
}

/// A file without a name, which a crash cannot leave behind (`O_TMPFILE`, open(2)).
fn nameless(directory: &Path) -> Option<File> {
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let file = File::from(openat(CWD, directory, flags, Mode::RUSR | Mode::WUSR).ok()?);
    own_path(&file).exists().then_some(file)
}

/// The way by which a file without a name is linked to one (open(2)).
fn own_path(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    }
}

/// Files under `root` that an export of `being` left unfinished.
pub(crate) fn unfinished_exports(root: &Path, being: BeingId) -> Vec<PathBuf> {
    let mut found = Vec::new();
    search(root, &format!(".{being}.{EXPORTING}"), DEPTH, &mut found);
    found
}

fn search(directory: &Path, ending: &str, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() && depth > 1 {
            search(&entry.path(), ending, depth - 1, found);
        } else if kind.is_file() && entry.file_name().to_string_lossy().ends_with(ending) {
            found.push(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const BEING: BeingId = BeingId(1);

    #[test]
    fn a_file_with_a_name_of_its_own_until_it_is_whole_is_found_and_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let to = directory.path().join("being.export");
        let young = directory
            .path()
            .join(format!(".being.export.{BEING}.{EXPORTING}"));
        let begin = || SealedFile {
            file: File::create(&young).unwrap(),
            to: to.clone(),
            young: Some(young.clone()),
        };
        let sealed = begin();
        assert_eq!(
            unfinished_exports(directory.path(), BEING),
            std::slice::from_ref(&young)
        );
        assert!(unfinished_exports(directory.path(), BeingId(2)).is_empty());
        drop(sealed);
        assert!(!young.exists());
        let sealed = begin();
        sealed.file().write_all(b"all").unwrap();
        sealed.publish().unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), b"all");
        // A name that was taken meanwhile stays as it is.
        let error = begin().publish().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&to).unwrap(), b"all");
        assert!(!young.exists());
    }
}
