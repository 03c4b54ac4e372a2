//! Rows turned into columns of differences, from which the zeros are left out.
//!
//! A column begins with a byte: [`DENSE`], then all its bytes; or [`SPARSE`], then a bit for each
//! of its bytes, from the lowest, and those bytes that are not zero. Columns that change together
//! have the same bits, which the compressor finds.

/// The earlier rows that a row is told from: their XOR is what it is expected to be.
pub(super) type Basis = [Option<usize>; 3];

const DENSE: u8 = 0;
const SPARSE: u8 = 1;

/// Appends to `into` the `rows` of `width` bytes, each as its difference (XOR) to the earlier rows
/// that `basis` names, byte column by byte column.
pub(super) fn to_columns(
    rows: &[u8],
    width: usize,
    basis: impl Fn(usize) -> Basis,
    into: &mut Vec<u8>,
) {
    let count = rows.len() / width;
    let mut columns = vec![0; rows.len()];
    for (index, row) in rows.chunks_exact(width).enumerate() {
        for (column, &byte) in row.iter().enumerate() {
            columns[column * count + index] = byte;
        }
        for earlier in basis(index).into_iter().flatten() {
            let earlier = &rows[earlier * width..][..width];
            for (column, &byte) in earlier.iter().enumerate() {
                columns[column * count + index] ^= byte;
            }
        }
    }
    if count > 0 {
        columns
            .chunks_exact(count)
            .for_each(|column| put(column, into));
    }
}

fn put(column: &[u8], into: &mut Vec<u8>) {
    let zeros = column.iter().filter(|&&byte| byte == 0).count();
    // A few zeros that came about by chance are not worth their bits.
    if zeros < column.len() / 4 {
        into.push(DENSE);
        into.extend_from_slice(column);
        return;
    }
    into.push(SPARSE);
    for bytes in column.chunks(8) {
        let bits = bytes.iter().enumerate();
        into.push(bits.fold(0, |bits, (place, &byte)| {
            bits | u8::from(byte != 0) << place
        }));
    }
    into.extend(column.iter().filter(|&&byte| byte != 0));
}

/// Takes from `rest` the `count` rows that [`to_columns`] made columns of; `None` if it is short or
/// holds others. `basis` may only name earlier rows.
pub(super) fn from_columns(
    rest: &mut &[u8],
    count: usize,
    width: usize,
    basis: impl Fn(usize) -> Basis,
) -> Option<Vec<u8>> {
    let mut columns = vec![0; count.checked_mul(width)?];
    if count > 0 {
        for column in columns.chunks_exact_mut(count) {
            fill(column, rest)?;
        }
    }
    let mut rows = vec![0; columns.len()];
    for index in 0..count {
        let (before, here) = rows.split_at_mut(index * width);
        let here = &mut here[..width];
        for (column, byte) in here.iter_mut().enumerate() {
            *byte = columns[column * count + index];
        }
        for earlier in basis(index).into_iter().flatten() {
            let earlier = before.get(earlier * width..)?.get(..width)?;
            for (byte, &other) in here.iter_mut().zip(earlier) {
                *byte ^= other;
            }
        }
    }
    Some(rows)
}

fn fill(column: &mut [u8], rest: &mut &[u8]) -> Option<()> {
    let (&kind, after) = rest.split_first()?;
    *rest = after;
    match kind {
        DENSE => {
            let (bytes, after) = rest.split_at_checked(column.len())?;
            column.copy_from_slice(bytes);
            *rest = after;
        }
        SPARSE => {
            let (bits, mut bytes) = rest.split_at_checked(column.len().div_ceil(8))?;
            for (eight, bits) in column.chunks_mut(8).zip(bits) {
                for (place, byte) in eight.iter_mut().enumerate() {
                    if bits >> place & 1 == 1 {
                        let (&value, after) = bytes.split_first()?;
                        *byte = value;
                        bytes = after;
                    }
                }
            }
            *rest = bytes;
        }
        _ => return None,
    }
    Some(())
}
