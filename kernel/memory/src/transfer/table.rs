//! Rows of a catalogue's table in a block: the table's name, then key, length and bytes of each row.

use super::FormatError;
use super::format::BLOCK_BYTES;

const ROW_HEAD: usize = 12;

/// Longest row that fits into a block, whatever its table is called.
pub(crate) const ROW_BYTES: usize = BLOCK_BYTES - 256 - ROW_HEAD;

/// The head of a block of rows of `table`.
pub(crate) fn pack_name(table: &str) -> Vec<u8> {
    let mut head = vec![table.len() as u8];
    head.extend_from_slice(table.as_bytes());
    head
}

/// One row.
pub(crate) fn pack_row(key: u64, row: &[u8]) -> Vec<u8> {
    let mut packed = key.to_le_bytes().to_vec();
    packed.extend_from_slice(&(row.len() as u32).to_le_bytes());
    packed.extend_from_slice(row);
    packed
}

/// Key and bytes of a row.
pub(crate) type Row<'a> = (u64, &'a [u8]);

/// The table's name and its rows in a block that comes from outside.
pub(crate) fn unpack(block: &[u8]) -> Result<(&str, Vec<Row<'_>>), FormatError> {
    let damaged = || FormatError::Damaged("rows of a table");
    let (&length, rest) = block.split_first().ok_or_else(damaged)?;
    let (name, mut rest) = rest
        .split_at_checked(usize::from(length))
        .ok_or_else(damaged)?;
    let name = std::str::from_utf8(name).map_err(|_| damaged())?;
    let mut rows = Vec::new();
    while !rest.is_empty() {
        let (key, after) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
        let (length, after) = after.split_first_chunk::<4>().ok_or_else(damaged)?;
        let (row, after) = after
            .split_at_checked(u32::from_le_bytes(*length) as usize)
            .ok_or_else(damaged)?;
        rows.push((u64::from_le_bytes(*key), row));
        rest = after;
    }
    Ok((name, rows))
}
