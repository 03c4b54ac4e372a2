//! Numbered rows, as every table here has them.

use super::CatalogError;
use redb::{ReadTransaction, ReadableTable, TableDefinition, TableError, WriteTransaction};

/// A table of rows that are numbered from 1 up, or of a single row 0.
pub(crate) type Rows = TableDefinition<'static, u64, &'static [u8]>;

/// Adds `row` after the last one and returns its number.
pub(crate) fn append(
    change: &WriteTransaction,
    table: Rows,
    row: &[u8],
) -> Result<u64, CatalogError> {
    let mut table = change.open_table(table)?;
    let number = table.last()?.map_or(0, |(last, _)| last.value()) + 1;
    table.insert(number, row)?;
    Ok(number)
}

/// Calls `take` with every row, newest first, until it says stop.
pub(crate) fn newest_first(
    view: &ReadTransaction,
    table: Rows,
    mut take: impl FnMut(u64, &[u8]) -> Result<bool, CatalogError>,
) -> Result<(), CatalogError> {
    let table = match view.open_table(table) {
        Ok(table) => table,
        Err(TableError::TableDoesNotExist(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for row in table.range::<u64>(..)?.rev() {
        let (number, bytes) = row?;
        if !take(number.value(), bytes.value())? {
            break;
        }
    }
    Ok(())
}

/// The newest rows of `table` as `read` understands them, newest first.
pub(super) fn newest<T>(
    view: &ReadTransaction,
    table: Rows,
    limit: usize,
    read: impl Fn(u64, &[u8]) -> Result<T, CatalogError>,
) -> Result<Vec<T>, CatalogError> {
    let mut rows = Vec::new();
    if limit > 0 {
        newest_first(view, table, |number, bytes| {
            rows.push(read(number, bytes)?);
            Ok(rows.len() < limit)
        })?;
    }
    Ok(rows)
}
