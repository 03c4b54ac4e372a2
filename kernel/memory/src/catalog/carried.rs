//! Which tables travel with an exported being.

use super::rows::Rows;
use super::{bridge_log, consent_log, profile};
use redb::TableDefinition;

/// A table of what cannot be made again: it is exported and imported row by row.
#[derive(Clone, Copy)]
pub struct Carried {
    name: &'static str,
    understands: fn(u64, &[u8]) -> bool,
}

impl Carried {
    /// The table `name` of numbered rows of bytes, whose rows `understands` tells from foreign ones; it is asked of every row that comes
    /// from outside and must not panic.
    #[must_use]
    pub const fn new(name: &'static str, understands: fn(u64, &[u8]) -> bool) -> Self {
        Self { name, understands }
    }

    pub(crate) fn definition(&self) -> Rows {
        TableDefinition::new(self.name)
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn understands(&self, key: u64, row: &[u8]) -> bool {
        (self.understands)(key, row)
    }
}

/// Every table that travels.
pub const CARRIED: &[Carried] = &[
    Carried::new("profile", profile::understands),
    Carried::new("consent", consent_log::understands),
    Carried::new("bridge", bridge_log::understands),
];
