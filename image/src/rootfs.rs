//! The read-only root: Debian's user land, our overlay, the kernel's modules, the service.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::kernel::{Kernel, KernelError};
use crate::libraries::{self, LibraryError};
use crate::packages::{PackageError, Packages, unpack_base};
use crate::process::{self, ProcessError};
use crate::progress;
use crate::store::{Key, Store, StoreError, file_sha256};
use crate::wheels;
use crate::workspace::Workspace;

/// Empty folders that things are mounted on.
const MOUNT_POINTS: &[&str] = &["data", "dev", "proc", "root", "run", "sys", "tmp", "var"];

/// Overlays in the order of their laying; the first one is shared with the Buildroot image.
const OVERLAYS: &[&str] = &["buildroot/rootfs-overlay", "image/overlay"];

/// Why the root cannot be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RootError {
    #[error("cannot use {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Kernel(#[from] KernelError),
    #[error(transparent)]
    Library(#[from] LibraryError),
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> RootError {
    move |source| RootError::File {
        path: path.to_owned(),
        source,
    }
}

/// The unpacked user land, with busybox's commands linked.
pub(crate) fn base(packages: &Packages, store: &Store) -> Result<PathBuf, RootError> {
    let files = packages.base();
    // A package's file carries its hash in its name.
    let key = files.iter().fold(Key::new("base 1"), |key, file| {
        key.with(file.as_os_str().as_encoded_bytes())
    });
    let step = progress::step("user land");
    let (folder, made) = store.entry("base", &key, |folder| {
        unpack_base(&files, folder)?;
        link_busybox(folder)
    })?;
    step.done(if made { "unpacked" } else { "unchanged" });
    Ok(folder)
}

/// Links every command that busybox offers and no other package brought.
fn link_busybox(root: &Path) -> Result<(), RootError> {
    let busybox = root.join("usr/bin/busybox");
    // A static program without threads: the plain emulator runs it anywhere.
    let list = process::capture_text(
        process::program("qemu-aarch64")
            .arg(&busybox)
            .arg("--list-full"),
    )?;
    for command in list.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let link = root.join(command);
        if let Some(parent) = link.parent() {
            fs::create_dir_all(parent).map_err(at(parent))?;
        }
        if link.symlink_metadata().is_err() {
            symlink("/usr/bin/busybox", &link).map_err(at(&link))?;
        }
    }
    Ok(())
}

/// What goes into the root besides Debian's packages.
pub(crate) struct Contents<'a> {
    pub(crate) base: &'a Path,
    pub(crate) kernel: &'a Kernel,
    pub(crate) service: &'a Path,
    pub(crate) libraries: &'a [Library],
    /// The board's name, as the service knows it.
    pub(crate) board: &'a str,
}

/// A library that the service opens by itself.
pub(crate) struct Library {
    file: PathBuf,
    /// From the root.
    place: &'static str,
    /// Terms that lie beside the file and go with it, and where to.
    terms: Option<&'static str>,
}

impl Library {
    /// Where the service looks for ONNX Runtime first.
    pub(crate) fn onnx_runtime(file: PathBuf) -> Self {
        Self {
            file,
            place: "usr/lib/triune/libonnxruntime.so",
            terms: Some("usr/share/doc/onnxruntime"),
        }
    }

    /// What the board file of QEMU's machine names as its NPU's library.
    pub(crate) fn soft_runtime(file: PathBuf) -> Self {
        Self {
            file,
            place: "usr/lib/triune/librknnrt-soft.so",
            terms: None,
        }
    }

    fn put(&self, root: &Path) -> Result<(), RootError> {
        put(&self.file, &root.join(self.place), 0o644)?;
        let Some(folder) = self.terms else {
            return Ok(());
        };
        for &name in wheels::TERMS {
            let terms = self.file.with_file_name(name);
            put(&terms, &root.join(folder).join(name), 0o644)?;
        }
        Ok(())
    }
}

/// Copies a file to a place whose folders may have to be made.
fn put(from: &Path, to: &Path, mode: u32) -> Result<(), RootError> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    fs::copy(from, to).map_err(at(from))?;
    fs::set_permissions(to, fs::Permissions::from_mode(mode)).map_err(at(to))
}

