//! Looks at a library before it is used: `ort` would panic on some of what can be found.
#![allow(
    unsafe_code,
    reason = "a library's own functions are asked for its version"
)]

use super::elf;
use super::error::OnnxRuntimeError;
use libloading::os::unix::{Library as Handle, RTLD_LOCAL, RTLD_NOW};
use ort::sys::{ORT_API_VERSION, OrtApiBase};
use std::ffi::CStr;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

const ENTRY: &str = "OrtGetApiBase";

/// Versions that load and compute wrong results: version, processor, what is wrong.
const FAULTY: &[(&str, &str, &str)] = &[(
    // k2-fsa/sherpa-onnx issue 3850; mended in 1.27.1.
    "1.27.0",
    "aarch64",
    "computes wrong convolutions on processors with matrix instructions (SME)",
)];

/// A library that is ONNX Runtime and of a version that can be driven.
#[derive(Clone, Debug)]
pub(super) struct Library {
    /// Its file, links resolved.
    pub(super) path: PathBuf,
    /// As it says, for example `1.31.1`.
    pub(super) version: String,
}

impl Library {
    /// Loads the library and asks what it is. It stays loaded whatever it is: a library may have
    /// left behind what does not survive its end.
    pub(super) fn inspect(path: &Path) -> Result<Self, OnnxRuntimeError> {
        elf::check(path)?;
        let path = path
            .canonicalize()
            .map_err(|reason| OnnxRuntimeError::Unreadable {
                path: path.to_owned(),
                reason,
            })?;
        // SAFETY: loading runs the library's initialisers. It is one that the user or the system
        // installed under the name of ONNX Runtime; its initialisers may run in any process.
        let handle = unsafe { Handle::open(Some(&path), RTLD_NOW | RTLD_LOCAL) };
        let handle = ManuallyDrop::new(handle.map_err(|error| OnnxRuntimeError::NotLoadable {
            path: path.clone(),
            reason: error.to_string(),
        })?);
        let foreign = || OnnxRuntimeError::Foreign {
            path: path.clone(),
            symbol: ENTRY,
        };
        // SAFETY: this is the type that ONNX Runtime's C interface gives the function of this name.
        let entry =
            unsafe { handle.get::<unsafe extern "C" fn() -> *const OrtApiBase>(ENTRY.as_bytes()) };
        let entry = entry.map_err(|_| foreign())?;
        // SAFETY: the function takes nothing and may be called at any time.
        let base = unsafe { entry() };
        // SAFETY: if it is not null it points to a structure that lives as long as the library,
        // which is never unloaded.
        let base = unsafe { base.as_ref() }.ok_or_else(foreign)?;
        // SAFETY: as the function above.
        let text = unsafe { (base.GetVersionString)() };
        if text.is_null() {
            return Err(foreign());
        }
        // SAFETY: not null, and the interface promises a text that ends in a zero and stays.
        let version = unsafe { CStr::from_ptr(text) };
        let version = version.to_string_lossy().into_owned();
        judge(&path, &version, std::env::consts::ARCH)?;
        // SAFETY: the function takes any number and returns null for versions that it does not have.
        let api = unsafe { (base.GetApi)(ORT_API_VERSION) };
        if api.is_null() {
            return Err(wrong_version(&path, &version));
        }
        Ok(Self { path, version })
    }
}

/// Whether a library of this version may be used on this processor.
fn judge(path: &Path, version: &str, processor: &str) -> Result<(), OnnxRuntimeError> {
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().ok());
    let (major, minor) = (numbers.next().flatten(), numbers.next().flatten());
    if major != Some(1) || minor.is_none_or(|minor| minor < ORT_API_VERSION) {
        return Err(wrong_version(path, version));
    }
    let fault = FAULTY
        .iter()
        .find(|(faulty, on, _)| *faulty == version && *on == processor);
    match fault {
        None => Ok(()),
        Some((_, _, fault)) => Err(OnnxRuntimeError::FaultyVersion {
            path: path.to_owned(),
            version: version.to_owned(),
            fault,
        }),
    }
}

fn wrong_version(path: &Path, version: &str) -> OnnxRuntimeError {
    OnnxRuntimeError::WrongVersion {
        path: path.to_owned(),
        version: version.to_owned(),
        oldest: ORT_API_VERSION,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_judged_by_number_and_by_what_is_known_of_them() {
        let judged = |version: &str, processor| judge(Path::new("x"), version, processor);
        for version in ["1.17.0", "1.31.1", "1.100.0-rc1"] {
            assert!(judged(version, "aarch64").is_ok(), "{version}");
        }
        for version in ["1.16.3", "0.31.1", "2.0.0", "1", "", "one.two", "1.x"] {
            assert!(
                matches!(
                    judged(version, "x86_64"),
                    Err(OnnxRuntimeError::WrongVersion { .. })
                ),
                "{version}"
            );
        }
        assert!(judged("1.27.0", "x86_64").is_ok());
        assert!(matches!(
            judged("1.27.0", "aarch64"),
            Err(OnnxRuntimeError::FaultyVersion { .. })
        ));
    }
}
