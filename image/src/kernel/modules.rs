//! Takes the kernel image and the wanted modules out of the unpacked package.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::error::KernelError;
use super::modinfo::{self, canonical};
use super::order::{Graph, load_order};
use super::wanted::{AT_BOOT, BEFORE_ROOT};
use crate::packages::{Packages, unpack_kernel};
use crate::process;
use crate::progress;
use crate::store::{Key, Store, file_sha256, remove};

const IMAGE: &str = "Image";
const VERSION: &str = "version";
const EARLY: &str = "before-root";
const LATE: &str = "at-boot";
const TREE: &str = "modules";

/// An extracted kernel.
pub(crate) struct Kernel {
    folder: PathBuf,
}

impl Kernel {
    /// The uncompressed kernel that QEMU starts.
    pub(crate) fn image(&self) -> PathBuf {
        self.folder.join(IMAGE)
    }

    /// The folder that belongs at `/usr/lib/modules` in the root.
    pub(crate) fn modules(&self) -> PathBuf {
        self.folder.join(TREE)
    }

    /// Module files that the initramfs loads, in order.
    pub(crate) fn before_root(&self) -> Result<Vec<PathBuf>, KernelError> {
        let list = self.folder.join(EARLY);
        let text = fs::read_to_string(&list).map_err(KernelError::file(&list))?;
        Ok(text.lines().map(|path| self.modules().join(path)).collect())
    }

    /// Names of the modules that the root loads, in order; what is built in is left out.
    pub(crate) fn at_boot(&self) -> Result<String, KernelError> {
        let list = self.folder.join(LATE);
        fs::read_to_string(&list).map_err(KernelError::file(&list))
    }

    /// A name that changes when anything in it does.
    pub(crate) fn identity(&self) -> String {
        self.folder.display().to_string()
    }
}

/// Extracts the kernel, or finds it extracted.
pub(crate) fn extract(packages: &Packages, store: &Store) -> Result<Kernel, KernelError> {
    let package = packages.kernel().ok_or(KernelError::NoKernel)?;
    let hash = file_sha256(&package).map_err(KernelError::file(&package))?;
    let key = Key::new("kernel 3")
        .with(hash)
        .with(BEFORE_ROOT.join(" "))
        .with(AT_BOOT.join(" "));
    let step = progress::step("kernel");
    let (folder, made) = store.entry("kernel", &key, |folder| make(&package, folder))?;
    step.done(if made {
        "extracted with its modules"
    } else {
        "unchanged"
    });
    Ok(Kernel { folder })
}

fn make(package: &Path, folder: &Path) -> Result<(), KernelError> {
    let whole = folder.join("package");
    unpack_kernel(package, &whole)?;
    let layout = |what| KernelError::Layout {
        package: package.to_owned(),
        what,
    };

    let boot = whole.join("boot");
    let image = find_named(&boot, "vmlinuz-").ok_or_else(|| layout("boot/vmlinuz"))?;
    let all = ["usr/lib/modules", "lib/modules"]
        .iter()
        .map(|place| whole.join(place))
        .find(|place| place.is_dir())
        .ok_or_else(|| layout("module folder"))?;
    let of_version = find_named(&all, "").ok_or_else(|| layout("module folder of a version"))?;
    let version = of_version
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let version = version.ok_or_else(|| layout("version"))?;

    let source = Source::index(&of_version)?;
    let kept = folder.join(TREE).join(&version);
    let early = source.copy(BEFORE_ROOT, &kept)?;
    let late = source.copy(AT_BOOT, &kept)?;
    write_index(&kept, early.iter().chain(&late))?;

    let early: String = early
        .iter()
        .map(|module| format!("{version}/{}\n", module.path))
        .collect();
    let late: String = AT_BOOT
        .iter()
        .filter(|name| !source.built_in.contains(&canonical(name)))
        .map(|name| format!("{name}\n"))
        .collect();
    write(&folder.join(EARLY), &early)?;
    write(&folder.join(LATE), &late)?;
    write(&folder.join(VERSION), &version)?;
    fs::rename(&image, folder.join(IMAGE)).map_err(KernelError::file(&image))?;
    remove(&whole).map_err(KernelError::file(&whole))
}

/// `modules.dep` for `modprobe`: each file with all that it needs, nearest first.
fn write_index<'a>(
    folder: &Path,
    modules: impl Iterator<Item = &'a Copied>,
) -> Result<(), KernelError> {
    let lines: BTreeSet<String> = modules
        .map(|module| format!("{}: {}\n", module.path, module.needs.join(" ")))
        .collect();
    write(
        &folder.join("modules.dep"),
        &lines.into_iter().collect::<String>(),
    )?;
    // Looked for by modprobe; without devices to match there is nothing in them.
    write(&folder.join("modules.alias"), "")?;
    write(&folder.join("modules.symbols"), "")
}

fn write(path: &Path, content: &str) -> Result<(), KernelError> {
    fs::write(path, content).map_err(KernelError::file(path))
}

