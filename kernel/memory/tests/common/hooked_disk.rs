//! The machine's disk, with something that happens before or after some of its operations.

use std::fmt::Debug;
use std::io;
use std::path::Path;
use triune_memory::{Disk, DiskFile, RealDisk};

/// What happens; an error before an operation is its outcome.
pub(crate) trait Hook: Debug + Send + Sync {
    fn before_write(&self, _file: &DiskFile) -> io::Result<()> {
        Ok(())
    }
    fn before_sync(&self, _file: &DiskFile) -> io::Result<()> {
        Ok(())
    }
    fn before_remove(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }
    fn after_directory_sync(&self, _directory: &Path) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Debug, Default)]
pub(crate) struct HookedDisk<H>(pub(crate) H);

impl<H: Hook> Disk for HookedDisk<H> {
    fn create(&self, path: &Path) -> io::Result<DiskFile> {
        RealDisk.create(path)
    }
    fn reserve(&self, file: &DiskFile, length: u64) -> io::Result<()> {
        RealDisk.reserve(file, length)
    }
    fn write_at(&self, file: &DiskFile, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.0.before_write(file)?;
        RealDisk.write_at(file, bytes, offset)
    }
    fn sync(&self, file: &DiskFile) -> io::Result<()> {
        self.0.before_sync(file)?;
        RealDisk.sync(file)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.before_remove(path)?;
        RealDisk.remove(path)
    }
    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        RealDisk.sync_directory(directory)?;
        self.0.after_directory_sync(directory)
    }
}
