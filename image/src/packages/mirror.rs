//! Which Debian mirror to ask: the one that this machine itself uses.

use std::fs;
use std::path::Path;

use super::error::PackageError;
use super::roots::SUITE;
use super::sources::{self, Source};

/// Names a mirror on machines whose apt sources have none.
const OVERRIDE: &str = "TRIUNE_DEBIAN_MIRROR";

/// Where the release and its security updates are had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mirror {
    pub(super) main: String,
    pub(super) security: Option<String>,
}

impl Mirror {
    /// The mirror of this machine, or the one named by the environment.
    pub(super) fn find() -> Result<Self, PackageError> {
        if let Some(main) = std::env::var(OVERRIDE)
            .ok()
            .filter(|text| !text.trim().is_empty())
        {
            return Ok(Self {
                main: main.trim().to_owned(),
                security: None,
            });
        }
        let codename = os_release("VERSION_CODENAME");
        Self::among(&machine_sources(), codename.as_deref()).ok_or(PackageError::NoMirror)
    }

    /// The first source that offers a release of Debian itself.
    fn among(sources: &[Source], codename: Option<&str>) -> Option<Self> {
        let offers = |source: &&Source, suffix: &str| {
            source
                .components
                .iter()
                .any(|component| component == "main")
                && source.suites.iter().any(|suite| {
                    suite
                        .strip_suffix(suffix)
                        .is_some_and(|base| is_release(base, codename))
                })
        };
        let first_uri = |source: &Source| source.uris.first().cloned();
        Some(Self {
            main: sources
                .iter()
                .find(|source| offers(source, ""))
                .and_then(first_uri)?,
            security: sources
                .iter()
                .find(|source| offers(source, "-security"))
                .and_then(first_uri),
        })
    }

    /// Apt's list of sources for the image.
    pub(super) fn source_list(&self, keyring: &Path, architecture: &str) -> String {
        let paragraph = |uri: &str, suites: &str| {
            format!(
                "Types: deb\nURIs: {uri}\nSuites: {suites}\nComponents: main\n\
                 Architectures: {architecture}\nSigned-By: {}\n\n",
                keyring.display()
            )
        };
        let mut text = paragraph(&self.main, &format!("{SUITE} {SUITE}-updates"));
        if let Some(security) = &self.security {
            text += &paragraph(security, &format!("{SUITE}-security"));
        }
        text
    }
}

/// A name of a Debian release: a code name that we know, this machine's own, or a moving one.
fn is_release(suite: &str, codename: Option<&str>) -> bool {
    const KNOWN: &[&str] = &[
        "bookworm",
        "trixie",
        "forky",
        "duke",
        "sid",
        "stable",
        "testing",
        "unstable",
        "oldstable",
    ];
    KNOWN.contains(&suite)
        || (os_release("ID").as_deref() == Some("debian") && codename == Some(suite))
}

/// A value of /etc/os-release, os-release(5).
pub(crate) fn os_release(key: &str) -> Option<String> {
    let text = fs::read_to_string("/etc/os-release").ok()?;
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name == key).then(|| value.trim_matches('"').to_owned())
    })
}

fn machine_sources() -> Vec<Source> {
    let mut found = Vec::new();
    if let Ok(text) = fs::read_to_string("/etc/apt/sources.list") {
        found.extend(sources::parse_one_line(&text));
    }
    let Ok(folder) = fs::read_dir("/etc/apt/sources.list.d") else {
        return found;
    };
    let mut files: Vec<_> = folder
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("list") => found.extend(sources::parse_one_line(&text)),
            Some("sources") => found.extend(sources::parse_deb822(&text)),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(uri: &str, suite: &str) -> Source {
        Source {
            uris: vec![uri.to_owned()],
            suites: vec![suite.to_owned()],
            components: vec!["main".to_owned()],
        }
    }

    #[test]
    fn the_machines_own_mirror_is_taken_and_strangers_are_not() {
        let sources = [
            source("http://tools.example/apt", "nodistro"),
            source("http://m.example/debian-security", "bookworm-security"),
            source("http://m.example/debian", "bookworm"),
        ];
        let mirror = Mirror::among(&sources, Some("bookworm")).unwrap();
        assert_eq!(mirror.main, "http://m.example/debian");
        assert_eq!(
            mirror.security.as_deref(),
            Some("http://m.example/debian-security")
        );
    }

    #[test]
    fn without_a_debian_source_there_is_no_mirror() {
        assert_eq!(
            Mirror::among(&[source("http://u.example/ubuntu", "noble")], None),
            None
        );
    }

    #[test]
    fn the_source_list_names_the_keyring_and_the_suites() {
        let mirror = Mirror {
            main: "http://m.example/debian".into(),
            security: None,
        };
        let text = mirror.source_list(Path::new("/k.gpg"), "arm64");
        assert!(text.contains("Suites: trixie trixie-updates\n"));
        assert!(text.contains("Signed-By: /k.gpg\n"));
        assert_eq!(sources::parse_deb822(&text).len(), 1);
    }
}
