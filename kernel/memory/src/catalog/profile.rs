//! What people call a being.

use super::rows::Rows;
use super::{Catalog, CatalogError};
use crate::clock::unix_now;
use redb::{ReadTransaction, TableDefinition, TableError};
use serde::{Deserialize, Serialize};

pub(crate) const PROFILE: Rows = TableDefinition::new("profile");
const ROW: u64 = 0;
/// Longest name, in characters.
pub const NAME_CHARACTERS: usize = 64;
/// Longest note, in bytes.
pub const NOTE_BYTES: usize = 4096;

/// A being as people know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Profile {
    name: String,
    created_unix: u64,
    note: String,
}

/// A profile before it is checked.
#[derive(Deserialize)]
struct Stored {
    name: String,
    created_unix: u64,
    note: String,
}

/// Why a profile cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Nothing to call the being by, or too much.
    #[error("the name has {0} characters: use 1 to 64")]
    NameLength(usize),
    /// A name that cannot be shown.
    #[error("the name begins or ends with a space, or holds a control character: leave those out")]
    NameCharacters,
    /// A note that is too long.
    #[error("the note has {0} bytes: use 4096 at most")]
    NoteLength(usize),
}

impl Profile {
    /// The profile of a being that begins now.
    ///
    /// # Errors
    /// See [`ProfileError`].
    pub fn new(name: &str, note: &str) -> Result<Self, ProfileError> {
        Self::created_at(name, note, unix_now())
    }

    /// The profile of a being that began at `created_unix`, in nanoseconds since 1970.
    ///
    /// # Errors
    /// See [`ProfileError`].
    pub fn created_at(name: &str, note: &str, created_unix: u64) -> Result<Self, ProfileError> {
        let length = name.chars().count();
        if !(1..=NAME_CHARACTERS).contains(&length) {
            return Err(ProfileError::NameLength(length));
        }
        if name.trim() != name || name.chars().any(char::is_control) {
            return Err(ProfileError::NameCharacters);
        }
        if note.len() > NOTE_BYTES {
            return Err(ProfileError::NoteLength(note.len()));
        }
        Ok(Self {
            name: name.to_owned(),
            created_unix,
            note: note.to_owned(),
        })
    }

    /// What people call it: 1 to 64 characters.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it began, in nanoseconds since 1970.
    #[must_use]
    pub fn created_unix(&self) -> u64 {
        self.created_unix
    }

    /// What people wrote about it.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }
}

impl TryFrom<Stored> for Profile {
    type Error = ProfileError;
    fn try_from(stored: Stored) -> Result<Self, ProfileError> {
        Self::created_at(&stored.name, &stored.note, stored.created_unix)
    }
}

impl Catalog {
    /// The being's profile; nothing before it has one.
    ///
    /// # Errors
    /// See [`CatalogError`].
    pub fn profile(&self) -> Result<Option<Profile>, CatalogError> {
        profile_in(&self.begin_read()?)
    }

    /// Stores the being's profile, durably.
    ///
    /// # Errors
    /// See [`CatalogError`]; the profile before it stands then.
    pub fn set_profile(&self, profile: &Profile) -> Result<(), CatalogError> {
        let row = serde_json::to_vec(profile).map_err(|_| misread())?;
        let change = self.begin_write()?;
        change.open_table(PROFILE)?.insert(ROW, row.as_slice())?;
        Ok(change.commit()?)
    }
}

/// The profile in a view of a catalogue.
pub(crate) fn profile_in(view: &ReadTransaction) -> Result<Option<Profile>, CatalogError> {
    let table = match view.open_table(PROFILE) {
        Ok(table) => table,
        Err(TableError::TableDoesNotExist(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let Some(row) = table.get(ROW)? else {
        return Ok(None);
    };
    let profile = serde_json::from_slice(row.value()).map_err(|_| misread())?;
    Ok(Some(profile))
}

/// Whether a row is one of this table.
pub(crate) fn understands(key: u64, row: &[u8]) -> bool {
    key == ROW && serde_json::from_slice::<Profile>(row).is_ok()
}

fn misread() -> CatalogError {
    CatalogError::Row {
        table: "profile",
        key: ROW,
    }
}
