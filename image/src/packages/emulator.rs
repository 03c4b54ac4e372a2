//! The emulator of single programs, of the release that the image is made from: the one of an older
//! release dies in ONNX Runtime. It is a static program and is not installed, only unpacked.

use std::fs;
use std::path::PathBuf;

use super::error::PackageError;
use super::fetch::{download, file_of};
use super::resolve;
use super::roots::{EMULATOR, architecture_of};
use super::tree::Tree;
use super::unpack::unpack_program;
use crate::store::{file_sha256, write_whole};
use crate::workspace::Workspace;

/// The program in the package.
const PROGRAM: &str = "qemu-aarch64";
/// Beside it: its hash.
const STAMP: &str = "sha256";

/// The emulator's file, downloaded if it is not here and whole. `None` where the board's programs run
/// as they are, or Debian has no emulator for this machine.
pub(crate) fn emulator(workspace: &Workspace) -> Result<Option<PathBuf>, PackageError> {
    let processor = std::env::consts::ARCH;
    let Some(architecture) = architecture_of(processor).filter(|_| processor != "aarch64") else {
        return Ok(None);
    };
    let folder = workspace.folder("emulator")?;
    let (program, stamp) = (folder.join(PROGRAM), folder.join(STAMP));
    let is_there = fs::read_to_string(&stamp)
        .is_ok_and(|hash| file_sha256(&program).is_ok_and(|found| found == hash));
    if is_there {
        return Ok(Some(program));
    }
    let _claim = workspace.claim()?;
    let tree = Tree::prepare(workspace.folder("apt-here")?, architecture)?;
    tree.update()?;
    let package = resolve::one(&tree, EMULATOR)?;
    let arrivals = tempfile::tempdir_in(&folder).map_err(PackageError::file(&folder))?;
    download(&tree, arrivals.path(), std::slice::from_ref(&package))?;
    // It holds the emulators of all processors: one is kept.
    let unpacked = unpack_program(
        &file_of(arrivals.path(), &package),
        arrivals.path(),
        &format!("usr/bin/{PROGRAM}"),
    )?;
    fs::rename(&unpacked, &program).map_err(PackageError::file(&program))?;
    let hash = file_sha256(&program).map_err(PackageError::file(&program))?;
    write_whole(&stamp, hash.as_bytes())?;
    Ok(Some(program))
}
