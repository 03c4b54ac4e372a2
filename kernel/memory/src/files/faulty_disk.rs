//! A disk that can be told to fail.

use super::disk::{Disk, DiskFile, RealDisk};
use super::fault::StoreFault;
use rustix::io::Errno;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The machine's disk with a fault that another thread sets and heals while the writer runs.
#[derive(Debug, Default)]
pub struct FaultyDisk {
    plan: Mutex<Plan>,
}

#[derive(Debug, Default)]
struct Plan {
    fault: Option<StoreFault>,
    /// The fault is for files below this directory alone.
    below: Option<PathBuf>,
    /// Bytes written, or writes, syncs or operations met, since the fault was set.
    met: u64,
}

/// What a write comes to.
enum Fate {
    Whole,
    /// So many bytes reach the file, then this error.
    Part(u64, Errno),
}

impl FaultyDisk {
    /// Makes the disk fail in this way from now on.
    pub fn inject(&self, fault: StoreFault) {
        self.set(Some(fault), None);
    }

    /// The same for the files below `directory` alone.
    pub fn inject_below(&self, directory: &Path, fault: StoreFault) {
        self.set(Some(fault), Some(directory.to_owned()));
    }

    /// Ends the fault.
    pub fn heal(&self) {
        self.set(None, None);
    }

    /// The fault in force.
    #[must_use]
    pub fn fault(&self) -> Option<StoreFault> {
        self.plan().fault
    }

    fn set(&self, fault: Option<StoreFault>, below: Option<PathBuf>) {
        *self.plan() = Plan {
            fault,
            below,
            met: 0,
        };
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an operation on names may go on.
    fn enter(&self, path: &Path) -> io::Result<()> {
        self.plan().enter(path).map_err(Into::into)
    }
}

impl Plan {
    fn fault_of(&self, path: &Path) -> Option<StoreFault> {
        let meant = self
            .below
            .as_ref()
            .is_none_or(|below| path.starts_with(below));
        self.fault.filter(|_| meant)
    }

    /// Counts one event and says whether it is one of those that fail.
    fn is_nth(&mut self, every: u64) -> bool {
        self.met += 1;
        self.met.is_multiple_of(every.max(1))
    }

    fn enter(&mut self, path: &Path) -> Result<(), Errno> {
        match self.fault_of(path) {
            Some(StoreFault::ReadOnly) => Err(Errno::ROFS),
            Some(StoreFault::Cut { after }) => {
                self.met += 1;
                if self.met > after {
                    Err(Errno::IO)
                } else {
                    Ok(())
                }
            }
            _ => Ok(()),
        }
    }

    fn write(&mut self, path: &Path, length: u64) -> Fate {
        if let Err(errno) = self.enter(path) {
            return Fate::Part(0, errno);
        }
        match self.fault_of(path) {
            Some(StoreFault::Full { after }) => {
                let left = after.saturating_sub(self.met);
                self.met = self.met.saturating_add(length.min(left));
                if left < length {
                    return Fate::Part(left, Errno::NOSPC);
                }
            }
            Some(StoreFault::WriteError { every }) if self.is_nth(every) => {
                return Fate::Part(0, Errno::IO);
            }
            Some(StoreFault::Torn { keep }) if keep < length => return Fate::Part(keep, Errno::IO),
            _ => {}
        }
        Fate::Whole
    }

    /// How long a sync takes longer.
    fn sync(&mut self, path: &Path) -> Result<Duration, Errno> {
        self.enter(path)?;
        match self.fault_of(path) {
            Some(StoreFault::SyncError { every }) if self.is_nth(every) => Err(Errno::IO),
            Some(StoreFault::SlowSync { delay }) => Ok(delay),
            _ => Ok(Duration::ZERO),
        }
    }
}

impl Disk for FaultyDisk {
    fn create(&self, path: &Path) -> io::Result<DiskFile> {
        self.enter(path)?;
        RealDisk.create(path)
    }

    fn reserve(&self, file: &DiskFile, length: u64) -> io::Result<()> {
        self.enter(&file.path)?;
        {
            let plan = self.plan();
            if let Some(StoreFault::Full { after }) = plan.fault_of(&file.path)
                && after.saturating_sub(plan.met) < length
            {
                return Err(Errno::NOSPC.into());
            }
        }
        RealDisk.reserve(file, length)
    }

    fn write_at(&self, file: &DiskFile, bytes: &[u8], offset: u64) -> io::Result<()> {
        let fate = self.plan().write(&file.path, bytes.len() as u64);
        match fate {
            Fate::Whole => RealDisk.write_at(file, bytes, offset),
            Fate::Part(count, errno) => {
                RealDisk.write_at(file, &bytes[..count as usize], offset)?;
                Err(errno.into())
            }
        }
    }

    fn sync(&self, file: &DiskFile) -> io::Result<()> {
        let delay = self.plan().sync(&file.path)?;
        std::thread::sleep(delay);
        RealDisk.sync(file)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.enter(from)?;
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.enter(path)?;
        RealDisk.remove(path)
    }

    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        self.enter(directory)?;
        RealDisk.sync_directory(directory)
    }
}
