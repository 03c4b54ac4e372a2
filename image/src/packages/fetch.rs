//! Brings the packages of a set onto this machine: those of the lock file, or, when the
//! mirror has moved on, the newer ones that its signed lists name.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::PackageError;
use super::lock::{self, Package};
use super::resolve;
use super::roots::{EMULATOR, IMAGE, KERNEL_PREFIX, Set};
use super::tree::Tree;
use crate::progress;
use crate::store::{self, file_sha256};
use crate::workspace::Workspace;

/// The packages of a set, on this machine and checked.
pub(crate) struct Packages {
    folder: PathBuf,
    packages: Vec<Package>,
    downloaded: bool,
}

impl Packages {
    /// Files of all packages but the kernel's.
    pub(crate) fn base(&self) -> Vec<PathBuf> {
        self.of_kind(false)
    }

    /// Where the files lie.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether they had to be downloaded just now.
    pub(crate) fn downloaded(&self) -> bool {
        self.downloaded
    }

    /// The kernel's file.
    pub(crate) fn kernel(&self) -> Option<PathBuf> {
        self.of_kind(true).pop()
    }

    fn of_kind(&self, kernel: bool) -> Vec<PathBuf> {
        self.packages
            .iter()
            .filter(|package| package.name.starts_with(KERNEL_PREFIX) == kernel)
            .map(|package| file_of(&self.folder, package))
            .collect()
    }
}

fn file_of(folder: &Path, package: &Package) -> PathBuf {
    folder.join(format!("{}-{}.deb", package.name, package.sha256))
}

/// The packages of the set's lock file, downloaded where they are not here yet.
pub(crate) fn fetch(workspace: &Workspace, set: &Set) -> Result<Packages, PackageError> {
    let folder = workspace.folder(set.folder)?;
    let path = workspace.root().join(set.lock);
    let locked = match fs::read_to_string(&path) {
        Ok(text) => lock::parse(&text, &path)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(PackageError::File { path, source }),
    };
    if !locked.is_empty() && all_here(&folder, &locked) {
        return Ok(Packages {
            folder,
            packages: locked,
            downloaded: false,
        });
    }
    if let Some(packages) = read_moved(&folder, set, &locked)? {
        progress::note(&moved(set));
        return Ok(Packages {
            folder,
            packages,
            downloaded: false,
        });
    }
    sweep(&folder)?;
    let tree = Tree::prepare(workspace.folder(set.tree)?, set)?;
    tree.update()?;
    let offered = match resolve::describe_locked(&tree, &locked)? {
        Some(offered) if !locked.is_empty() && same_set(&offered, &locked) => Some(offered),
        _ => None,
    };
    let packages = match offered {
        Some(packages) => packages,
        None => {
            let newest = resolve::newest(&tree, set)?;
            progress::note(&moved(set));
            lock::differences(&locked, &newest)
                .iter()
                .for_each(|line| eprintln!("        {line}"));
            newest
        }
    };
    download(&tree, &folder, &packages)?;
    if !same_set(&packages, &locked) {
        remember_moved(&folder, set, &locked, &packages)?;
    }
    forget_others(&folder, &packages)?;
    Ok(Packages {
        folder,
        packages,
        downloaded: true,
    })
}

fn moved(set: &Set) -> String {
    format!(
        "the mirror no longer has what {} names; using its newer packages, signatures checked \
         (`cargo appliance lock` writes them down)",
        set.lock
    )
}

/// `cargo appliance lock`: writes down what the mirror offers now.
pub(crate) fn update_locks(workspace: &Workspace) -> Result<(), PackageError> {
    let _claim = workspace.claim()?;
    [IMAGE, EMULATOR]
        .iter()
        .try_for_each(|set| update_lock(workspace, set))
}

