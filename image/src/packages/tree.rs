//! A private apt: the machine's own client with lists, caches and sources of ours, so that
//! packages of another release and architecture are had without touching the machine's set-up.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::error::PackageError;
use super::mirror::Mirror;
use super::roots::Set;
use crate::process::{self, ProcessError, Watch};
use crate::progress;

const KEYRINGS: &[&str] = &[
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
];
/// Generous: a slow line fetches the kernel's 93 MB in this time.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(900);

pub(super) struct Tree {
    folder: PathBuf,
    architecture: &'static str,
}

impl Tree {
    /// Makes the folders and the list of sources.
    pub(super) fn prepare(folder: PathBuf, set: &Set) -> Result<Self, PackageError> {
        for name in [
            "state/lists/partial",
            "cache/archives/partial",
            "etc/preferences.d",
        ] {
            let path = folder.join(name);
            fs::create_dir_all(&path).map_err(PackageError::file(&path))?;
        }
        let keyring = KEYRINGS
            .iter()
            .map(Path::new)
            .find(|path| path.is_file())
            .ok_or_else(|| PackageError::NoKeyring(KEYRINGS[0].into()))?;
        let list = Mirror::find()?.source_list(keyring, set.architecture);
        for (name, content) in [("etc/image.sources", list.as_str()), ("state/status", "")] {
            let path = folder.join(name);
            fs::write(&path, content).map_err(PackageError::file(&path))?;
        }
        Ok(Self {
            folder,
            architecture: set.architecture,
        })
    }

    /// One of apt's programs, looking at this tree alone. The machine's own settings (a proxy,
    /// say) stay in force; only the places are ours.
    pub(super) fn command(&self, program: &str) -> Command {
        let place = |name: &str| self.folder.join(name).display().to_string();
        let settings = [
            ("APT::Architecture", self.architecture.to_owned()),
            ("APT::Architectures", self.architecture.to_owned()),
            ("APT::Get::List-Cleanup", "false".to_owned()),
            ("APT::Sandbox::User", current_user()),
            ("Acquire::Languages", "none".to_owned()),
            ("Acquire::Retries", "3".to_owned()),
            ("Dir::Cache", place("cache")),
            ("Dir::Etc::preferences", place("etc/preferences")),
            ("Dir::Etc::preferencesparts", place("etc/preferences.d")),
            ("Dir::Etc::sourcelist", place("etc/image.sources")),
            ("Dir::Etc::sourceparts", "-".to_owned()),
            ("Dir::State", place("state")),
            ("Dir::State::status", place("state/status")),
        ];
        let mut command = process::program(program);
        command
            .env("LC_ALL", "C")
            .env("DEBIAN_FRONTEND", "noninteractive");
        for (key, value) in settings {
            command.arg(format!("-o{key}={value}"));
        }
        command
    }

    /// Fetches the mirror's signed lists; once more after a moment if that fails.
    pub(super) fn update(&self) -> Result<(), PackageError> {
        let step = progress::step("package lists");
        let attempt = || {
            let mut command = self.command("apt-get");
            command.args(["update", "--error-on=any"]);
            process::watch_well(
                &mut command,
                &mut Watch {
                    log: None,
                    limit: Duration::from_secs(180),
                    on_line: &mut |line| step.detail(line.to_owned()),
                },
            )
        };
        match attempt() {
            Err(ProcessError::Failed { .. }) => {
                step.detail("the mirror hiccuped; trying once more");
                std::thread::sleep(Duration::from_secs(3));
                attempt().map_err(PackageError::Update)?;
            }
            other => other.map_err(PackageError::Update)?,
        }
        step.done("signatures checked");
        Ok(())
    }

    /// Downloads packages into a folder; apt checks each against the signed lists.
    pub(super) fn download(
        &self,
        specifications: &[String],
        folder: &Path,
    ) -> Result<(), PackageError> {
        let step = progress::step("packages");
        let mut command = self.command("apt-get");
        command
            .arg("download")
            .args(specifications)
            .current_dir(folder);
        process::watch_well(
            &mut command,
            &mut Watch {
                log: None,
                limit: DOWNLOAD_LIMIT,
                on_line: &mut |line| step.detail(line.to_owned()),
            },
        )
        .map_err(PackageError::Download)?;
        step.done(&format!("{} downloaded", specifications.len()));
        Ok(())
    }
}

/// Apt as root would otherwise change to a user who may not enter our folders.
fn current_user() -> String {
    if rustix::process::geteuid().is_root() {
        "root".to_owned()
    } else {
        std::env::var("USER").unwrap_or_else(|_| "root".to_owned())
    }
}
