//! Reads a recording, trusting nothing in it.

use super::codec::{BLOCK, END, LONGEST_BLOCK, MAGIC, RECORDING_VERSION, RecordingHeader, decode};
use super::entry::Entry;
use super::error::RecordingError;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use triune_core::StateHash;
use zerocopy::FromBytes;

/// A recording that is being read.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    offset: u64,
    header: RecordingHeader,
    block: VecDeque<Entry>,
    end: Option<(u64, StateHash)>,
    cut_short: bool,
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

impl<R: Read> Reader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`RecordingError::NotARecording`], [`RecordingError::Version`] or
    /// [`RecordingError::Damaged`].
    pub fn new(mut input: R) -> Result<Self, RecordingError> {
        let mut front = [0_u8; 16];
        input
            .read_exact(&mut front)
            .map_err(|_| RecordingError::NotARecording)?;
        if front[..8] != MAGIC {
            return Err(RecordingError::NotARecording);
        }
        let version = number(&front, 8);
        if version != RECORDING_VERSION {
            return Err(RecordingError::Version {
                found: version,
                expected: RECORDING_VERSION,
            });
        }
        let damaged = |what| RecordingError::Damaged { offset: 16, what };
        if number(&front, 12) as usize != size_of::<RecordingHeader>() {
            return Err(damaged("the header has another length"));
        }
        let mut body = [0_u8; size_of::<RecordingHeader>()];
        let mut checksum = [0_u8; 4];
        input
            .read_exact(&mut body)
            .and_then(|()| input.read_exact(&mut checksum))
            .map_err(|_| damaged("the header is cut short"))?;
        if crc32c::crc32c(&body) != u32::from_le_bytes(checksum) {
            return Err(damaged("the header's checksum does not agree"));
        }
        let header = RecordingHeader::read_from_bytes(&body)
            .map_err(|_| damaged("the header has another length"))?;
        let offset = (front.len() + body.len() + checksum.len()) as u64;
        Ok(Self {
            input,
            offset,
            header,
            block: VecDeque::new(),
            end: None,
            cut_short: false,
        })
    }

    /// What the recording begins with.
    #[must_use]
    pub fn header(&self) -> &RecordingHeader {
        &self.header
    }

    /// Cycles and last hash as the end mark states them, once it was reached.
    #[must_use]
    pub fn end(&self) -> Option<(u64, StateHash)> {
        self.end
    }

    /// Whether the file stopped without an end mark: the recorder was killed.
    #[must_use]
    pub fn was_cut_short(&self) -> bool {
        self.cut_short
    }

    /// The next entry; `None` at the end.
    ///
    /// # Errors
    /// [`RecordingError::Damaged`] where bytes do not agree, [`RecordingError::Io`] where
    /// they cannot be read.
    pub fn next_entry(&mut self) -> Result<Option<Entry>, RecordingError> {
        while self.block.is_empty() && self.end.is_none() && !self.cut_short {
            self.read_part()?;
        }
        Ok(self.block.pop_front())
    }

    fn read_part(&mut self) -> Result<(), RecordingError> {
        let mut magic = [0_u8; 4];
        if !self.fill(&mut magic)? {
            return Ok(());
        }
        match magic {
            BLOCK => self.read_block(),
            END => self.read_end(),
            _ => Err(self.damaged("neither a block nor the end begins here")),
        }
    }

    fn read_block(&mut self) -> Result<(), RecordingError> {
        let mut head = [0_u8; 16];
        if !self.fill(&mut head)? {
            return Ok(());
        }
        let (entries, raw_length) = (number(&head, 0) as usize, number(&head, 4) as usize);
        let packed_length = number(&head, 8) as usize;
        if raw_length > LONGEST_BLOCK || packed_length > LONGEST_BLOCK || entries > raw_length {
            return Err(self.damaged("a block states an impossible length"));
        }
        let mut packed = vec![0; packed_length];
        if !self.fill(&mut packed)? {
            return Ok(());
        }
        if crc32c::crc32c_append(crc32c::crc32c(&head[..12]), &packed) != number(&head, 12) {
            return Err(self.damaged("a block's checksum does not agree"));
        }
        let raw = lz4_flex::block::decompress(&packed, raw_length)
            .map_err(|_| self.damaged("a block cannot be unpacked"))?;
        let mut rest = raw.as_slice();
        for _ in 0..entries {
            let (entry, after) =
                decode(rest).ok_or_else(|| self.damaged("an entry cannot be read"))?;
            self.block.push_back(entry);
            rest = after;
        }
        Ok(())
    }

    fn read_end(&mut self) -> Result<(), RecordingError> {
        let mut body = [0_u8; 20];
        if !self.fill(&mut body)? {
            return Ok(());
        }
        if crc32c::crc32c(&body[..16]) != number(&body, 16) {
            return Err(self.damaged("the end mark's checksum does not agree"));
        }
        let long =
            |at: usize| u64::from(number(&body, at)) | u64::from(number(&body, at + 4)) << 32;
        self.end = Some((long(0), StateHash(long(8))));
        Ok(())
    }

    /// Fills `bytes`, or notes that the file was cut short.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<bool, RecordingError> {
        match self.input.read_exact(bytes) {
            Ok(()) => {
                self.offset += bytes.len() as u64;
                Ok(true)
            }
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                self.cut_short = true;
                Ok(false)
            }
            Err(error) => Err(RecordingError::io("the recording cannot be read")(error)),
        }
    }

    fn damaged(&self, what: &'static str) -> RecordingError {
        RecordingError::Damaged {
            offset: self.offset,
            what,
        }
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
