//! Where things lie: the repository, and the one folder that the tool writes to.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::progress;

/// Why the places cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkspaceError {
    #[error("cannot find the repository's root from {0}; run `cargo appliance` inside a checkout")]
    NotFound(PathBuf),
    #[error("cannot use {path}: {source}; check its owner and the free space")]
    Unusable {
        path: PathBuf,
        source: std::io::Error,
    },
}

/// The repository and the tool's own folder in it.
pub(crate) struct Workspace {
    root: PathBuf,
    appliance: PathBuf,
}

impl Workspace {
    /// The workspace that this tool was built from.
    pub(crate) fn find() -> Result<Self, WorkspaceError> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .ancestors()
            .find(|folder| folder.join("rust-toolchain.toml").is_file())
            .ok_or_else(|| WorkspaceError::NotFound(manifest.clone()))?
            .to_owned();
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |folder| root.join(folder));
        let appliance = target.join("appliance");
        create_folder(&appliance)?;
        Ok(Self { root, appliance })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// `target/appliance`: everything the tool makes.
    pub(crate) fn appliance(&self) -> &Path {
        &self.appliance
    }

    /// Cargo's target folder.
    pub(crate) fn target(&self) -> &Path {
        self.appliance.parent().unwrap_or(&self.appliance)
    }

    /// A folder under `target/appliance`, made if need be.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf, WorkspaceError> {
        let folder = self.appliance.join(name);
        create_folder(&folder)?;
        Ok(folder)
    }

    /// Keeps other builds out while the value lives; the system lets go of it when the
    /// process ends, however it ends.
    pub(crate) fn claim(&self) -> Result<File, WorkspaceError> {
        let path = self.appliance.join("lock");
        let unusable = |source| WorkspaceError::Unusable {
            path: path.clone(),
            source,
        };
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(unusable)?;
        if file.try_lock().is_err() {
            progress::note("another `cargo appliance` is building; waiting for it");
            file.lock().map_err(unusable)?;
        }
        Ok(file)
    }
}

fn create_folder(path: &Path) -> Result<(), WorkspaceError> {
    fs::create_dir_all(path).map_err(|source| WorkspaceError::Unusable {
        path: path.to_owned(),
        source,
    })
}
