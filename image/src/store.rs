//! Built things by the hash of what they were made from: found again, or made whole.
//!
//! A thing is built beside its final place and renamed, so that whatever stands under its
//! name is complete, however the building was interrupted.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// How many things of one kind are kept: the present one and the one before.
const KEPT: usize = 2;
const UNFINISHED: &str = "unfinished-";

/// Why something cannot be stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("cannot write {path}: {source}; check the free space, or run `cargo appliance clean`")]
    Unwritable { path: PathBuf, source: io::Error },
}

/// The name of something by its making.
pub(crate) struct Key(Sha256);

impl Key {
    /// `version` changes when the way of making changes.
    pub(crate) fn new(version: &str) -> Self {
        Self(Sha256::new()).with(version)
    }

    /// Adds something that the result depends on.
    pub(crate) fn with(mut self, input: impl AsRef<[u8]>) -> Self {
        let input = input.as_ref();
        // The length keeps "ab" + "c" apart from "a" + "bc".
        self.0.update((input.len() as u64).to_le_bytes());
        self.0.update(input);
        self
    }

    fn text(&self) -> String {
        hex(&self.0.clone().finalize()[..8])
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of a file, as hexadecimal digits.
pub(crate) fn file_sha256(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut fs::File::open(path)?, &mut hash)?;
    Ok(hex(&hash.finalize()))
}

/// The folder of built things.
pub(crate) struct Store {
    folder: PathBuf,
}

impl Store {
    /// Opens the store and sweeps away what was left unfinished. The caller holds the
    /// workspace's claim, so nobody is building here.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, StoreError> {
        let store = Self { folder };
        for (path, _) in store.entries(UNFINISHED)? {
            remove(&path).map_err(|source| StoreError::Unwritable { path, source })?;
        }
        Ok(store)
    }

    /// The thing of this kind and making; `make` writes it to the path that it is given, as
    /// a file or a folder. The flag tells whether it was made now.
    pub(crate) fn entry<E: From<StoreError>>(
        &self,
        kind: &str,
        key: &Key,
        make: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<(PathBuf, bool), E> {
        let name = format!("{kind}-{}", key.text());
        let path = self.folder.join(&name);
        if path.exists() {
            return Ok((path, false));
        }
        let unfinished = self.folder.join(format!("{UNFINISHED}{name}"));
        make(&unfinished)?;
        fs::rename(&unfinished, &path).map_err(|source| StoreError::Unwritable {
            path: path.clone(),
            source,
        })?;
        self.forget_old(&format!("{kind}-"))?;
        Ok((path, true))
    }

    /// An empty folder to build in, beside the built things; swept away if it is left behind.
    pub(crate) fn scratch(&self) -> Result<tempfile::TempDir, StoreError> {
        tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempdir_in(&self.folder)
            .map_err(|source| StoreError::Unwritable {
                path: self.folder.clone(),
                source,
            })
    }

    fn forget_old(&self, prefix: &str) -> Result<(), StoreError> {
        let mut entries = self.entries(prefix)?;
        entries.sort_by_key(|(_, made)| std::cmp::Reverse(*made));
        for (path, _) in entries.into_iter().skip(KEPT) {
            remove(&path).map_err(|source| StoreError::Unwritable { path, source })?;
        }
        Ok(())
    }

    fn entries(&self, prefix: &str) -> Result<Vec<(PathBuf, std::time::SystemTime)>, StoreError> {
        let unwritable = |source| StoreError::Unwritable {
            path: self.folder.clone(),
            source,
        };
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(unwritable)? {
            let entry = entry.map_err(unwritable)?;
            if entry.file_name().to_string_lossy().starts_with(prefix) {
                let made = entry
                    .metadata()
                    .and_then(|data| data.modified())
                    .map_err(unwritable)?;
                found.push((entry.path(), made));
            }
        }
        Ok(found)
    }
}

/// Removes a file or a folder with all that is in it.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() && !path.is_symlink() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    }
}

/// Writes a file so that it is either whole or as it was.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    let unwritable = |source| StoreError::Unwritable {
        path: path.to_owned(),
        source,
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    io::Write::write_all(&mut file, content).map_err(unwritable)?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    file.as_file().set_permissions(mode).map_err(unwritable)?;
    file.persist(path)
        .map_err(|error| unwritable(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(text: &'static str) -> impl FnOnce(&Path) -> Result<(), StoreError> {
        move |path| {
            fs::write(path, text).map_err(|source| StoreError::Unwritable {
                path: path.to_owned(),
                source,
            })
        }
    }

    #[test]
    fn the_same_making_is_found_again_and_another_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().to_owned()).unwrap();
        let key = Key::new("1").with("input");
        let (first, made) = store.entry("root", &key, make("a")).unwrap();
        assert!(made);
        let (second, made) = store.entry("root", &key, make("b")).unwrap();
        assert!(!made);
        assert_eq!(first, second);
        let (other, made) = store
            .entry("root", &Key::new("1").with("other"), make("c"))
            .unwrap();
        assert!(made);
        assert_ne!(first, other);
    }

    #[test]
    fn what_was_interrupted_is_never_found() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().to_owned()).unwrap();
        let key = Key::new("1");
        let failed = store.entry("root", &key, |path| {
            fs::create_dir(path).unwrap();
            fs::write(path.join("half"), "").unwrap();
            Err(StoreError::Unwritable {
                path: path.to_owned(),
                source: io::Error::other("cut"),
            })
        });
        assert!(failed.is_err());
        let store = Store::open(folder.path().to_owned()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(store.entry("root", &key, make("whole")).unwrap().1);
    }

    #[test]
    fn old_things_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().to_owned()).unwrap();
        for version in ["1", "2", "3", "4"] {
            store.entry("root", &Key::new(version), make("x")).unwrap();
            store
                .entry("kernel", &Key::new(version), make("x"))
                .unwrap();
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2 * KEPT);
    }

    #[test]
    fn inputs_do_not_run_together() {
        let one = Key::new("1").with("ab").with("c").text();
        let two = Key::new("1").with("a").with("bc").text();
        assert_ne!(one, two);
    }
}
