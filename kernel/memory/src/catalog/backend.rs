//! The database's way to the disk: that of the other stores, so that it is counted as wear and can be
//! made to fail.

use crate::files::DiskFile;
use crate::wear::{Medium, WearSource};
use redb::backends::FileBackend;
use redb::{BackendError, DatabaseError, StorageBackend};
use std::fs::OpenOptions;
use std::io;
use std::ops::Bound;
use std::path::Path;

/// redb's own file, but for writing and syncing.
#[derive(Debug)]
pub(super) struct DiskBackend {
    /// Shares its open file, and so its locks, with `redb`.
    file: DiskFile,
    redb: FileBackend,
    medium: Medium,
}

impl DiskBackend {
    /// Opens the file at `path`, or makes an empty one.
    pub(super) fn open(path: &Path, medium: Medium) -> Result<Self, DatabaseError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        Ok(Self {
            redb: FileBackend::new(file.try_clone()?)?,
            file: DiskFile {
                file,
                path: path.to_owned(),
            },
            medium,
        })
    }
}

impl StorageBackend for DiskBackend {
    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let length = bytes.len() as u64;
        self.medium.wear.count(WearSource::Catalogue, length);
        self.medium.disk.write_at(&self.file, bytes, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.medium.disk.sync(&self.file)
    }

    fn len(&self) -> io::Result<u64> {
        self.redb.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.redb.read(offset, out)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.redb.set_len(length)
    }

    fn close(&self) -> io::Result<()> {
        self.redb.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.redb.try_lock_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.redb.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.redb.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.redb.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.redb.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.redb.query_lock_range(start, end)
    }
}
