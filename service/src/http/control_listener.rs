//! The control socket: a unix socket for the service's own user and root.

use super::listener::ListenError;
use rustix::fs::{FlockOperation, flock};
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{
    DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _,
    PermissionsExt as _,
};
use std::path::{Path, PathBuf};
use tokio::net::UnixListener;

/// A unix socket that listens, and the lock that says so. The socket's file goes with it.
#[derive(Debug)]
pub struct ControlListener {
    pub(super) listener: UnixListener,
    path: PathBuf,
    /// Device and inode of the socket's file, so that only our own is removed.
    file: (u64, u64),
    _lock: File,
}

impl ControlListener {
    /// Listens at `path`. The folder is made, for its owner alone, if it is not there. A socket
    /// left behind by a service that died is removed; one that answers is not.
    ///
    /// # Errors
    /// [`ListenError`] when another service answers there, something else is in the way, or the
    /// system refuses. Must be called within a tokio runtime.
    pub fn bind(path: &Path) -> Result<Self, ListenError> {
        let failed = |cause| ListenError::Control {
            path: path.to_owned(),
            cause,
        };
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(failed)?;
        }
        let lock = lock(path)?;
        remove_stale(path)?;
        let listener = UnixListener::bind(path).map_err(failed)?;
        std::fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(failed)?;
        let metadata = std::fs::symlink_metadata(path).map_err(failed)?;
        let file = (metadata.dev(), metadata.ino());
        Ok(Self {
            listener,
            path: path.to_owned(),
            file,
            _lock: lock,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ControlListener {
    fn drop(&mut self) {
        let ours = std::fs::symlink_metadata(&self.path)
            .is_ok_and(|metadata| (metadata.dev(), metadata.ino()) == self.file);
        if ours && let Err(error) = std::fs::remove_file(&self.path) {
            log::warn!("{} could not be removed: {error}", self.path.display());
        }
    }
}

/// Takes the lock beside the socket. It goes with the process however that ends, so two services
/// that start at once cannot both take the socket of a third for stale.
fn lock(path: &Path) -> Result<File, ListenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let failed = |cause| ListenError::Control {
        path: path.to_owned(),
        cause,
    };
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&name)
        .map_err(failed)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(ListenError::AlreadyServed {
            path: path.to_owned(),
        }),
        Err(error) => Err(failed(error.into())),
    }
}

fn remove_stale(path: &Path) -> Result<(), ListenError> {
    let failed = |cause| ListenError::Control {
        path: path.to_owned(),
        cause,
    };
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
        Ok(metadata) if !metadata.file_type().is_socket() => {
            return Err(ListenError::NotASocket {
                path: path.to_owned(),
            });
        }
        Ok(_) => {}
    }
    match std::os::unix::net::UnixStream::connect(path) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path).map_err(failed)
        }
        Ok(_) => Err(ListenError::AlreadyServed {
            path: path.to_owned(),
        }),
        Err(error) => Err(failed(error)),
    }
}