/// The root as a squashfs file, or the one made earlier from the same things.
pub(crate) fn image(
    workspace: &Workspace,
    contents: &Contents<'_>,
    store: &Store,
) -> Result<PathBuf, RootError> {
    libraries::check(contents.service, contents.base)?;
    for library in contents.libraries {
        libraries::check(&library.file, contents.base)?;
    }
    let service = file_sha256(contents.service).map_err(at(contents.service))?;
    let mut key = Key::new("root 3")
        .with(contents.base.as_os_str().as_encoded_bytes())
        .with(contents.kernel.identity())
        .with(contents.board)
        .with(service);
    for library in contents.libraries {
        let hash = file_sha256(&library.file).map_err(at(&library.file))?;
        key = key.with(library.place).with(hash);
    }
    for overlay in OVERLAYS {
        key = digest(&workspace.root().join(overlay), key)?;
    }
    let step = progress::step("root");
    let (file, made) = store.entry("root", &key, |file| pack(workspace, contents, store, file))?;
    step.done(if made { "packed" } else { "unchanged" });
    Ok(file)
}

fn pack(
    workspace: &Workspace,
    contents: &Contents<'_>,
    store: &Store,
    file: &Path,
) -> Result<(), RootError> {
    let folder = store.scratch()?;
    let root = folder.path();
    fs::set_permissions(root, fs::Permissions::from_mode(0o755)).map_err(at(root))?;
    copy_tree(contents.base, root, How::Link)?;
    copy_tree(
        &contents.kernel.modules(),
        &root.join("usr/lib/modules"),
        How::Link,
    )?;
    for overlay in OVERLAYS {
        copy_tree(&workspace.root().join(overlay), root, How::Copy)?;
    }
    for name in MOUNT_POINTS {
        let path = root.join(name);
        fs::create_dir_all(&path).map_err(at(&path))?;
    }
    put(contents.service, &root.join("usr/bin/triune"), 0o755)?;
    for library in contents.libraries {
        library.put(root)?;
    }
    let settings = root.join("etc/triune");
    fs::create_dir_all(&settings).map_err(at(&settings))?;
    let resolver = root.join("etc/resolv.conf");
    symlink("/run/resolv.conf", &resolver).map_err(at(&resolver))?;
    for (name, text) in [
        ("etc/triune/board", format!("{}\n", contents.board)),
        ("etc/modules", contents.kernel.at_boot()?),
    ] {
        let path = root.join(name);
        fs::write(&path, text).map_err(at(&path))?;
    }
    squash(root, file)
}

/// Packs a folder so that the same content gives the same bytes, owned by root.
pub(crate) fn squash(folder: &Path, file: &Path) -> Result<(), RootError> {
    process::capture(
        process::program("mksquashfs")
            .args([folder, file])
            .args([
                "-noappend",
                "-quiet",
                "-no-progress",
                "-no-xattrs",
                "-all-root",
            ])
            .args(["-comp", "lz4", "-mkfs-time", "0", "-all-time", "0"]),
    )?;
    Ok(())
}

#[derive(Clone, Copy)]
enum How {
    /// Shares the bytes: the copy is only read.
    Link,
    /// Replaces what is there.
    Copy,
}

fn copy_tree(from: &Path, to: &Path, how: How) -> Result<(), RootError> {
    fs::create_dir_all(to).map_err(at(to))?;
    for path in sorted_entries(from)? {
        let Some(name) = path.file_name() else {
            continue;
        };
        let place = to.join(name);
        let kind = path.symlink_metadata().map_err(at(&path))?.file_type();
        if kind.is_dir() {
            // Through a link such as lib -> usr/lib, if there is one.
            copy_tree(&path, &place, how)?;
            continue;
        }
        if place.symlink_metadata().is_ok() {
            fs::remove_file(&place).map_err(at(&place))?;
        }
        if kind.is_symlink() {
            let target = fs::read_link(&path).map_err(at(&path))?;
            symlink(target, &place).map_err(at(&place))?;
        } else {
            match how {
                How::Link => fs::hard_link(&path, &place).map_err(at(&place))?,
                How::Copy => {
                    fs::copy(&path, &place).map_err(at(&place))?;
                }
            }
        }
    }
    Ok(())
}

