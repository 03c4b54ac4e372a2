//! A lock file: which packages a set is made of, to the byte.

use std::fmt::Write as _;
use std::path::Path;

use super::error::PackageError;

/// One package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) architecture: String,
    /// Lower-case hexadecimal digits.
    pub(crate) sha256: String,
}

impl Package {
    /// What apt calls this very version.
    pub(super) fn specification(&self) -> String {
        format!("{}={}", self.name, self.version)
    }
}

/// Writes the lock file's text; the order of packages does not matter. `about` says what they are.
pub(super) fn write(about: &str, packages: &[Package]) -> String {
    let mut sorted: Vec<_> = packages.iter().collect();
    sorted.sort();
    let mut text = format!(
        "# {about}: name version architecture sha256.\n\
         # Written by `cargo appliance lock`; checked on every build.\n"
    );
    for package in sorted {
        let Package {
            name,
            version,
            architecture,
            sha256,
        } = package;
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name} {version} {architecture} {sha256}");
    }
    text
}

/// Reads the lock file's text; `path` is for messages.
pub(super) fn parse(text: &str, path: &Path) -> Result<Vec<Package>, PackageError> {
    let mut packages = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let refuse = |reason: &str| PackageError::Lock {
            path: path.to_owned(),
            line: index + 1,
            reason: reason.to_owned(),
        };
        let words: Vec<_> = line.split_whitespace().collect();
        let [name, version, architecture, sha256] = words[..] else {
            return Err(refuse(
                "a line has four words: name version architecture sha256",
            ));
        };
        if sha256.len() != 64
            || !sha256
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        {
            return Err(refuse(
                "the last word is not a SHA-256 of 64 lower-case hex digits",
            ));
        }
        packages.push(Package {
            name: name.to_owned(),
            version: version.to_owned(),
            architecture: architecture.to_owned(),
            sha256: sha256.to_owned(),
        });
    }
    Ok(packages)
}

/// What differs between two sets, a line each, for people.
pub(super) fn differences(old: &[Package], new: &[Package]) -> Vec<String> {
    let find = |set: &[Package], name: &str| set.iter().find(|p| p.name == name).cloned();
    let mut lines = Vec::new();
    for package in new {
        match find(old, &package.name) {
            None => lines.push(format!("+ {} {}", package.name, package.version)),
            Some(before) if before.version != package.version => {
                lines.push(format!(
                    "  {} {} -> {}",
                    package.name, before.version, package.version
                ));
            }
            Some(before) if before.sha256 != package.sha256 => {
                lines.push(format!(
                    "  {} {} has other content",
                    package.name, package.version
                ));
            }
            Some(_) => {}
        }
    }
    for package in old {
        if find(new, &package.name).is_none() {
            lines.push(format!("- {} {}", package.name, package.version));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn package(name: &str, version: &str) -> Package {
        Package {
            name: name.into(),
            version: version.into(),
            architecture: "arm64".into(),
            sha256: "0123456789abcdef".repeat(4),
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(names in proptest::collection::btree_set("[a-z][a-z0-9+.-]{1,12}", 0..8)) {
            let packages: Vec<_> = names.iter().map(|name| package(name, "1:2.3-4+b1")).collect();
            prop_assert_eq!(parse(&write("Some", &packages), Path::new("x")).unwrap(), packages);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,120}(\n\\PC{0,120}){0,4}") {
            let _ = parse(&text, Path::new("x"));
        }
    }

    #[test]
    fn a_broken_line_is_named() {
        let text = format!("{}broken line\n", write("Some", &[package("a", "1")]));
        let error = parse(&text, Path::new("image/packages.lock"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("packages.lock, line 4"), "{error}");
        assert!(error.contains("cargo appliance lock"), "{error}");
    }

    #[test]
    fn differences_say_what_came_went_and_changed() {
        let old = [package("a", "1"), package("b", "1"), package("c", "1")];
        let new = [package("a", "2"), package("b", "1"), package("d", "1")];
        assert_eq!(differences(&old, &new), ["  a 1 -> 2", "+ d 1", "- c 1"]);
    }
}
