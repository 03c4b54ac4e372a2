//! What of a being needs transactions, in one redb database in its directory.

mod database;
mod error;

pub use database::Catalog;
pub use error::CatalogError;
