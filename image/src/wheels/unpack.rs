//! Takes the library out of a wheel, which is a ZIP file (PEP 427).

use std::fs;
use std::path::{Path, PathBuf};

use super::error::WheelError;
use super::lock::Wheel;
use crate::process;

/// What the library is called in every place, whatever its version.
pub(super) const LIBRARY: &str = "libonnxruntime.so";
/// What it is accompanied by: the terms under which it may be handed on.
pub(crate) const TERMS: &[&str] = &["LICENSE", "ThirdPartyNotices.txt"];

/// Moves the library and its terms from the wheel into `place`. `scratch` is an empty folder on the
/// same file system.
pub(super) fn unpack(
    wheel: &Wheel,
    file: &Path,
    scratch: &Path,
    place: &Path,
) -> Result<(), WheelError> {
    // pip is a program in Python, so this is where pip is.
    let mut python = process::program("python3");
    python
        .args(["-m", "zipfile", "--extract"])
        .arg(file)
        .arg(scratch);
    process::capture(&mut python).map_err(|reason| WheelError::Unpack {
        wheel: wheel.to_string(),
        reason,
    })?;
    let package = scratch.join(&wheel.name);
    let lacks = |file| WheelError::Lacks {
        wheel: wheel.to_string(),
        file,
    };
    let library = library(&package.join("capi")).ok_or_else(|| lacks(LIBRARY))?;
    let into = |from: &Path, name: &str| {
        let to = place.join(name);
        fs::rename(from, &to).map_err(WheelError::file(&to))
    };
    into(&library, LIBRARY)?;
    for &name in TERMS {
        let file = package.join(name);
        if !file.is_file() {
            return Err(lacks(name));
        }
        into(&file, name)?;
    }
    Ok(())
}

/// The wheel's library has its version behind its name.
fn library(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    entries
        .filter_map(Result::ok)
        .find(|entry| entry.file_name().to_string_lossy().starts_with(LIBRARY))
        .map(|entry| entry.path())
}
