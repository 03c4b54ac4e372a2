//! Brings what the lock file names, once.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::WheelError;
use super::lock::{self, Wheel};
use super::pip::Pip;
use super::unpack::{self, LIBRARY};
use crate::progress;
use crate::store::{file_sha256, remove, write_whole};
use crate::workspace::Workspace;

/// Beside each library: the hash of the wheel that it is of, and its own.
const STAMP: &str = "wheel";

/// A library that lies ready.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Brought {
    /// What it is, for people.
    pub(crate) what: String,
    /// Its file.
    pub(crate) library: PathBuf,
    /// Whether it had to be downloaded just now.
    pub(crate) downloaded: bool,
}

/// What [`bring`] would download, for people.
pub(crate) fn missing(workspace: &Workspace) -> Result<Vec<String>, WheelError> {
    let folder = workspace.folder("onnxruntime")?;
    let wheels = read_lock(workspace)?;
    let missing = wheels.iter().filter(|wheel| !is_there(wheel, &folder));
    Ok(missing.map(ToString::to_string).collect())
}

/// Makes sure that the library of each wheel lies in `target/appliance/onnxruntime/<processor>/`.
///
/// What is there and whole is left alone; a run that was cut off is made good by the next.
pub(crate) fn bring(workspace: &Workspace) -> Result<Vec<Brought>, WheelError> {
    let folder = workspace.folder("onnxruntime")?;
    let wheels = read_lock(workspace)?;
    bring_into(&folder, &wheels, &Pip::of_this_machine())
}

/// Makes sure that the library for one processor is there.
pub(crate) fn bring_for(
    workspace: &Workspace,
    architecture: &'static str,
) -> Result<PathBuf, WheelError> {
    let folder = workspace.folder("onnxruntime")?;
    let mut wheels = read_lock(workspace)?;
    wheels.retain(|wheel| wheel.architecture() == architecture);
    let brought = bring_into(&folder, &wheels, &Pip::of_this_machine())?;
    let only = brought.into_iter().next();
    only.map(|brought| brought.library)
        .ok_or(WheelError::NotLocked(architecture))
}

/// The library for one processor, if it is there and whole.
pub(crate) fn find(
    workspace: &Workspace,
    architecture: &str,
) -> Result<Option<PathBuf>, WheelError> {
    let folder = workspace.folder("onnxruntime")?;
    let wheels = read_lock(workspace)?;
    Ok(wheels
        .iter()
        .find(|wheel| wheel.architecture() == architecture && is_there(wheel, &folder))
        .map(|wheel| folder.join(wheel.architecture()).join(LIBRARY)))
}

fn read_lock(workspace: &Workspace) -> Result<Vec<Wheel>, WheelError> {
    let path = workspace.root().join("image/wheels.lock");
    let text = fs::read_to_string(&path).map_err(WheelError::file(&path))?;
    lock::parse(&text, &path)
}

fn bring_into(folder: &Path, wheels: &[Wheel], pip: &Pip) -> Result<Vec<Brought>, WheelError> {
    wheels
        .iter()
        .map(|wheel| {
            let downloaded = !is_there(wheel, folder);
            if downloaded {
                fetch(wheel, folder, pip)?;
            }
            Ok(Brought {
                what: wheel.to_string(),
                library: folder.join(wheel.architecture()).join(LIBRARY),
                downloaded,
            })
        })
        .collect()
}

/// Whether the library is there and is what was unpacked from this very wheel.
fn is_there(wheel: &Wheel, folder: &Path) -> bool {
    let place = folder.join(wheel.architecture());
    let Ok(stamp) = fs::read_to_string(place.join(STAMP)) else {
        return false;
    };
    file_sha256(&place.join(LIBRARY)).is_ok_and(|library| stamp == stamp_of(wheel, &library))
}

fn stamp_of(wheel: &Wheel, library: &str) -> String {
    format!("{} {library}\n", wheel.sha256)
}

fn fetch(wheel: &Wheel, folder: &Path, pip: &Pip) -> Result<(), WheelError> {
    let step = progress::step(wheel.to_string());
    // Gone when this ends, however it ends, but for a kill: then the name says what it was.
    let scratch = || {
        tempfile::Builder::new()
            .prefix("unfinished-")
            .tempdir_in(folder)
            .map_err(WheelError::file(folder))
    };
    sweep(folder)?;
    let (arrival, unpacked, ready) = (scratch()?, scratch()?, scratch()?);
    let file = pip.download(wheel, arrival.path(), &step)?;
    unpack::unpack(wheel, &file, unpacked.path(), ready.path())?;
    let library = ready.path().join(LIBRARY);
    let hash = file_sha256(&library).map_err(WheelError::file(&library))?;
    write_whole(&ready.path().join(STAMP), stamp_of(wheel, &hash).as_bytes())?;
    let place = folder.join(wheel.architecture());
    if place.exists() {
        remove(&place).map_err(WheelError::file(&place))?;
    }
    fs::rename(ready.path(), &place).map_err(WheelError::file(&place))?;
    step.done("brought");
    Ok(())
}

