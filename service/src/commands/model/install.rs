//! A model is taken in whole or not at all.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use triune_npu::{MANIFEST_FILE, Manifest};

/// Why a model was not taken in; nothing of it is left.
#[derive(Debug, thiserror::Error)]
pub(super) enum InstallError {
    /// There is one.
    #[error("{} is there already: no model is replaced; choose another --name, or remove it", .0.display())]
    Exists(PathBuf),
    /// The folder cannot be written.
    #[error("{} cannot be written: {reason}; mend that, or choose another folder with --data", path.display())]
    Write {
        /// Which folder.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
}

/// Fails where there is something of this name.
pub(super) fn check_free(models: &Path, name: &str) -> Result<(), InstallError> {
    let folder = models.join(name);
    match folder.symlink_metadata() {
        Ok(_) => Err(InstallError::Exists(folder)),
        Err(_) => Ok(()),
    }
}

/// Writes manifest and files beside the place, and moves them there when all is durable.
pub(super) fn install(
    models: &Path,
    manifest: &Manifest,
    files: &[Cow<'_, [u8]>],
) -> Result<PathBuf, InstallError> {
    let folder = models.join(&manifest.name);
    check_free(models, &manifest.name)?;
    let write = |reason| InstallError::Write {
        path: models.to_owned(),
        reason,
    };
    fs::create_dir_all(models).map_err(write)?;
    let unfinished = tempfile::Builder::new()
        .prefix(".adding-")
        .tempdir_in(models)
        .map_err(write)?;
    fill(unfinished.path(), manifest, files).map_err(write)?;
    // Takes the place of nothing but an empty folder (rename(2)).
    match fs::rename(unfinished.path(), &folder) {
        Ok(()) => {
            let _ = unfinished.keep();
        }
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists | ErrorKind::NotADirectory
            ) =>
        {
            return Err(InstallError::Exists(folder));
        }
        Err(error) => return Err(write(error)),
    }
    sync(models).map_err(write)?;
    Ok(folder)
}

fn fill(folder: &Path, manifest: &Manifest, files: &[Cow<'_, [u8]>]) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    for (file, bytes) in manifest.files.iter().zip(files) {
        keep(&folder.join(&file.name), bytes)?;
    }
    keep(&folder.join(MANIFEST_FILE), manifest.to_toml().as_bytes())?;
    // Models are no secret, and the service may run as somebody else.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    sync(folder)
}

fn keep(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
