//! A file that appears under its name whole and durable, or not at all.

use crate::files::{rename_new, sync_directory};
use rustix::fs::{AtFlags, CWD, FlockOperation, Mode, OFlags, flock, linkat, openat};
use rustix::io::Errno;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
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
        Self::named(to, being)
    }

    /// The same under a name of its own, where the file system knows no files without one.
    fn named(to: &Path, being: BeingId) -> io::Result<Self> {
        let name = to.file_name().unwrap_or_default().to_string_lossy();
        for number in 0_u32.. {
            let young = to.with_file_name(format!(".{name}.{number}.{being}.{EXPORTING}"));
            let created = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&young);
            match created {
                // Held from now on, so that nobody takes it for what a crash left.
                Ok(file) if holds(&file, &young)? => {
                    return Ok(Self {
                        file,
                        to: to.to_owned(),
                        young: Some(young),
                    });
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    remove_abandoned(&young)?;
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// The file to write to.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Makes the file durable and gives it its name.
    ///
    /// # Errors
    /// As for [`SealedFile::create`].
    pub(crate) fn publish(self) -> io::Result<()> {
        self.publish_and(sync_directory)
    }

    /// Publishes the file; `settle` makes the names of a directory durable.
    fn publish_and(mut self, settle: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
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
        settle(directory_of(&self.to)).inspect_err(|_| {
            // Told as failed, it must not be there all the same.
            let _ = std::fs::remove_file(&self.to);
        })
    }
}

impl Drop for SealedFile {
    fn drop(&mut self) {
        if let Some(young) = &self.young {
            let _ = std::fs::remove_file(young);
        }
    }
}

/// Locks `file`; whether `path` is still its name, and nobody else has it.
fn holds(file: &File, path: &Path) -> io::Result<bool> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        // A file system that cannot lock: then nobody else takes it for abandoned either.
        Ok(()) | Err(Errno::NOSYS | Errno::OPNOTSUPP | Errno::NOLCK) => {}
        Err(Errno::WOULDBLOCK) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    let held = file.metadata()?;
    match std::fs::symlink_metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (held.dev(), held.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes the file at `path` if a crash left it: who writes to one holds its lock.
fn remove_abandoned(path: &Path) -> io::Result<()> {
    let opened = match File::open(path) {
        Ok(file) => flock(&file, FlockOperation::NonBlockingLockExclusive).map(|()| file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    match opened {
        Ok(file) if holds(&file, path)? => std::fs::remove_file(path),
        // Somebody writes to it, or nobody can say.
        _ => Ok(()),
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

    fn names(directory: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(directory).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    #[cfg_attr(miri, ignore = "makes files")]
    fn a_file_with_a_name_of_its_own_until_it_is_whole_is_found_and_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let to = directory.path().join("being.export");
        let begin = || SealedFile::named(&to, BEING).unwrap();
        let sealed = begin();
        assert_eq!(unfinished_exports(directory.path(), BEING).len(), 1);
        assert!(unfinished_exports(directory.path(), BeingId(2)).is_empty());
        drop(sealed);
        assert!(names(directory.path()).is_empty());
        // What a crash left is removed by the next one of that name.
        let left = begin();
        let young = unfinished_exports(directory.path(), BEING).remove(0);
        drop(left);
        std::fs::write(&young, b"half").unwrap();
        let sealed = begin();
        sealed.file().write_all(b"all").unwrap();
        sealed.publish().unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), b"all");
        // A name that was taken meanwhile stays as it is.
        let error = begin().publish().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&to).unwrap(), b"all");
        assert_eq!(names(directory.path()), ["being.export"]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "makes files")]
    fn two_at_once_under_one_name_do_not_meet() {
        let directory = tempfile::tempdir().unwrap();
        let to = directory.path().join("being.export");
        let [mut first, mut second] = [(); 2].map(|()| SealedFile::named(&to, BEING).unwrap());
        first.file.write_all(b"first").unwrap();
        second.file.write_all(b"se").unwrap();
        first.publish().unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), b"first");
        let error = second.publish().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&to).unwrap(), b"first");
        assert_eq!(names(directory.path()), ["being.export"]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "makes files")]
    fn a_name_that_is_not_durable_is_taken_back() {
        let directory = tempfile::tempdir().unwrap();
        let to = directory.path().join("being.export");
        for begin in [SealedFile::create, SealedFile::named] {
            let sealed = begin(&to, BEING).unwrap();
            let failed = sealed.publish_and(|_| Err(io::ErrorKind::StorageFull.into()));
            assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
            assert!(names(directory.path()).is_empty());
        }
    }
}
