//! A disk whose power is cut: what was not synced may be there or not, sector by sector.

use fastrand::Rng;
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use triune_memory::{Disk, DiskFile, RealDisk};

/// What a disk writes whole.
const SECTOR: usize = 512;

#[derive(Debug)]
pub(crate) struct PowerDisk {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Operations until the power is cut.
    left: u64,
    /// When it was.
    cut: Option<u64>,
    /// What sectors held before writes that are not synced.
    before: BTreeMap<(PathBuf, usize), [u8; SECTOR]>,
    /// Changes of names that are not synced.
    names: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Renamed { from: PathBuf, to: PathBuf },
    Removed { path: PathBuf, content: Vec<u8> },
}

impl Change {
    fn directory(&self) -> Option<&Path> {
        match self {
            Self::Renamed { to: path, .. } | Self::Removed { path, .. } => path.parent(),
        }
    }
}

impl PowerDisk {
    /// A disk that works for so many operations.
    pub(crate) fn new(operations: u64) -> Self {
        Self {
            state: Mutex::new(State {
                left: operations,
                ..State::default()
            }),
        }
    }

    /// When the power was cut, if it was.
    pub(crate) fn cut(&self) -> Option<u64> {
        self.state.lock().unwrap().cut
    }

    /// Undoes some of what was not synced, as chance has it.
    pub(crate) fn lose(&self, rng: &mut Rng) {
        let state = std::mem::take(&mut *self.state.lock().unwrap());
        for ((path, sector), content) in state.before {
            if rng.bool()
                && let Ok(file) = std::fs::OpenOptions::new().write(true).open(path)
            {
                file.write_all_at(&content, (sector * SECTOR) as u64)
                    .unwrap();
            }
        }
        for change in state.names.into_iter().rev() {
            match change {
                Change::Renamed { from, to } if rng.bool() => {
                    std::fs::rename(to, from).unwrap();
                }
                Change::Removed { path, content } if rng.bool() => {
                    std::fs::write(path, content).unwrap();
                }
                _ => {}
            }
        }
    }

    fn enter(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.state.lock().unwrap();
        match state.left.checked_sub(1) {
            Some(left) => state.left = left,
            None => {
                state.cut.get_or_insert_with(super::now);
                return Err(Errno::IO.into());
            }
        }
        Ok(state)
    }
}

impl Disk for PowerDisk {
    fn create(&self, path: &Path) -> io::Result<DiskFile> {
        let _state = self.enter()?;
        RealDisk.create(path)
    }

    fn reserve(&self, file: &DiskFile, length: u64) -> io::Result<()> {
        let _state = self.enter()?;
        RealDisk.reserve(file, length)
    }

    fn write_at(&self, file: &DiskFile, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut state = self.enter()?;
        let (start, end) = (offset as usize, offset as usize + bytes.len());
        for sector in start / SECTOR..end.div_ceil(SECTOR) {
            let mut content = [0; SECTOR];
            // Beyond the end of the file there are zeros.
            let _ = file
                .file
                .read_exact_at(&mut content, (sector * SECTOR) as u64);
            state
                .before
                .entry((file.path.clone(), sector))
                .or_insert(content);
        }
        RealDisk.write_at(file, bytes, offset)
    }

    fn sync(&self, file: &DiskFile) -> io::Result<()> {
        let mut state = self.enter()?;
        state.before.retain(|(path, _), _| *path != file.path);
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.enter()?;
        RealDisk.rename(from, to)?;
        state.names.push(Change::Renamed {
            from: from.to_owned(),
            to: to.to_owned(),
        });
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.enter()?;
        let content = std::fs::read(path)?;
        RealDisk.remove(path)?;
        state.names.push(Change::Removed {
            path: path.to_owned(),
            content,
        });
        Ok(())
    }

    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        let mut state = self.enter()?;
        state
            .names
            .retain(|change| change.directory() != Some(directory));
        Ok(())
    }
}
