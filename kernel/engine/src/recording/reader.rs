//! Reads a recording, trusting nothing in it.

use super::entry::Recorded;
use super::error::RecordingError;
use super::format::{BlockHead, MAGIC, RECORDING_VERSION, RecordingHeader};
use super::index::Index;
use super::unpacked::entries;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;
use triune_core::StateHash;
use zerocopy::{FromBytes, FromZeros, IntoBytes};

/// A recording that is being read.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    header: RecordingHeader,
    index: Index,
    next_block: usize,
    entries: VecDeque<Recorded>,
}

/// What a recording's end states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordingEnd {
    /// Cycles of the whole recording.
    pub cycles: u64,
    /// Steps of beings in them.
    pub steps: u64,
    /// Hash over the last states of all beings; of one being, its state's.
    pub hash: StateHash,
}

impl Reader<BufReader<File>> {
    /// Opens a recording file.
    ///
    /// # Errors
    /// As [`Reader::new`], and [`RecordingError::Io`] if the file cannot be opened.
    pub fn open(path: &Path) -> Result<Self, RecordingError> {
        let file =
            File::open(path).map_err(RecordingError::io("the recording cannot be opened"))?;
        Self::new(BufReader::new(file))
    }
}

impl<R: Read + Seek> Reader<R> {
    /// Reads the header and the index; where the file was cut short, finds its blocks again. What a
    /// power cut tore ends the recording; damage with a block behind it is told when it is read.
    ///
    /// # Errors
    /// [`RecordingError::NotARecording`], [`RecordingError::Version`],
    /// [`RecordingError::Layout`], [`RecordingError::Damaged`] or [`RecordingError::Io`].
    pub fn new(mut input: R) -> Result<Self, RecordingError> {
        let mut front = [0_u8; 16];
        input
            .read_exact(&mut front)
            .map_err(|error| match error.kind() {
                ErrorKind::UnexpectedEof => RecordingError::NotARecording,
                _ => unreadable(error),
            })?;
        let (magic, numbers) = front.split_at(MAGIC.len());
        if magic != MAGIC {
            return Err(RecordingError::NotARecording);
        }
        let [version, length] =
            <[u32; 2]>::read_from_bytes(numbers).map_err(|_| RecordingError::NotARecording)?;
        if version != RECORDING_VERSION {
            return Err(RecordingError::Version {
                found: version,
                expected: RECORDING_VERSION,
            });
        }
        let header = header(&mut input, length as usize)?;
        let first = (front.len() + size_of::<RecordingHeader>() + size_of::<u32>()) as u64;
        let index = Index::read(&mut input, first).map_err(unreadable)?;
        Ok(Self {
            input,
            header,
            index,
            next_block: 0,
            entries: VecDeque::new(),
        })
    }

    /// What the recording begins with.
    #[must_use]
    pub fn header(&self) -> &RecordingHeader {
        &self.header
    }

    /// What the end mark states; `None` if it is missing or damaged.
    #[must_use]
    pub fn end(&self) -> Option<RecordingEnd> {
        self.index.end.map(|end| RecordingEnd {
            cycles: end.cycles,
            steps: end.steps,
            hash: end.hash,
        })
    }

    /// Whether the file has no whole end: the recorder was killed, or its end was damaged.
    #[must_use]
    pub fn was_cut_short(&self) -> bool {
        self.index.end.is_none()
    }

    /// The next entry; `None` at the end. After an error the next call goes on with the block
    /// behind the damaged one.
    ///
    /// # Errors
    /// [`RecordingError::Damaged`] where bytes do not agree, [`RecordingError::Io`] where
    /// they cannot be read.
    pub fn next_entry(&mut self) -> Result<Option<Recorded>, RecordingError> {
        while self.entries.is_empty() {
            let Some(place) = self.index.places.get(self.next_block) else {
                return Ok(None);
            };
            let place = *place;
            self.next_block += 1;
            let damaged = |what| RecordingError::Damaged {
                offset: place.offset,
                what,
            };
            self.input
                .seek(SeekFrom::Start(place.offset))
                .map_err(unreadable)?;
            let mut head = BlockHead::new_zeroed();
            let cut = "a block is cut short";
            self.fill(head.as_mut_bytes(), damaged(cut))?;
            if !head.is_possible() || head.cycles_before != place.cycles_before {
                return Err(damaged("a block's head does not agree"));
            }
            let mut packed = vec![0; head.packed as usize];
            self.fill(&mut packed, damaged(cut))?;
            if crc32c::crc32c(&packed) != head.body_checksum {
                return Err(damaged("a block's checksum does not agree"));
            }
            self.entries = entries(&head, &packed).map_err(damaged)?;
        }
        Ok(self.entries.pop_front())
    }

    /// Goes to the block that holds a cycle of the recording, counted from 1, or to the last
    /// block. The next entry is its keyframe; gives the number of its first cycle.
    pub fn seek_to_cycle(&mut self, cycle: u64) -> u64 {
        let cycles = cycle.saturating_sub(1);
        let places = &self.index.places;
        let after = places.partition_point(|place| place.cycles_before <= cycles);
        self.entries.clear();
        self.next_block = after.saturating_sub(1);
        places
            .get(self.next_block)
            .map_or(1, |place| place.cycles_before.saturating_add(1))
    }

    fn fill(&mut self, bytes: &mut [u8], cut: RecordingError) -> Result<(), RecordingError> {
        self.input
            .read_exact(bytes)
            .map_err(|error| match error.kind() {
                ErrorKind::UnexpectedEof => cut,
                _ => unreadable(error),
            })
    }
}

fn header<R: Read>(input: &mut R, length: usize) -> Result<RecordingHeader, RecordingError> {
    let damaged = |what| RecordingError::Damaged { offset: 16, what };
    if length != size_of::<RecordingHeader>() {
        return Err(damaged("the header has another length"));
    }
    let mut header = RecordingHeader::new(0, 0);
    let mut checksum = [0_u8; 4];
    input
        .read_exact(header.as_mut_bytes())
        .and_then(|()| input.read_exact(&mut checksum))
        .map_err(|_| damaged("the header is cut short"))?;
    if crc32c::crc32c(header.as_bytes()) != u32::from_le_bytes(checksum) {
        return Err(damaged("the header's checksum does not agree"));
    }
    if !header.is_of_this_layout() {
        return Err(RecordingError::Layout);
    }
    Ok(header)
}

fn unreadable(error: std::io::Error) -> RecordingError {
    RecordingError::io("the recording cannot be read")(error)
}
