//! pip, which knows where wheels come from on this machine.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::error::WheelError;
use super::lock::Wheel;
use crate::process::{self, Watch};
use crate::progress::Step;
use crate::store::file_sha256;

const LIMIT: Duration = Duration::from_secs(600);

/// The program.
pub(super) struct Pip(OsString);

impl Pip {
    /// The one on the search path.
    pub(super) fn of_this_machine() -> Self {
        Self("pip3".into())
    }

    #[cfg(test)]
    pub(super) fn at(program: &Path) -> Self {
        Self(program.into())
    }

    /// Downloads a wheel into an empty folder and checks its hash.
    pub(super) fn download(
        &self,
        wheel: &Wheel,
        folder: &Path,
        step: &Step,
    ) -> Result<PathBuf, WheelError> {
        let mut command = Command::new(&self.0);
        command
            .args(["download", "--no-deps", "--only-binary=:all:", "--no-input"])
            .args([
                "--disable-pip-version-check",
                "--progress-bar=off",
                "--retries=2",
            ])
            .args(["--implementation=cp", "--python-version"])
            .arg(wheel.python_version())
            .arg("--abi")
            .arg(&wheel.python)
            .arg("--platform")
            .arg(&wheel.platform)
            .arg("--dest")
            .arg(folder)
            .arg(format!("{}=={}", wheel.name, wheel.version));
        let mut on_line = |line: &str| step.detail(line.to_owned());
        let mut watch = Watch {
            log: None,
            limit: LIMIT,
            on_line: &mut on_line,
        };
        process::watch_well(&mut command, &mut watch).map_err(|reason| WheelError::Download {
            wheel: wheel.to_string(),
            reason,
        })?;
        let file = only_file(wheel, folder)?;
        let found = file_sha256(&file).map_err(WheelError::file(&file))?;
        if found == wheel.sha256 {
            return Ok(file);
        }
        Err(WheelError::Damaged {
            wheel: wheel.to_string(),
            expected: wheel.sha256.clone(),
            found,
        })
    }
}

fn only_file(wheel: &Wheel, folder: &Path) -> Result<PathBuf, WheelError> {
    let entries = fs::read_dir(folder).map_err(WheelError::file(folder))?;
    let files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    match &files[..] {
        [file] => Ok(file.clone()),
        _ => Err(WheelError::NotOneFile {
            wheel: wheel.to_string(),
            found: files.len(),
        }),
    }
}
