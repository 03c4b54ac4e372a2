//! Opening a being's catalogue, and transactions on it.

use super::CatalogError;
use redb::{Builder, Database, ReadTransaction, ReadableDatabase, WriteTransaction};
use std::path::Path;
use std::sync::Arc;

const CACHE_BYTES: usize = 1 << 20;

/// A being's catalogue; cheap to clone, usable from any thread but the cycle's.
#[derive(Clone, Debug)]
pub struct Catalog {
    database: Arc<Database>,
}

impl Catalog {
    /// Opens the catalogue at `path`, or makes it.
    ///
    /// # Errors
    /// [`CatalogError::Transaction`].
    pub fn open(path: &Path) -> Result<Self, CatalogError> {
        let database = Builder::new().set_cache_size(CACHE_BYTES).create(path)?;
        Ok(Self {
            database: Arc::new(database),
        })
    }

    /// A view of the catalogue as it is now.
    ///
    /// # Errors
    /// [`CatalogError::Transaction`].
    pub fn begin_read(&self) -> Result<ReadTransaction, CatalogError> {
        Ok(self.database.begin_read()?)
    }

    /// A change of the catalogue: durable when `commit` returns, forgotten when dropped.
    ///
    /// # Errors
    /// [`CatalogError::Transaction`].
    pub fn begin_write(&self) -> Result<WriteTransaction, CatalogError> {
        Ok(self.database.begin_write()?)
    }
}
