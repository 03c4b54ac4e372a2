//! Where the blocks of a file lie: read from its end, or found again where the end is missing.

use super::format::{BLOCK, BlockHead, BlockPlace, EndMark, INDEX, LONGEST_BLOCK};
use std::io::{self, Read, Seek, SeekFrom};
use triune_core::Timestamp;
use zerocopy::{FromBytes, FromZeros, IntoBytes};

/// The blocks of a file.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) places: Vec<BlockPlace>,
    /// The end mark; `None` if it is missing or damaged.
    pub(super) end: Option<EndMark>,
}

impl Index {
    /// Reads the index of a file whose blocks begin at `first`.
    pub(super) fn read<R: Read + Seek>(input: &mut R, first: u64) -> io::Result<Self> {
        let length = input.seek(SeekFrom::End(0))?;
        match Self::from_end(input, first, length)? {
            Some(index) => Ok(index),
            None => Self::scan(input, first, length),
        }
    }

    fn from_end<R: Read + Seek>(
        input: &mut R,
        first: u64,
        length: u64,
    ) -> io::Result<Option<Self>> {
        let mark = size_of::<EndMark>() as u64;
        let Some(place) = length.checked_sub(mark).filter(|&place| place >= first) else {
            return Ok(None);
        };
        let mut end = EndMark::new_zeroed();
        input.seek(SeekFrom::Start(place))?;
        input.read_exact(end.as_mut_bytes())?;
        let size = end
            .blocks
            .checked_mul(size_of::<BlockPlace>() as u64)
            .and_then(|size| size.checked_add(INDEX.len() as u64));
        let fits = size.is_some_and(|size| end.index_offset.checked_add(size) == Some(place));
        if !end.is_whole() || !fits || end.index_offset < first {
            return Ok(None);
        }
        let mut magic = [0; INDEX.len()];
        input.seek(SeekFrom::Start(end.index_offset))?;
        input.read_exact(&mut magic)?;
        // It fits between the blocks and the end mark, so that its length is no larger than the file.
        let mut bytes = vec![0; (place - end.index_offset) as usize - INDEX.len()];
        input.read_exact(&mut bytes)?;
        if magic != INDEX || crc32c::crc32c(&bytes) != end.index_checksum {
            return Ok(None);
        }
        let places: Vec<BlockPlace> = bytes
            .chunks_exact(size_of::<BlockPlace>())
            .filter_map(|place| BlockPlace::read_from_bytes(place).ok())
            .collect();
        let mut before = first;
        for (number, place) in places.iter().enumerate() {
            let in_order = if number == 0 {
                place.offset == first
            } else {
                place.offset > before
            };
            if !in_order || place.offset >= end.index_offset {
                return Ok(None);
            }
            before = place.offset;
        }
        Ok(Some(Self {
            places,
            end: Some(end),
        }))
    }

    /// Finds the blocks by their heads. A block is durable before the next begins: where none
    /// follows, what is no whole block is a write that a power cut tore, and ends the recording; before
    /// another block it is damage, and keeps its place so that a reader comes upon it.
    fn scan<R: Read + Seek>(input: &mut R, first: u64, length: u64) -> io::Result<Self> {
        let mut places = Vec::new();
        let mut offset = first;
        let (mut cycles, mut newest) = (0, Timestamp(0));
        loop {
            if let Some(head) = block_at(input, offset, length)? {
                places.push(BlockPlace {
                    offset,
                    cycles_before: head.cycles_before,
                    first_time: head.first_time,
                });
                cycles = head.cycles_before.saturating_add(head.cycles.into());
                newest = head.first_time;
                offset += head.whole();
            } else if let Some(next) = next_block(input, offset, length)? {
                places.push(BlockPlace {
                    offset,
                    cycles_before: cycles,
                    first_time: newest,
                });
                offset = next;
            } else {
                if let Some(last) = places.last()
                    && is_torn(input, last.offset, length)?
                {
                    places.pop();
                }
                return Ok(Self { places, end: None });
            }
        }
    }
}

/// Whether the last block's body does not agree with its head: a power cut may keep what was written
/// first and lose what came before it.
fn is_torn<R: Read + Seek>(input: &mut R, offset: u64, length: u64) -> io::Result<bool> {
    let Some(head) = block_at(input, offset, length)? else {
        return Ok(false);
    };
    let mut packed = vec![0; head.packed as usize];
    input.read_exact(&mut packed)?;
    Ok(crc32c::crc32c(&packed) != head.body_checksum)
}

/// The head of the block at `offset`, if there is one and its bytes fit into the file.
fn block_at<R: Read + Seek>(
    input: &mut R,
    offset: u64,
    length: u64,
) -> io::Result<Option<BlockHead>> {
    let left = length.saturating_sub(offset);
    if left < size_of::<BlockHead>() as u64 {
        return Ok(None);
    }
    let mut head = BlockHead::new_zeroed();
    input.seek(SeekFrom::Start(offset))?;
    input.read_exact(head.as_mut_bytes())?;
    Ok((head.is_possible() && head.whole() <= left).then_some(head))
}

/// Where the next block begins behind what is none at `offset`; no further than one block may be
/// long.
fn next_block<R: Read + Seek>(input: &mut R, offset: u64, length: u64) -> io::Result<Option<u64>> {
    let behind = offset + 1;
    let reach = (size_of::<BlockHead>() + LONGEST_BLOCK) as u64;
    let mut bytes = vec![0; length.saturating_sub(behind).min(reach) as usize];
    input.seek(SeekFrom::Start(behind))?;
    input.read_exact(&mut bytes)?;
    for (place, magic) in bytes.array_windows().enumerate() {
        let place = behind + place as u64;
        if *magic == BLOCK && block_at(input, place, length)?.is_some() {
            return Ok(Some(place));
        }
    }
    Ok(None)
}
