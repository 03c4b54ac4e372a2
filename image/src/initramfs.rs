//! The first root: busybox, the modules that reach the real root, and a script.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::cpio::Archive;
use crate::kernel::{Kernel, KernelError};
use crate::progress;
use crate::store::{Key, Store, StoreError};

const INIT: &str = include_str!("initramfs-init.sh");
const BUSYBOX: &str = "usr/bin/busybox";

/// Why the first root cannot be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InitramfsError {
    #[error("cannot use {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Kernel(#[from] KernelError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes the archive, or finds it made. `base` is the unpacked user land.
pub(crate) fn make(base: &Path, kernel: &Kernel, store: &Store) -> Result<PathBuf, InitramfsError> {
    let key = Key::new("initramfs 1")
        .with(INIT)
        .with(base.as_os_str().as_encoded_bytes())
        .with(kernel.identity());
    let step = progress::step("initramfs");
    let (path, made) = store.entry("initramfs", &key, |path| {
        let archive = archive(base, kernel)?;
        fs::write(path, archive).map_err(|source| InitramfsError::File {
            path: path.to_owned(),
            source,
        })
    })?;
    step.done(if made { "written" } else { "unchanged" });
    Ok(path)
}

fn archive(base: &Path, kernel: &Kernel) -> Result<Vec<u8>, InitramfsError> {
    let read = |path: &Path| {
        fs::read(path).map_err(|source| InitramfsError::File {
            path: path.to_owned(),
            source,
        })
    };
    let mut archive = Archive::default();
    for folder in ["bin", "dev", "modules", "proc", "root", "sys"] {
        archive.directory(folder);
    }
    archive.character_device("dev/console", 5, 1);
    archive.executable("bin/busybox", &read(&base.join(BUSYBOX))?);
    archive.symlink("bin/sh", "busybox");
    archive.executable("init", INIT.as_bytes());
    for (index, module) in kernel.before_root()?.iter().enumerate() {
        // The number keeps the load order in the file names.
        archive.executable(&format!("modules/{index:02}.ko"), &read(module)?);
    }
    Ok(archive.finish())
}