fn update_lock(workspace: &Workspace, set: &Set) -> Result<(), PackageError> {
    let path = workspace.root().join(set.lock);
    let old = match fs::read_to_string(&path) {
        Ok(text) => lock::parse(&text, &path).unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    let tree = Tree::prepare(workspace.folder(set.tree)?, set)?;
    tree.update()?;
    let newest = resolve::newest(&tree, set)?;
    let differences = lock::differences(&old, &newest);
    if differences.is_empty() {
        println!("{} is up to date ({} packages)", set.lock, newest.len());
    } else {
        differences.iter().for_each(|line| println!("{line}"));
        store::write_whole(&path, lock::write(set.about, &newest).as_bytes())?;
        println!("{} written: {} packages", set.lock, newest.len());
    }
    Ok(())
}

fn same_set(one: &[Package], other: &[Package]) -> bool {
    lock::differences(one, other).is_empty()
}

/// Whether a package's file is there and is what the lock says: a download may have been cut
/// off by a power failure, or changed since.
fn is_sound(folder: &Path, package: &Package) -> bool {
    file_sha256(&file_of(folder, package)).is_ok_and(|found| found == package.sha256)
}

fn all_here(folder: &Path, packages: &[Package]) -> bool {
    packages.iter().all(|package| is_sound(folder, package))
}

fn download(tree: &Tree, folder: &Path, packages: &[Package]) -> Result<(), PackageError> {
    let missing: Vec<_> = packages
        .iter()
        .filter(|package| !is_sound(folder, package))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let arrivals = tempfile::tempdir_in(folder).map_err(PackageError::file(folder))?;
    let specifications: Vec<_> = missing
        .iter()
        .map(|package| package.specification())
        .collect();
    tree.download(&specifications, arrivals.path())?;
    for package in missing {
        let file = find_arrival(arrivals.path(), package)?;
        let found = file_sha256(&file).map_err(PackageError::file(&file))?;
        if found != package.sha256 {
            return Err(PackageError::Damaged {
                file: file.display().to_string(),
                expected: package.sha256.clone(),
                found,
            });
        }
        let place = file_of(folder, package);
        fs::rename(&file, &place).map_err(PackageError::file(&place))?;
    }
    Ok(())
}

/// Apt names a file `name_version_architecture.deb`, with the version's colon escaped.
fn find_arrival(folder: &Path, package: &Package) -> Result<PathBuf, PackageError> {
    let prefix = format!("{}_", package.name);
    let entries = fs::read_dir(folder).map_err(PackageError::file(folder))?;
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(&prefix))
        })
        .ok_or_else(|| PackageError::Answer(format!("the file of {}", package.name)))
}

/// Where the set is remembered that stands in for this lock file.
fn moved_file(folder: &Path, set: &Set, locked: &[Package]) -> PathBuf {
    use sha2::Digest;
    let hash = sha2::Sha256::digest(lock::write(set.about, locked));
    folder.join(format!("instead-of-{}.lock", store::hex(&hash[..8])))
}

fn read_moved(
    folder: &Path,
    set: &Set,
    locked: &[Package],
) -> Result<Option<Vec<Package>>, PackageError> {
    let path = moved_file(folder, set, locked);
    let Ok(text) = fs::read_to_string(&path) else {
        return Ok(None);
    };
    let packages = lock::parse(&text, &path)?;
    Ok(all_here(folder, &packages).then_some(packages))
}

fn remember_moved(
    folder: &Path,
    set: &Set,
    locked: &[Package],
    packages: &[Package],
) -> Result<(), PackageError> {
    Ok(store::write_whole(
        &moved_file(folder, set, locked),
        lock::write(set.about, packages).as_bytes(),
    )?)
}

/// Removes what an interrupted download left behind.
fn sweep(folder: &Path) -> Result<(), PackageError> {
    for entry in fs::read_dir(folder).map_err(PackageError::file(folder))? {
        let path = entry.map_err(PackageError::file(folder))?.path();
        if path.is_dir() {
            fs::remove_dir_all(&path).map_err(PackageError::file(&path))?;
        }
    }
    Ok(())
}

/// Removes packages that neither the lock file nor its stand-in names.
fn forget_others(folder: &Path, packages: &[Package]) -> Result<(), PackageError> {
    let kept: Vec<_> = packages
        .iter()
        .map(|package| file_of(folder, package))
        .collect();
    for entry in fs::read_dir(folder).map_err(PackageError::file(folder))? {
        let path = entry.map_err(PackageError::file(folder))?.path();
        let is_package = path.extension().is_some_and(|extension| extension == "deb");
        if is_package && !kept.contains(&path) {
            fs::remove_file(&path).map_err(PackageError::file(&path))?;
        }
    }
    Ok(())
}
