//! Where the blocks of a file lie: read from its end, or found again where the end is missing.

use super::format::{BlockHead, BlockPlace, EndMark, INDEX};
use std::io::{self, Read, Seek, SeekFrom};
use zerocopy::{FromBytes, FromZeros, IntoBytes};

/// The blocks of a file.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) places: Vec<BlockPlace>,
    /// Where the last block ends, or where what follows is no block.
    pub(super) end_offset: u64,
    /// The end mark; `None` if it is missing or damaged.
    pub(super) end: Option<EndMark>,
    /// Whether something stands after the last block that is neither block nor index.
    pub(super) is_damaged: bool,
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
            end_offset: end.index_offset,
            end: Some(end),
            is_damaged: false,
        }))
    }

    fn scan<R: Read + Seek>(input: &mut R, first: u64, length: u64) -> io::Result<Self> {
        let mut places = Vec::new();
        let mut offset = first;
        let mut is_damaged = false;
        let size = size_of::<BlockHead>() as u64;
        input.seek(SeekFrom::Start(offset))?;
        loop {
            let left = length.saturating_sub(offset);
            if left < size {
                break;
            }
            let mut head = BlockHead::new_zeroed();
            input.read_exact(head.as_mut_bytes())?;
            if !head.is_possible() {
                is_damaged = head.magic != INDEX;
                break;
            }
            let whole = size + u64::from(head.packed);
            if left < whole {
                break;
            }
            places.push(BlockPlace {
                offset,
                cycles_before: head.cycles_before,
                first_time: head.first_time,
            });
            offset += whole;
            input.seek(SeekFrom::Start(offset))?;
        }
        Ok(Self {
            places,
            end_offset: offset,
            end: None,
            is_damaged,
        })
    }
}
