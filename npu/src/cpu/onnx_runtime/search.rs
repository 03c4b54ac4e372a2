//! Where the library of ONNX Runtime may lie.

use std::env::consts::ARCH;
use std::fs;
use std::path::{Path, PathBuf};

/// How its file is called, whatever the version behind it.
const NAME: &str = "libonnxruntime.so";

/// One place that is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A file that was named: it is the library, or nothing is.
    Named(PathBuf),
    /// A folder in which it may lie.
    Folder(PathBuf),
}

/// The places, in the order in which they are searched.
///
/// A file named by the environment variable `ORT_DYLIB_PATH` comes first and alone. Then come what
/// the image brings, what the system's packages bring, and what `cargo appliance setup` brought beside
/// this very build.
pub(crate) fn places() -> Vec<Place> {
    if let Some(named) = std::env::var_os("ORT_DYLIB_PATH").filter(|named| !named.is_empty()) {
        return vec![Place::Named(named.into())];
    }
    let mut folders = vec![
        PathBuf::from("/usr/lib/triune"),
        PathBuf::from(format!("/usr/lib/{ARCH}-linux-gnu")),
        PathBuf::from("/usr/local/lib"),
    ];
    if let Ok(program) = std::env::current_exe() {
        folders.extend(of_build(&program));
    }
    folders.into_iter().map(Place::Folder).collect()
}

/// The folder that setup fills, if the program lies in a build folder: cargo calls it so, or marks it
/// where it was given another name.
fn of_build(program: &Path) -> Option<PathBuf> {
    program
        .ancestors()
        .find(|folder| folder.ends_with("target") || folder.join("CACHEDIR.TAG").is_file())
        .map(|target| target.join("appliance/onnxruntime").join(ARCH))
}

/// The libraries in a folder: the one without a version first, then the highest version.
pub(crate) fn libraries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<(Vec<u64>, PathBuf)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let version = version_of(entry.file_name().to_str()?)?;
            Some((version, entry.path()))
        })
        .collect();
    found.sort_by(|(left, _), (right, _)| {
        let bare = |version: &Vec<u64>| !version.is_empty();
        bare(left).cmp(&bare(right)).then_with(|| right.cmp(left))
    });
    found.into_iter().map(|(_, path)| path).collect()
}

/// The numbers behind the library's name; nothing for other files.
fn version_of(name: &str) -> Option<Vec<u64>> {
    let rest = name.strip_prefix(NAME)?;
    if rest.is_empty() {
        return Some(Vec::new());
    }
    let numbers = rest.strip_prefix('.')?.split('.');
    numbers.map(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_name_comes_first_and_then_the_highest_version() {
        let folder = tempfile::tempdir().unwrap();
        let names = [
            "libonnxruntime.so.1.9.0",
            "libonnxruntime.so.1.31.1",
            "libonnxruntime.so",
            "libonnxruntime.so.1",
            "libonnxruntime.so.bak",
            "libonnxruntime_providers_shared.so",
            "libonnx.so",
        ];
        for name in names {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let found: Vec<_> = libraries(folder.path())
            .iter()
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(
            found,
            [
                "libonnxruntime.so",
                "libonnxruntime.so.1.31.1",
                "libonnxruntime.so.1.9.0",
                "libonnxruntime.so.1",
            ]
        );
        assert!(libraries(&folder.path().join("none")).is_empty());
    }

    #[test]
    fn a_build_folder_is_known_by_its_name_or_its_mark() {
        let root = tempfile::tempdir().unwrap();
        let brought = |target: &str| {
            let folder = root.path().join(target).join("appliance/onnxruntime");
            Some(folder.join(ARCH))
        };
        let program = root.path().join("target/debug/deps/program");
        assert_eq!(of_build(&program), brought("target"));
        let program = root.path().join("elsewhere/debug/program");
        assert_eq!(of_build(&program), None);
        fs::create_dir_all(root.path().join("elsewhere")).unwrap();
        fs::write(root.path().join("elsewhere/CACHEDIR.TAG"), "").unwrap();
        assert_eq!(of_build(&program), brought("elsewhere"));
    }
}
