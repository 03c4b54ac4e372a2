//! What an export says of itself before anything else.

use super::FormatError;
use crate::catalog::NAME_CHARACTERS;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use triune_core::BeingId;

/// What an export holds, as JSON at its head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The being, as 16 hexadecimal digits.
    pub being: String,
    /// What people call it.
    pub name: Option<String>,
    /// When it began, in nanoseconds since 1970; known with the name.
    pub created_unix: Option<u64>,
    /// When it was exported, in nanoseconds since 1970.
    pub exported_unix: u64,
    /// Version of the program that exported it.
    pub program: String,
    /// The board on which it kept its newest own crystal, as 32 hexadecimal digits.
    pub board: Option<String>,
    /// When its essence was written, in nanoseconds since 1970; nothing when there is none.
    pub essence_unix: Option<u64>,
    /// Crystals.
    pub crystals: u64,
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
}

impl Manifest {
    /// The being.
    ///
    /// # Errors
    /// [`FormatError::Damaged`] when the field is no id.
    pub fn being_id(&self) -> Result<BeingId, FormatError> {
        self.being
            .parse::<BeingId>()
            .ok()
            .filter(|being| being.to_string() == self.being)
            .ok_or(FormatError::Damaged("the manifest's being is no id"))
    }

    /// Reads a manifest that comes from outside.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, FormatError> {
        let manifest: Self = serde_json::from_slice(bytes)
            .map_err(|_| FormatError::Damaged("the manifest is not understood"))?;
        manifest.being_id()?;
        let too_long = |name: &String| name.chars().count() > NAME_CHARACTERS;
        if manifest.name.as_ref().is_some_and(too_long) {
            return Err(FormatError::Damaged("the manifest's name is too long"));
        }
        Ok(manifest)
    }
}
