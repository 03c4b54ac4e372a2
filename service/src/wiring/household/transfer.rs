//! Beings out of and into this board, and moments from one to another.

use super::arrival::failed;
use super::members::{Household, SPOOL};
use super::resident::lock;
use crate::kernel_api::{ExportFile, GiftView, GivenView, KernelError};
use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use triune_core::BeingId;
use triune_memory::LockError;
use triune_memory::bridge::{BridgeError, give};
use triune_memory::transfer::{ExportError, ImportError, export_being, import_being};

impl Household {
    /// Folder for files that come and go, on the disk of the data. A being is private: only the
    /// service's user may look into it.
    pub(super) fn spool_folder(&self) -> Result<PathBuf, KernelError> {
        let folder = self.setup.data.join(SPOOL);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|error| failed(format!("{} cannot be made: {error}", folder.display())))?;
        Ok(folder)
    }

    /// Removes what was on its way when an earlier service was cut off: nobody asks for it any more,
    /// and an erased being must not live on in it.
    pub(super) fn clear_spool(&self) {
        let folder = self.setup.data.join(SPOOL);
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                log::warn!("{} cannot be cleared: {error}", folder.display());
            }
            _ => {}
        }
    }

    /// Writes a being whole into a file of the spool.
    pub(super) fn export(&self, being: BeingId) -> Result<ExportFile, KernelError> {
        if !self.is_known(being) {
            return Err(KernelError::NoSuchBeing(being));
        }
        if let Some(resident) = self.resident(being) {
            // The newest moments are in it too.
            resident.memory.sync().map_err(failed)?;
            let indexer = &self.setup.indexer;
            indexer.write_words_of(&resident.searcher).map_err(failed)?;
        }
        let folder = self.spool_folder()?;
        // A name that is free; the export itself makes the file.
        let path = tempfile::Builder::new()
            .prefix("export-")
            .make_in(&folder, |path| {
                if path.exists() {
                    return Err(ErrorKind::AlreadyExists.into());
                }
                Ok(())
            })
            .and_then(|named| named.into_temp_path().keep().map_err(|error| error.error))
            .map_err(failed)?;
        let summary = export_being(&self.setup.data.join("memory"), being, &path, &mut |_| {
            ControlFlow::Continue(())
        })
        .map_err(|error| match error {
            ExportError::NoSuchBeing(_) | ExportError::Erased(_) => KernelError::NoSuchBeing(being),
            ExportError::Lock(LockError::InUse { .. }) => KernelError::InUse(being),
            other => failed(other),
        })?;
        Ok(ExportFile {
            path,
            bytes: summary.bytes,
            crystals: summary.manifest.crystals,
        })
    }

    /// Takes a being in from a file; it sleeps then.
    pub(super) fn import(
        &self,
        file: &Path,
        as_being: Option<BeingId>,
    ) -> Result<BeingId, KernelError> {
        let root = self.setup.data.join("memory");
        let imported = import_being(&root, file, as_being, &mut |_| ControlFlow::Continue(()))
            .map_err(|error| match error {
                ImportError::Exists(being) => KernelError::Exists(being),
                ImportError::Format(error) => KernelError::Invalid {
                    why: error.to_string(),
                },
                other => failed(other),
            })?;
        // Nobody waits for a whole memory to be moved: it appears at once when all of it is there.
        let mut asleep = lock(&self.asleep);
        if self.resident(imported.being).is_none() {
            asleep.note(imported.being, true).map_err(failed)?;
        }
        self.count_asleep();
        Ok(imported.being)
    }

    /// Shares chosen moments of one being with another.
    pub(super) fn share(&self, gift: &GiftView) -> Result<GivenView, KernelError> {
        let named = |id: &str| {
            id.parse::<BeingId>().map_err(|error| KernelError::Invalid {
                why: error.to_string(),
            })
        };
        let from = self.awake(named(&gift.from)?)?;
        let to = self.awake(named(&gift.to)?)?;
        let given = give(&from.memory, &to.memory, &gift.crystals).map_err(|error| {
            let why = error.to_string();
            match error {
                BridgeError::Refused { .. } => KernelError::Refused { why },
                BridgeError::SameBeing(_)
                | BridgeError::TooMany(_)
                | BridgeError::NoSuchCrystal { .. } => KernelError::Invalid { why },
                _ => KernelError::Failed { why },
            }
        })?;
        Ok(GivenView {
            given: given.given.len() as u64,
            known_before: (given.known.len() + given.came_home.len()) as u64,
            sequences: given.given.iter().map(|pair| pair.other).collect(),
        })
    }
}
