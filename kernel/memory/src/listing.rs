//! Which beings there are, told without opening them for writing.

use crate::catalog::{NAME, look_at_profile};
use crate::crystals::count_records;
use crate::directory::{DirectoryError, being_directory, beings_in};
use crate::essence::{Looked, look};
use std::fs::{Metadata, ReadDir};
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
    /// Crystals on the disk, damaged ones too, as far as its files can be read.
    pub crystals: u64,
    /// Bytes of its files, as far as they can be looked at.
    pub bytes: u64,
    /// When its essence was last written, in nanoseconds since 1970.
    pub written_unix: Option<u64>,
    /// Cycles of its life in its newest durable essence; nothing when there is none that can be read.
    pub cycle: Option<u64>,
    /// The consent in its newest durable essence; nothing when there is none that can be read.
    pub consent: Option<Consent>,
}

/// The beings that have a directory under the memory directory `root`, in order of their ids. What of a
/// being cannot be read is not known of it, and keeps nothing else from being listed.
///
/// # Errors
/// [`DirectoryError::Read`] when the beings' directories exist but cannot be listed.
pub fn list_beings(root: &Path) -> Result<Vec<ListedBeing>, DirectoryError> {
    let listed = beings_in(root)?.into_iter();
    Ok(listed
        .filter_map(|being| list_being(&being_directory(root, being), being))
        .collect())
}

/// Nothing when the being was erased since its directory was listed.
fn list_being(directory: &Path, being: BeingId) -> Option<ListedBeing> {
    let bytes = match std::fs::read_dir(directory) {
        Ok(entries) => bytes_of(entries),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(_) => 0,
    };
    let essence = match look(directory) {
        Ok(Looked::Whole(essence)) => Some(essence),
        Ok(Looked::Nothing | Looked::Damaged | Looked::OtherLayout { .. }) | Err(_) => None,
    };
    let profile = look_at_profile(&directory.join(NAME));
    Some(ListedBeing {
        being,
        name: profile.as_ref().map(|profile| profile.name().to_owned()),
        created_unix: profile.map(|profile| profile.created_unix()),
        crystals: count_records(directory),
        bytes,
        written_unix: essence.as_ref().map(|essence| essence.written_unix),
        cycle: essence.as_ref().map(|essence| essence.state.cycle),
        consent: essence.map(|essence| essence.consent),
    })
}

/// Bytes of the files; one that is renamed or removed meanwhile counts for none.
fn bytes_of(entries: ReadDir) -> u64 {
    entries
        .filter_map(|entry| entry.ok()?.metadata().ok())
        .filter(Metadata::is_file)
        .map(|metadata| metadata.len())
        .sum()
}