/// Removes what a run that was killed left behind.
fn sweep(folder: &Path) -> Result<(), WheelError> {
    let entries = fs::read_dir(folder).map_err(WheelError::file(folder))?;
    for entry in entries.filter_map(Result::ok) {
        if entry
            .file_name()
            .to_string_lossy()
            .starts_with("unfinished-")
        {
            remove(&entry.path()).map_err(WheelError::file(entry.path()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    use tempfile::TempDir;

    use super::*;

    /// A wheel made here, a pip that brings it, and a count of how often it did.
    struct Stage {
        root: TempDir,
        wheel: Wheel,
    }

    impl Stage {
        /// `None` where there is no Python.
        fn new() -> Option<Self> {
            let root = tempfile::tempdir().unwrap();
            let package = root.path().join("onnxruntime");
            fs::create_dir_all(package.join("capi")).unwrap();
            for (name, content) in [
                ("capi/libonnxruntime.so.1.2.3", "library"),
                ("capi/libonnxruntime_providers_shared.so", "another"),
                ("LICENSE", "terms"),
                ("ThirdPartyNotices.txt", "notices"),
            ] {
                fs::write(package.join(name), content).unwrap();
            }
            let file = root.path().join("made.whl");
            let outcome = Command::new("python3")
                .args(["-m", "zipfile", "--create"])
                .args([&file, &package])
                .status();
            if !outcome.is_ok_and(|status| status.success()) {
                println!("skipped: no Python");
                return None;
            }
            let wheel = Wheel {
                name: "onnxruntime".into(),
                version: "1.2.3".into(),
                python: "cp312".into(),
                platform: "manylinux_2_28_aarch64".into(),
                sha256: file_sha256(&file).unwrap(),
            };
            Some(Self { root, wheel })
        }

        /// A program that does what `body` says, where the destination is `$dest`.
        fn pip(&self, body: &str) -> Pip {
            let path = self.root.path().join("pip3");
            let root = self.root.path().display();
            let script = format!(
                "#!/bin/sh\nroot='{root}'\necho called >> \"$root/calls\"\n\
                 while [ \"$1\" != --dest ]; do shift; done\ndest=$2\n{body}\n"
            );
            fs::write(&path, script).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            Pip::at(&path)
        }

        fn honest(&self) -> Pip {
            self.pip("cp \"$root/made.whl\" \"$dest/\"")
        }

        fn calls(&self) -> usize {
            let calls = fs::read_to_string(self.root.path().join("calls"));
            calls.map_or(0, |calls| calls.lines().count())
        }

        fn folder(&self) -> PathBuf {
            let folder = self.root.path().join("folder");
            fs::create_dir_all(&folder).unwrap();
            folder
        }

        fn bring(&self, pip: &Pip) -> Result<Vec<Brought>, WheelError> {
            bring_into(&self.folder(), std::slice::from_ref(&self.wheel), pip)
        }
    }

    #[test]
    fn a_library_is_brought_once_and_anew_when_it_was_changed() {
        let Some(stage) = Stage::new() else { return };
        let pip = stage.honest();
        let brought = stage.bring(&pip).unwrap();
        let library = &brought[0].library;
        assert!(brought[0].downloaded);
        assert_eq!(fs::read_to_string(library).unwrap(), "library");
        assert!(library.with_file_name("LICENSE").is_file());

        assert!(!stage.bring(&pip).unwrap()[0].downloaded);
        assert_eq!(stage.calls(), 1);

        fs::write(library, "libr").unwrap();
        assert!(stage.bring(&pip).unwrap()[0].downloaded);
        assert_eq!(fs::read_to_string(library).unwrap(), "library");
        // Nothing but the library's folder is left.
        assert_eq!(fs::read_dir(stage.folder()).unwrap().count(), 1);
    }

    #[test]
    fn another_lock_brings_another_wheel() {
        let Some(mut stage) = Stage::new() else {
            return;
        };
        stage.bring(&stage.honest()).unwrap();
        stage.wheel.sha256 = "0".repeat(64);
        let refused = stage.bring(&stage.honest()).unwrap_err();
        assert!(matches!(refused, WheelError::Damaged { .. }), "{refused}");
    }

    #[test]
    fn a_damaged_or_missing_wheel_leaves_what_was_there() {
        let Some(mut stage) = Stage::new() else {
            return;
        };
        let library = stage.bring(&stage.honest()).unwrap().remove(0).library;
        stage.wheel.version = "1.2.4".into();
        stage.wheel.sha256 = "1".repeat(64);
        let damaged = stage.pip("echo damaged > \"$dest/made.whl\"");
        let refused = stage.bring(&damaged).unwrap_err();
        assert!(matches!(refused, WheelError::Damaged { .. }), "{refused}");
        let refused = stage.bring(&stage.pip("true")).unwrap_err();
        assert!(
            matches!(refused, WheelError::NotOneFile { .. }),
            "{refused}"
        );
        assert_eq!(fs::read_to_string(library).unwrap(), "library");
    }

    #[test]
    fn without_a_network_the_message_says_what_fails_and_what_does_not() {
        let Some(stage) = Stage::new() else { return };
        let cut_off = stage.pip("echo 'Failed to establish a new connection' >&2; exit 1");
        let message = stage.bring(&cut_off).unwrap_err().to_string();
        for said in [
            "onnxruntime 1.2.3 for aarch64",
            "network",
            "pure Rust",
            "Failed to establish",
        ] {
            assert!(message.contains(said), "{said}: {message}");
        }
        assert_eq!(fs::read_dir(stage.folder()).unwrap().count(), 0);
    }

    #[test]
    fn what_a_killed_run_left_is_swept() {
        let Some(stage) = Stage::new() else { return };
        let left = stage.folder().join("unfinished-abc");
        fs::create_dir(&left).unwrap();
        stage.bring(&stage.honest()).unwrap();
        assert!(!left.exists());
    }
}
