//! What the writer asks of a disk.

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;
use std::fmt::Debug;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// An open file and the name that it was opened under, so that a failure can be told, or made, by
/// name.
#[derive(Debug)]
pub struct DiskFile {
    /// The open file.
    pub file: File,
    /// The name.
    pub path: PathBuf,
}

/// Every operation by which the writer changes the disk. Reading is not among them.
///
/// Errors are the system's own; a call that fails may have done a part of its work.
pub trait Disk: Debug + Send + Sync {
    /// Opens a new, empty file to read and write; one that is there under the name is emptied.
    ///
    /// # Errors
    /// The system's.
    fn create(&self, path: &Path) -> io::Result<DiskFile>;

    /// Sets `length` bytes of room aside for `file`, if its file system can do so.
    ///
    /// # Errors
    /// The system's; that the file system cannot is none.
    fn reserve(&self, file: &DiskFile, length: u64) -> io::Result<()>;

    /// Writes all of `bytes` from `offset` on.
    ///
    /// # Errors
    /// The system's.
    fn write_at(&self, file: &DiskFile, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Returns when everything written to `file` is durable (fdatasync(2)).
    ///
    /// # Errors
    /// The system's. What was written since the last success may be lost then, even if a later
    /// call succeeds: it must be written again.
    fn sync(&self, file: &DiskFile) -> io::Result<()>;

    /// Gives the file `from` the name `to`, in place of what had it.
    ///
    /// # Errors
    /// The system's.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// The system's.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Returns when the names in `directory` are durable.
    ///
    /// # Errors
    /// The system's.
    fn sync_directory(&self, directory: &Path) -> io::Result<()>;
}

/// The machine's disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create(&self, path: &Path) -> io::Result<DiskFile> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)?;
        Ok(DiskFile {
            file,
            path: path.to_owned(),
        })
    }

    fn reserve(&self, file: &DiskFile, length: u64) -> io::Result<()> {
        match fallocate(&file.file, FallocateFlags::empty(), 0, length) {
            Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn write_at(&self, file: &DiskFile, bytes: &[u8], offset: u64) -> io::Result<()> {
        file.file.write_all_at(bytes, offset)
    }

    fn sync(&self, file: &DiskFile) -> io::Result<()> {
        file.file.sync_data()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        File::open(directory)?.sync_all()
    }
}
