//! Which beings there are, told without opening them for writing.

use crate::catalog::{NAME, look_at_profile};
use crate::crystals::count_records;
use crate::directory::{DirectoryError, being_directory, beings_in};
use crate::essence::{Looked, look};
use std::io;
use std::path::Path;
use triune_core::{BeingId, Consent};

/// A being as its files show it, whether it runs or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedBeing {
    /// The being.
    pub being: BeingId,
    /// What people call it; nothing when nobody named it, or when its catalogue waits to be mended by
    /// the next opening.
    pub name: Option<String>,
    /// When it began, in nanoseconds since 1970; known with the name.
    pub created_unix: Option<u64>,
    /// Crystals on the disk, damaged ones too.
    pub crystals: u64,
    /// Bytes of its files.
    pub bytes: u64,
    /// When its essence was last written, in nanoseconds since 1970.
    pub written_unix: Option<u64>,
    /// Cycles of its life in its newest durable essence; nothing when there is none that can be read.
    pub cycle: Option<u64>,
    /// The consent in its newest durable essence; nothing when there is none that can be read.
    pub consent: Option<Consent>,
}

/// The beings that have a directory under the memory directory `root`, in order of their ids.
///
/// # Errors
/// [`DirectoryError::Read`] when `root` or a being's directory exists but cannot be read.
pub fn list_beings(root: &Path) -> Result<Vec<ListedBeing>, DirectoryError> {
    let mut listed = Vec::new();
    for being in beings_in(root)? {
        let directory = being_directory(root, being);
        match list_being(&directory, being) {
            Ok(one) => listed.push(one),
            // Erased since the directory was read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => {
                return Err(DirectoryError::Read {
                    path: directory,
                    source,
                });
            }
        }
    }
    Ok(listed)
}

fn list_being(directory: &Path, being: BeingId) -> io::Result<ListedBeing> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(directory)? {
        let metadata = entry?.metadata()?;
        if metadata.is_file() {
            bytes += metadata.len();
        }
    }
    let essence = match look(directory)? {
        Looked::Whole(essence) => Some(essence),
        Looked::Nothing | Looked::Damaged | Looked::OtherLayout { .. } => None,
    };
    let profile = look_at_profile(&directory.join(NAME));
    Ok(ListedBeing {
        being,
        name: profile.as_ref().map(|profile| profile.name().to_owned()),
        created_unix: profile.map(|profile| profile.created_unix()),
        crystals: count_records(directory)?,
        bytes,
        written_unix: essence.as_ref().map(|essence| essence.written_unix),
        cycle: essence.as_ref().map(|essence| essence.state.cycle),
        consent: essence.map(|essence| essence.consent),
    })
}
