//! Why the catalogue does not answer.

/// Why the catalogue could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// A transaction failed; nothing of it is in the catalogue.
    #[error("the catalogue: {0}; check the disk and its free space, then repeat the call")]
    Transaction(#[source] Box<redb::Error>),
}

/// Every error of a redb call is told as one that failed the transaction.
macro_rules! from_redb {
    ($($error:ty),*) => {$(
        impl From<$error> for CatalogError {
            fn from(error: $error) -> Self {
                Self::Transaction(Box::new(error.into()))
            }
        }
    )*};
}

from_redb!(
    redb::DatabaseError,
    redb::TransactionError,
    redb::TableError,
    redb::StorageError,
    redb::CommitError
);
