//! The version in which a `.rknn` file is written.

/// The newest that a library of version 2 reads; older ones refuse it in words of their own
/// (rknn-toolkit2 issues 254, 281, 316).
pub(super) const NEWEST: u64 = 6;

/// The version at the beginning of a plain `.rknn` file: four letters, four zeros, 64 bits. Nothing
/// for what is encrypted or cut off, about which the library must be asked.
pub(super) fn of(bytes: &[u8]) -> Option<u64> {
    let rest = bytes.strip_prefix(b"RKNN\0\0\0\0")?;
    rest.first_chunk().map(|&number| u64::from_le_bytes(number))
}
