//! Checks that a program finds all of its shared libraries in the root, in versions that
//! offer what it was linked against: else it would only fail in the guest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use object::elf::{DT_NEEDED, FileHeader64};
use object::read::elf::{FileHeader, VernauxIterator};
use object::{Endianness, StringTable};

/// Where the loader looks, ld.so(8).
const FOLDERS: &[&str] = &[
    "usr/lib/aarch64-linux-gnu",
    "usr/lib",
    "lib/aarch64-linux-gnu",
];

/// Why a program would not start in the root.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LibraryError {
    #[error("cannot read {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{path} is no program for aarch64: {reason}")]
    Format { path: PathBuf, reason: String },
    #[error(
        "{program} needs the library {library}, which the image does not have; add its Debian \
         package to image/src/packages/roots.rs and run `cargo appliance lock`"
    )]
    Missing { program: PathBuf, library: String },
    #[error(
        "{program} needs {version} of {library}, which is newer than the image's: this \
         machine's libraries are newer than the image's Debian release; build with `cross \
         build` and pass the result by --service"
    )]
    TooOld {
        program: PathBuf,
        library: String,
        version: String,
    },
}

/// Checks a program, and the libraries that it needs, against a root.
pub(crate) fn check(program: &Path, root: &Path) -> Result<(), LibraryError> {
    let mut open = vec![program.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(file) = open.pop() {
        if !seen.insert(file.clone()) {
            continue;
        }
        let links = read(&file)?;
        for library in links.needed {
            let Some(path) = find(root, &library) else {
                return Err(LibraryError::Missing {
                    program: file,
                    library,
                });
            };
            if let Some(wanted) = links.versions.get(&library) {
                let offered = read(&path)?.offered;
                if let Some(version) = wanted.difference(&offered).next() {
                    let version = version.clone();
                    return Err(LibraryError::TooOld {
                        program: file,
                        library,
                        version,
                    });
                }
            }
            open.push(path);
        }
    }
    Ok(())
}

fn find(root: &Path, library: &str) -> Option<PathBuf> {
    FOLDERS
        .iter()
        .map(|folder| root.join(folder).join(library))
        .find(|path| path.exists())
}

/// What a program or library says of its links.
#[derive(Default)]
struct Links {
    needed: Vec<String>,
    /// For each needed library, the symbol versions taken from it.
    versions: BTreeMap<String, BTreeSet<String>>,
    /// The symbol versions that it defines itself.
    offered: BTreeSet<String>,
}

fn read(path: &Path) -> Result<Links, LibraryError> {
    let bytes = fs::read(path).map_err(|source| LibraryError::File {
        path: path.to_owned(),
        source,
    })?;
    links(&bytes).map_err(|error| LibraryError::Format {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

fn links(bytes: &[u8]) -> object::read::Result<Links> {
    let header = FileHeader64::<Endianness>::parse(bytes)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, bytes)?;
    let mut links = Links::default();
    let dynamic = sections.dynamic_table(endian, bytes)?;
    for entry in dynamic.iter() {
        if entry.tag == DT_NEEDED {
            links.needed.push(text(dynamic.string(entry)?));
        }
    }
    if let Some((mut needs, index)) = sections.gnu_verneed(endian, bytes)? {
        let strings = sections.strings(endian, bytes, index)?;
        while let Some((need, versions)) = needs.next()? {
            let library = text(need.file(endian, strings)?);
            links
                .versions
                .entry(library)
                .or_default()
                .extend(names(versions, endian, strings)?);
        }
    }
    if let Some((mut definitions, index)) = sections.gnu_verdef(endian, bytes)? {
        let strings = sections.strings(endian, bytes, index)?;
        while let Some((_, mut names)) = definitions.next()? {
            // The first name is the version itself, later ones its predecessors.
            if let Some(name) = names.next()? {
                links.offered.insert(text(name.name(endian, strings)?));
            }
        }
    }
    Ok(links)
}

fn names(
    mut versions: VernauxIterator<'_, FileHeader64<Endianness>>,
    endian: Endianness,
    strings: StringTable<'_>,
) -> object::read::Result<Vec<String>> {
    let mut found = Vec::new();
    while let Some(version) = versions.next()? {
        found.push(text(version.name(endian, strings)?));
    }
    Ok(found)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own_program() -> PathBuf {
        std::env::current_exe().unwrap()
    }

    #[test]
    fn a_missing_library_is_named() {
        let root = tempfile::tempdir().unwrap();
        let error = check(&own_program(), root.path()).unwrap_err();
        assert!(matches!(&error, LibraryError::Missing { library, .. } if library.contains(".so")));
        assert!(error.to_string().contains("roots.rs"), "{error}");
    }

    #[test]
    fn versions_are_read_from_a_real_program() {
        let links = read(&own_program()).unwrap();
        let libc = &links.versions["libc.so.6"];
        assert!(
            libc.iter().any(|version| version.starts_with("GLIBC_2.")),
            "{libc:?}"
        );
    }

    #[test]
    fn what_is_no_program_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "#!/bin/sh\n").unwrap();
        assert!(matches!(
            check(file.path(), Path::new("/")),
            Err(LibraryError::Format { .. })
        ));
    }
}