/// Adds the names, modes and contents of a folder to a key.
fn digest(folder: &Path, mut key: Key) -> Result<Key, RootError> {
    for path in sorted_entries(folder)? {
        let data = path.symlink_metadata().map_err(at(&path))?;
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        key = key.with(name).with(data.permissions().mode().to_le_bytes());
        key = if data.is_dir() {
            digest(&path, key)?
        } else if data.is_symlink() {
            key.with(
                fs::read_link(&path)
                    .map_err(at(&path))?
                    .as_os_str()
                    .as_encoded_bytes(),
            )
        } else {
            key.with(fs::read(&path).map_err(at(&path))?)
        };
    }
    Ok(key)
}

fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>, RootError> {
    let entries = fs::read_dir(folder).map_err(at(folder))?;
    let mut paths: Vec<_> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(at(folder))?;
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlay_replaces_a_file_without_touching_the_base() {
        let places = tempfile::tempdir().unwrap();
        let [base, overlay, root] =
            ["base", "overlay", "root"].map(|name| places.path().join(name));
        for folder in [&base, &overlay] {
            fs::create_dir_all(folder.join("etc")).unwrap();
        }
        fs::write(base.join("etc/a"), "base").unwrap();
        fs::write(base.join("etc/b"), "base").unwrap();
        fs::write(overlay.join("etc/a"), "ours").unwrap();
        copy_tree(&base, &root, How::Link).unwrap();
        copy_tree(&overlay, &root, How::Copy).unwrap();
        let read = |path: &str| fs::read_to_string(places.path().join(path)).unwrap();
        assert_eq!(read("root/etc/a"), "ours");
        assert_eq!(read("root/etc/b"), "base");
        assert_eq!(read("base/etc/a"), "base");
    }

    #[test]
    fn libraries_lie_where_they_are_looked_for() {
        let board = include_str!("../../board/boards/qemu-aarch64/board.toml");
        let soft_runtime = Library::soft_runtime(PathBuf::new());
        assert!(board.contains(&format!("library = [\"/{}\"]", soft_runtime.place)));
        let search = include_str!("../../npu/src/cpu/onnx_runtime/search.rs");
        let onnx_runtime = Library::onnx_runtime(PathBuf::new());
        let (folder, name) = onnx_runtime.place.rsplit_once('/').unwrap();
        assert!(search.contains(&format!("PathBuf::from(\"/{folder}\")")));
        assert!(search.contains(&format!("NAME: &str = \"{name}\"")));
    }

    #[test]
    fn a_library_goes_with_its_terms_and_not_without_them() {
        let places = tempfile::tempdir().unwrap();
        let [from, root] = ["from", "root"].map(|name| places.path().join(name));
        fs::create_dir_all(&from).unwrap();
        let file = from.join("libonnxruntime.so");
        fs::write(&file, "library").unwrap();
        let library = Library::onnx_runtime(file);
        assert!(library.put(&root).is_err(), "without its terms");
        for name in wheels::TERMS {
            fs::write(from.join(name), "terms").unwrap();
        }
        library.put(&root).unwrap();
        for place in [
            "usr/lib/triune/libonnxruntime.so",
            "usr/share/doc/onnxruntime/LICENSE",
        ] {
            assert!(root.join(place).is_file(), "{place}");
        }
    }

    #[test]
    fn a_change_of_mode_or_content_changes_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("script");
        fs::write(&file, "one").unwrap();
        let name = |folder: &Path| {
            let store = Store::open(tempfile::tempdir().unwrap().keep()).unwrap();
            let key = digest(folder, Key::new("x")).unwrap();
            let (path, _) = store
                .entry("k", &key, |path| fs::write(path, "").map_err(at(path)))
                .unwrap();
            path.file_name().unwrap().to_owned()
        };
        let first = name(folder.path());
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        let second = name(folder.path());
        fs::write(&file, "two").unwrap();
        let third = name(folder.path());
        assert!(first != second && second != third);
    }
}