fn find_named(folder: &Path, prefix: &str) -> Option<PathBuf> {
    fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(prefix))
        })
}

/// A module in the tree that the root will hold.
struct Copied {
    /// Relative to the version's folder.
    path: String,
    /// Paths of everything it needs, in the order `modprobe` expects: nearest need first.
    needs: Vec<String>,
}

/// All modules of a kernel package.
struct Source {
    folder: PathBuf,
    loadable: BTreeMap<String, PathBuf>,
    built_in: BTreeSet<String>,
}

impl Source {
    fn index(folder: &Path) -> Result<Self, KernelError> {
        let mut loadable = BTreeMap::new();
        collect(&folder.join("kernel"), &mut loadable)?;
        let list = folder.join("modules.builtin");
        let text = fs::read_to_string(&list).map_err(KernelError::file(&list))?;
        let built_in = text
            .lines()
            .filter_map(|line| name_of(Path::new(line)))
            .collect();
        Ok(Self {
            folder: folder.to_owned(),
            loadable,
            built_in,
        })
    }

    /// Decompresses the wanted modules and their needs into `kept`; in load order.
    fn copy(&self, wanted: &[&str], kept: &Path) -> Result<Vec<Copied>, KernelError> {
        let wanted: Vec<_> = wanted.iter().map(|name| canonical(name)).collect();
        let mut graph = Graph::new();
        let mut open = wanted.clone();
        while let Some(name) = open.pop() {
            if graph.contains_key(&name) || self.built_in.contains(&name) {
                continue;
            }
            let packed = self
                .loadable
                .get(&name)
                .ok_or_else(|| KernelError::NoModule(name.clone()))?;
            let file = self.decompress(packed, kept)?;
            let content = fs::read(&file).map_err(KernelError::file(&file))?;
            let needs = modinfo::needs(&content).map_err(|reason| KernelError::Module {
                path: packed.clone(),
                reason,
            })?;
            // A soft need may be an alias of something built in: taken where it is a module.
            let soft = needs
                .soft
                .into_iter()
                .filter(|soft| self.loadable.contains_key(soft));
            let needs: Vec<_> = needs.hard.into_iter().chain(soft).collect();
            open.extend(needs.iter().cloned());
            graph.insert(name, needs);
        }
        load_order(&graph, &wanted)?
            .into_iter()
            .map(|name| {
                let mut before = load_order(&graph, std::slice::from_ref(&name))?;
                before.pop();
                before.reverse();
                Ok(Copied {
                    path: self.path_of(&name)?,
                    needs: before
                        .iter()
                        .map(|need| self.path_of(need))
                        .collect::<Result<_, _>>()?,
                })
            })
            .collect()
    }

    /// A module's path in the tree, decompressed.
    fn path_of(&self, name: &str) -> Result<String, KernelError> {
        let packed = self
            .loadable
            .get(name)
            .ok_or_else(|| KernelError::NoModule(name.to_owned()))?;
        let relative = packed.strip_prefix(&self.folder).unwrap_or(packed);
        let text = relative.display().to_string();
        Ok(text
            .trim_end_matches(".xz")
            .trim_end_matches(".zst")
            .to_owned())
    }

    fn decompress(&self, packed: &Path, kept: &Path) -> Result<PathBuf, KernelError> {
        let name = name_of(packed).unwrap_or_default();
        let file = kept.join(self.path_of(&name)?);
        if file.is_file() {
            return Ok(file);
        }
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(KernelError::file(parent))?;
        }
        let content = match packed.extension().and_then(|extension| extension.to_str()) {
            Some("xz") => process::capture(process::program("xz").arg("-dc").arg(packed))?,
            Some("zst") => process::capture(process::program("zstd").arg("-dcq").arg(packed))?,
            _ => fs::read(packed).map_err(KernelError::file(packed))?,
        };
        fs::write(&file, content).map_err(KernelError::file(&file))?;
        Ok(file)
    }
}

fn collect(folder: &Path, found: &mut BTreeMap<String, PathBuf>) -> Result<(), KernelError> {
    for entry in fs::read_dir(folder).map_err(KernelError::file(folder))? {
        let path = entry.map_err(KernelError::file(folder))?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if let Some(name) = name_of(&path) {
            found.insert(name, path);
        }
    }
    Ok(())
}

/// The module's name in a path such as `kernel/sound/core/snd-pcm.ko.xz`.
fn name_of(path: &Path) -> Option<String> {
    let file = path.file_name()?.to_str()?;
    let (name, _) = file.split_once(".ko")?;
    Some(canonical(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modules_name_is_read_from_its_path() {
        for path in ["kernel/a/snd-pcm.ko.xz", "snd_pcm.ko", "/x/snd-pcm.ko.zst"] {
            assert_eq!(name_of(Path::new(path)).as_deref(), Some("snd_pcm"));
        }
        assert_eq!(name_of(Path::new("modules.order")), None);
    }
}
