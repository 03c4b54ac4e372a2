//! Writes a recording, block by block.

use super::codec::{
    BLOCK, END, ENTRIES_IN_BLOCK, MAGIC, RECORDING_VERSION, RecordingHeader, encode,
};
use super::entry::Entry;
use super::error::RecordingError;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use triune_core::StateHash;
use zerocopy::IntoBytes;

/// A recording that is being written. Dropping it without [`Writer::finish`] leaves a
/// recording that was cut short, which can still be read.
#[derive(Debug)]
pub struct Writer {
    file: File,
    raw: Vec<u8>,
    entries: usize,
    summary: WriteSummary,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteSummary {
    /// Cycles in the file.
    pub cycles: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Hash of the last state.
    pub hash: StateHash,
}

impl Writer {
    /// Creates the file; refuses to replace one that exists.
    ///
    /// # Errors
    /// [`RecordingError::Io`] if the file exists or cannot be written.
    pub fn create(path: &Path, header: &RecordingHeader) -> Result<Self, RecordingError> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(RecordingError::io(
                "the recording cannot be created (an existing file is never replaced)",
            ))?;
        let hash = header.state.hash();
        let mut writer = Self {
            file,
            raw: Vec::new(),
            entries: 0,
            summary: WriteSummary {
                hash,
                ..WriteSummary::default()
            },
        };
        if let Err(error) = writer.begin(header) {
            // Half a header would only be in the way of the next attempt.
            let _ = std::fs::remove_file(path);
            return Err(error);
        }
        Ok(writer)
    }

    fn begin(&mut self, header: &RecordingHeader) -> Result<(), RecordingError> {
        let body = header.as_bytes();
        self.put(&MAGIC)?;
        self.put(&RECORDING_VERSION.to_le_bytes())?;
        self.put(&(body.len() as u32).to_le_bytes())?;
        self.put(body)?;
        self.put(&crc32c::crc32c(body).to_le_bytes())
    }

    /// Adds an entry; a full block goes to the file.
    ///
    /// # Errors
    /// [`RecordingError::Io`] if the block could not be written; the blocks before it are whole.
    pub fn add(&mut self, entry: &Entry) -> Result<(), RecordingError> {
        encode(entry, &mut self.raw);
        self.entries += 1;
        match entry {
            Entry::Cycle(_) => self.summary.cycles += 1,
            Entry::Step(record) => self.summary.hash = record.state.hash(),
            Entry::Joined(_) | Entry::Left(_) | Entry::Parameters(..) => {}
        }
        if self.entries >= ENTRIES_IN_BLOCK {
            self.close_block()?;
        }
        Ok(())
    }

    /// What was added so far; the last block may still be in memory.
    #[must_use]
    pub fn summary(&self) -> WriteSummary {
        self.summary
    }

    /// Writes the last block and the end mark and makes the file durable.
    ///
    /// # Errors
    /// [`RecordingError::Io`] if something could not be written.
    pub fn finish(mut self) -> Result<WriteSummary, RecordingError> {
        self.close_block()?;
        let mut body = Vec::with_capacity(16);
        body.extend_from_slice(&self.summary.cycles.to_le_bytes());
        body.extend_from_slice(&self.summary.hash.0.to_le_bytes());
        self.put(&END)?;
        self.put(&body)?;
        self.put(&crc32c::crc32c(&body).to_le_bytes())?;
        self.file
            .sync_all()
            .map_err(RecordingError::io("the recording cannot be made durable"))?;
        Ok(self.summary)
    }

    fn close_block(&mut self) -> Result<(), RecordingError> {
        if self.entries == 0 {
            return Ok(());
        }
        let packed = lz4_flex::block::compress(&self.raw);
        let mut head = Vec::with_capacity(20);
        head.extend_from_slice(&BLOCK);
        for number in [self.entries, self.raw.len(), packed.len()] {
            head.extend_from_slice(&(number as u32).to_le_bytes());
        }
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&head[4..]), &packed);
        head.extend_from_slice(&checksum.to_le_bytes());
        self.put(&head)?;
        self.put(&packed)?;
        self.raw.clear();
        self.entries = 0;
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), RecordingError> {
        self.file.write_all(bytes).map_err(RecordingError::io(
            "the recording cannot be written (is the disk full?)",
        ))?;
        self.summary.bytes += bytes.len() as u64;
        Ok(())
    }
}
