//! The emulator that runs the NPU crates' tests as aarch64 programs: the machine's own if it is
//! new enough, or a newer Debian's, unpacked beside the build and not installed.
//!
//! QEMU 7.2, which Debian 12 has, crashes in ONNX Runtime.

use std::env::consts::ARCH;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::packages::{self, PackageError, unpack_only};
use crate::process;
use crate::progress;
use crate::store::{StoreError, file_sha256, remove, write_whole};
use crate::workspace::{Workspace, WorkspaceError};

const PROGRAM: &str = "qemu-aarch64";
/// The first version of which it was seen that ONNX Runtime runs in it.
const NEW_ENOUGH: u32 = 10;
/// What is taken out of the package: the program, which is static, and its terms.
const FILES: &[(&str, &str)] = &[
    ("./usr/bin/qemu-aarch64", PROGRAM),
    ("./usr/share/doc/qemu-user/copyright", "copyright"),
];
/// Beside the program: the hash of the lock file that it is of, and its own.
const STAMP: &str = "package";

/// Why there is no emulator that is new enough.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EmulatorError {
    #[error(
        "{package} is for x86-64 machines, and this is {ARCH}: install QEMU {NEW_ENOUGH} or newer",
        package = packages::EMULATOR_LOCK
    )]
    OtherMachine,
    #[error(
        "`cargo appliance setup` has not brought QEMU {NEW_ENOUGH}, and this machine's own is {0}"
    )]
    NotBrought(String),
    #[error("cannot use {path}: {source}; check its owner and the free space")]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> EmulatorError {
    move |source| EmulatorError::File {
        path: path.to_owned(),
        source,
    }
}

/// The emulator in which ONNX Runtime runs, if it is there.
pub(crate) fn find(workspace: &Workspace) -> Result<PathBuf, EmulatorError> {
    let own = own_version();
    if own.is_some_and(|version| version >= NEW_ENOUGH) {
        return Ok(PROGRAM.into());
    }
    let place = workspace.folder("emulator")?;
    if is_there(&place, &lock_hash(workspace)?) {
        return Ok(place.join(PROGRAM));
    }
    let own = own.map_or_else(|| "missing".to_owned(), |version| version.to_string());
    Err(EmulatorError::NotBrought(own))
}

/// Makes sure that [`find`] finds one. What is there and whole is left alone.
pub(crate) fn bring(workspace: &Workspace) -> Result<PathBuf, EmulatorError> {
    if let Ok(found) = find(workspace) {
        return Ok(found);
    }
    if ARCH != "x86_64" {
        return Err(EmulatorError::OtherMachine);
    }
    let _claim = workspace.claim()?;
    let place = workspace.folder("emulator")?;
    // The mirror may have a newer package than the lock: then that one stands in for it.
    let hash = lock_hash(workspace)?;
    let packages = packages::fetch(workspace, &packages::EMULATOR)?;
    let step = progress::step("emulator");
    for package in packages.base() {
        unpack(&package, &place)?;
    }
    let program = place.join(PROGRAM);
    let own = file_sha256(&program).map_err(at(&program))?;
    write_whole(&place.join(STAMP), stamp(&hash, &own).as_bytes())?;
    // 71 MB, of which one program was needed.
    let downloads = packages.folder();
    remove(downloads).map_err(at(downloads))?;
    step.done("unpacked");
    Ok(program)
}

fn unpack(package: &Path, place: &Path) -> Result<(), EmulatorError> {
    let scratch = tempfile::tempdir_in(place).map_err(at(place))?;
    let names: Vec<_> = FILES.iter().map(|(name, _)| *name).collect();
    unpack_only(package, scratch.path(), &names)?;
    for (from, to) in FILES {
        let to = place.join(to);
        fs::rename(scratch.path().join(from), &to).map_err(at(&to))?;
    }
    Ok(())
}

fn lock_hash(workspace: &Workspace) -> Result<String, EmulatorError> {
    let lock = workspace.root().join(packages::EMULATOR_LOCK);
    file_sha256(&lock).map_err(at(&lock))
}

fn stamp(lock: &str, program: &str) -> String {
    format!("{lock} {program}\n")
}

/// Whether the program is there, whole, and of this very lock file.
fn is_there(place: &Path, lock: &str) -> bool {
    let Ok(found) = fs::read_to_string(place.join(STAMP)) else {
        return false;
    };
    let program = place.join(PROGRAM);
    let runs =
        |path: &Path| fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o111 != 0);
    runs(&program) && file_sha256(&program).is_ok_and(|own| found == stamp(lock, &own))
}

/// The version of the one on the search path.
fn own_version() -> Option<u32> {
    let text = process::capture_text(process::program(PROGRAM).arg("--version")).ok()?;
    major(&text)
}

/// `qemu-aarch64 version 7.2.22 (Debian ...)` is 7.
fn major(text: &str) -> Option<u32> {
    let (_, after) = text.split_once(" version ")?;
    after.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_as_qemu_prints_it() {
        let text = "qemu-aarch64 version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\nCopyright\n";
        assert_eq!(major(text), Some(7));
        assert_eq!(major("qemu-aarch64 version 10.0.13\n"), Some(10));
        assert_eq!(major("usage: something else"), None);
    }

    #[test]
    fn a_program_that_is_of_another_lock_cut_short_or_not_to_be_run_is_not_there() {
        let place = tempfile::tempdir().unwrap();
        let program = place.path().join(PROGRAM);
        fs::write(&program, "program").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(!is_there(place.path(), "lock"), "without a stamp");
        let own = file_sha256(&program).unwrap();
        fs::write(place.path().join(STAMP), stamp("lock", &own)).unwrap();
        assert!(is_there(place.path(), "lock"));
        assert!(!is_there(place.path(), "another lock"));
        fs::set_permissions(&program, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(!is_there(place.path(), "lock"), "not to be run");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(&program, "prog").unwrap();
        assert!(!is_there(place.path(), "lock"), "cut short");
    }
}
