//! A block's bytes: packing, checking, unpacking. Pure.

use super::FormatError;
use super::format::{BLOCK_BYTES, BLOCK_HEAD, Part};

const STORED: u8 = 0;
const LZ4: u8 = 1;

/// The head of a block, whose lengths are known to be sane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BlockHead {
    pub(crate) part: Part,
    packing: u8,
    raw: usize,
    packed: usize,
    checksum: u32,
}

/// Packs `raw`, at most a block's bytes, into a whole block.
pub(crate) fn pack(part: Part, raw: &[u8]) -> Vec<u8> {
    let shorter = Some(lz4_flex::block::compress(raw)).filter(|packed| packed.len() < raw.len());
    let packing = if shorter.is_some() { LZ4 } else { STORED };
    let body = shorter.as_deref().unwrap_or(raw);
    let mut block = vec![part as u8, packing, 0, 0];
    block.extend_from_slice(&(raw.len() as u32).to_le_bytes());
    block.extend_from_slice(&(body.len() as u32).to_le_bytes());
    let checksum = crc32c::crc32c_append(crc32c::crc32c(&block), body);
    block.extend_from_slice(&checksum.to_le_bytes());
    block.extend_from_slice(body);
    block
}

impl BlockHead {
    /// Reads a head that comes from outside.
    pub(crate) fn read(head: &[u8; BLOCK_HEAD]) -> Result<Self, FormatError> {
        let part =
            Part::from_number(head[0]).ok_or(FormatError::Damaged("a block of an unknown part"))?;
        let (raw, packed) = (number(head, 4) as usize, number(head, 8) as usize);
        let lengths_fit = match head[1] {
            STORED => packed == raw,
            LZ4 => packed < raw,
            _ => false,
        };
        if head[2..4] != [0, 0] || raw == 0 || raw > BLOCK_BYTES || !lengths_fit {
            return Err(FormatError::Damaged("a block's head"));
        }
        Ok(Self {
            part,
            packing: head[1],
            raw,
            packed,
            checksum: number(head, 12),
        })
    }

    /// Bytes that follow the head.
    pub(crate) fn packed_bytes(&self) -> usize {
        self.packed
    }

    /// The records in `body`, which follows `head`.
    pub(crate) fn unpack(
        &self,
        head: &[u8; BLOCK_HEAD],
        body: Vec<u8>,
    ) -> Result<Vec<u8>, FormatError> {
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&head[..12]), &body);
        if checksum != self.checksum {
            return Err(FormatError::Damaged("a block's checksum"));
        }
        if self.packing == STORED {
            return Ok(body);
        }
        match lz4_flex::block::decompress(&body, self.raw) {
            Ok(raw) if raw.len() == self.raw => Ok(raw),
            Ok(_) | Err(_) => Err(FormatError::Damaged("a block's packing")),
        }
    }
}

/// The number of four bytes at `place`.
pub(crate) fn number(bytes: &[u8], place: usize) -> u32 {
    let four = bytes
        .get(place..place + 4)
        .and_then(|four| four.try_into().ok());
    four.map_or(0, u32::from_le_bytes)
}
