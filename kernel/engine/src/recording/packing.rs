//! The compressor of blocks.

/// The bytes of `plain`, packed.
pub(super) fn pack(plain: &[u8]) -> Vec<u8> {
    lz4_flex::block::compress(plain)
}

/// The `length` bytes that were packed; `None` if `packed` holds others.
pub(super) fn unpack(packed: &[u8], length: usize) -> Option<Vec<u8>> {
    let plain = lz4_flex::block::decompress(packed, length).ok()?;
    (plain.len() == length).then_some(plain)
}
