//! Which tables travel with an exported being.

use super::rows::Rows;
use super::{CatalogError, bridge_log, consent_log, profile};
use crate::search::CarriedTexts;
use redb::{ReadTransaction, TableDefinition, TableError, WriteTransaction};
use std::ops::ControlFlow;

/// A table of what cannot be made again: it is exported and imported row by row, as a number and bytes.
pub trait Carried: Sync {
    /// The name under which its rows travel, at most 255 bytes.
    fn name(&self) -> &'static str;

    /// Calls `take` with every row of `view`, in ascending order, until it says stop; without those that
    /// speak of moments before the one numbered `kept_from`, which are no part of the being any more.
    ///
    /// # Errors
    /// See [`CatalogError`].
    fn rows(
        &self,
        view: &ReadTransaction,
        kept_from: u64,
        take: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), CatalogError>;

    /// Whether a row that comes from outside is one of this table; must not panic.
    fn understands(&self, key: u64, row: &[u8]) -> bool;

    /// Stores a row that is understood, and what is made of it.
    ///
    /// # Errors
    /// See [`CatalogError`].
    fn insert(&self, change: &WriteTransaction, key: u64, row: &[u8]) -> Result<(), CatalogError>;
}

/// Every table that travels.
pub static CARRIED: &[&dyn Carried] = &[
    &RowTable {
        name: "profile",
        understands: profile::understands,
    },
    &RowTable {
        name: "consent",
        understands: consent_log::understands,
    },
    &RowTable {
        name: "bridge",
        understands: bridge_log::understands,
    },
    &CarriedTexts,
];

/// A table whose rows travel as they lie.
struct RowTable {
    name: &'static str,
    understands: fn(u64, &[u8]) -> bool,
}

impl RowTable {
    fn definition(&self) -> Rows {
        TableDefinition::new(self.name)
    }
}

impl Carried for RowTable {
    fn name(&self) -> &'static str {
        self.name
    }

    fn rows(
        &self,
        view: &ReadTransaction,
        _kept_from: u64,
        take: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), CatalogError> {
        let table = match view.open_table(self.definition()) {
            Ok(table) => table,
            Err(TableError::TableDoesNotExist(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        for row in table.range::<u64>(..)? {
            let (key, row) = row?;
            if take(key.value(), row.value()).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn understands(&self, key: u64, row: &[u8]) -> bool {
        (self.understands)(key, row)
    }

    fn insert(&self, change: &WriteTransaction, key: u64, row: &[u8]) -> Result<(), CatalogError> {
        change.open_table(self.definition())?.insert(key, row)?;
        Ok(())
    }
}
