//! Asks the private apt which packages make a set.

use super::error::PackageError;
use super::lock::Package;
use super::roots::{KERNEL_META, KERNEL_PREFIX, Set};
use super::tree::Tree;
use crate::process;

/// The newest set that the mirror offers.
pub(super) fn newest(tree: &Tree, set: &Set) -> Result<Vec<Package>, PackageError> {
    let mut command = tree.command("apt-get");
    command
        .args(["--simulate", "--no-install-recommends", "install"])
        .args(set.roots);
    let mut specifications = planned_installations(&process::capture_text(&mut command)?);
    if specifications.is_empty() {
        return Err(PackageError::Answer(format!(
            "the packages behind {}",
            set.roots.join(", ")
        )));
    }
    if set.kernel {
        specifications.push(kernel_name(tree)?);
    }
    describe(tree, &specifications)
}

/// What the mirror says of these very packages; `None` if it does not have one of them.
pub(super) fn describe_locked(
    tree: &Tree,
    locked: &[Package],
) -> Result<Option<Vec<Package>>, PackageError> {
    let specifications: Vec<_> = locked.iter().map(Package::specification).collect();
    match describe(tree, &specifications) {
        Ok(found) if found.len() == locked.len() => Ok(Some(found)),
        Ok(_) | Err(PackageError::Process(process::ProcessError::Failed { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The kernel's package carries its version in its name; a meta package points to it. Its
/// own dependencies build an initramfs on an installed system, which the image does not need.
fn kernel_name(tree: &Tree) -> Result<String, PackageError> {
    let mut command = tree.command("apt-cache");
    command.args(["depends", "--no-recommends", "--no-suggests", KERNEL_META]);
    let answer = process::capture_text(&mut command)?;
    answer
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "))
        .find(|name| name.starts_with(KERNEL_PREFIX))
        .map(str::to_owned)
        .ok_or_else(|| PackageError::Answer(format!("the kernel behind {KERNEL_META}")))
}

fn describe(tree: &Tree, specifications: &[String]) -> Result<Vec<Package>, PackageError> {
    let mut command = tree.command("apt-cache");
    command
        .args(["show", "--no-all-versions"])
        .args(specifications);
    let packages = parse_records(&process::capture_text(&mut command)?)?;
    if packages.len() < specifications.len() {
        let missing = specifications
            .iter()
            .find(|wanted| {
                let name = wanted.split('=').next().unwrap_or(wanted);
                !packages.iter().any(|package| package.name == name)
            })
            .cloned()
            .unwrap_or_default();
        return Err(PackageError::Answer(format!("the package {missing}")));
    }
    Ok(packages)
}

/// `Inst name (version ...)` lines of a simulated installation, as `name=version`.
fn planned_installations(answer: &str) -> Vec<String> {
    answer
        .lines()
        .filter_map(|line| {
            let mut words = line.strip_prefix("Inst ")?.split_whitespace();
            let name = words.next()?.split(':').next()?;
            let version = words.find_map(|word| word.strip_prefix('('))?;
            Some(format!("{name}={version}"))
        })
        .collect()
}

/// Paragraphs of `Package:`, `Version:`, `Architecture:`, `SHA256:`.
fn parse_records(answer: &str) -> Result<Vec<Package>, PackageError> {
    let mut packages: Vec<Package> = Vec::new();
    for paragraph in answer.split("\n\n").filter(|text| !text.trim().is_empty()) {
        let field = |key: &str| {
            paragraph
                .lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
                .map(|value| value.trim().to_owned())
                .ok_or_else(|| PackageError::Answer(format!("the field {key} of a package")))
        };
        let package = Package {
            name: field("Package")?,
            version: field("Version")?,
            architecture: field("Architecture")?,
            sha256: field("SHA256")?,
        };
        // The same version is listed once for every suite that carries it.
        if !packages.contains(&package) {
            packages.push(package);
        }
    }
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planned_installations_are_read_with_their_versions() {
        let answer = "Reading package lists...\n\
            Inst gcc-14-base (14.2.0-19 Debian:13.1/stable [arm64])\n\
            Inst libc6:arm64 (2.41-12 Debian:13.1/stable [arm64]) []\n\
            Conf libc6 (2.41-12 Debian:13.1/stable [arm64])\n";
        assert_eq!(
            planned_installations(answer),
            ["gcc-14-base=14.2.0-19", "libc6=2.41-12"]
        );
    }

    #[test]
    fn records_listed_twice_count_once_and_a_record_without_hash_is_refused() {
        let record = "Package: a\nVersion: 1\nArchitecture: arm64\nSHA256: 00\nDescription: x\n";
        let packages = parse_records(&format!("{record}\n{record}")).unwrap();
        assert_eq!(packages.len(), 1);
        assert!(parse_records("Package: a\nVersion: 1\nArchitecture: arm64\n").is_err());
    }
}
