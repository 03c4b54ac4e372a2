//! Unpacks packages into a folder, without installing them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::error::PackageError;
use crate::process::{self, ProcessError};

/// What an appliance has no reader for. Copyright files stay.
const LEFT_OUT: &[&str] = &[
    "./usr/share/man",
    "./usr/share/info",
    "./usr/share/locale",
    "./usr/share/lintian",
    "./usr/share/bug",
    "./usr/share/initramfs-tools",
    "./usr/share/doc/*/changelog*",
    "./usr/share/doc/*/NEWS*",
    "./usr/share/doc/*/README*",
    "./usr/lib/aarch64-linux-gnu/gconv",
    "./usr/lib/systemd",
    "./etc/cron.d",
];

/// Unpacks user land packages, with the top-level links that Debian's base files would make.
pub(crate) fn unpack_base(packages: &[PathBuf], folder: &Path) -> Result<(), PackageError> {
    for (link, target) in [("bin", "usr/bin"), ("sbin", "usr/sbin"), ("lib", "usr/lib")] {
        let real = folder.join(target);
        fs::create_dir_all(&real).map_err(PackageError::file(&real))?;
        let link = folder.join(link);
        symlink(target, &link).map_err(PackageError::file(&link))?;
    }
    packages
        .iter()
        .try_for_each(|package| unpack(package, folder, LEFT_OUT, &[]))
}

/// Unpacks the kernel and its modules.
pub(crate) fn unpack_kernel(package: &Path, folder: &Path) -> Result<(), PackageError> {
    fs::create_dir_all(folder).map_err(PackageError::file(folder))?;
    unpack(package, folder, &["./usr/share", "./boot/System.map*"], &[])
}

/// Unpacks these files alone, written as `./usr/bin/name`; one that is missing is an error.
pub(crate) fn unpack_only(
    package: &Path,
    folder: &Path,
    files: &[&str],
) -> Result<(), PackageError> {
    unpack(package, folder, &[], files)
}

/// Unpacks `only` these files, or all if there are none, without what is `left_out`.
fn unpack(
    package: &Path,
    folder: &Path,
    left_out: &[&str],
    only: &[&str],
) -> Result<(), PackageError> {
    let mut opener = process::program("dpkg-deb");
    opener.arg("--fsys-tarfile").arg(package);
    let mut reader = opener
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|_| ProcessError::Missing("dpkg-deb".to_owned()))?;
    let mut tar = process::program("tar");
    tar.args([
        "--extract",
        "--keep-directory-symlink",
        "--no-same-owner",
        "--directory",
    ])
    .arg(folder)
    .args(
        left_out
            .iter()
            .map(|pattern| format!("--exclude={pattern}")),
    )
    .args(only);
    if let Some(archive) = reader.stdout.take() {
        tar.stdin(archive);
    }
    let output = tar
        .output()
        .map_err(|_| ProcessError::Missing("tar".to_owned()))?;
    let opened = reader.wait().map_err(PackageError::file(package))?;
    for (name, status) in [("dpkg-deb", opened), ("tar", output.status)] {
        if !status.success() {
            return Err(ProcessError::Failed {
                command: format!("{name} {}", package.display()),
                status,
                tail: String::from_utf8_lossy(&output.stderr).into_owned(),
            }
            .into());
        }
    }
    Ok(())
}
