//! Which beings sleep, over restarts: one id a line in a file of their own.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
use triune_core::BeingId;

/// The list on the disk.
pub(super) struct Asleep {
    path: PathBuf,
    beings: BTreeSet<BeingId>,
}

impl Asleep {
    /// Reads the list; a line that is no id names nobody.
    pub(super) fn read(folder: &Path) -> io::Result<Self> {
        let path = folder.join("asleep");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let beings = text.lines().filter_map(|line| line.parse().ok()).collect();
        Ok(Self { path, beings })
    }

    pub(super) fn contains(&self, being: BeingId) -> bool {
        self.beings.contains(&being)
    }

    /// Notes durably whether a being sleeps. The file is replaced whole: a power cut leaves the
    /// old list or the new one.
    pub(super) fn note(&mut self, being: BeingId, sleeps: bool) -> io::Result<()> {
        let mut beings = self.beings.clone();
        let changed = if sleeps {
            beings.insert(being)
        } else {
            beings.remove(&being)
        };
        if !changed {
            return Ok(());
        }
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut file = NamedTempFile::new_in(folder)?;
        for being in &beings {
            writeln!(file, "{being}")?;
        }
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        File::open(folder)?.sync_all()?;
        self.beings = beings;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sleeps_is_remembered_and_who_woke_is_not() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let mut asleep = Asleep::read(folder.path())?;
        asleep.note(BeingId(2), true)?;
        asleep.note(BeingId(3), true)?;
        asleep.note(BeingId(2), false)?;
        let again = Asleep::read(folder.path())?;
        assert!(again.contains(BeingId(3)) && !again.contains(BeingId(2)));
        Ok(())
    }
}
