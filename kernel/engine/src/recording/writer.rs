//! Writes a recording, block by block.

use super::block::BlockBuilder;
use super::entry::{BeingStart, CycleRecord, Entry, StepRecord};
use super::error::RecordingError;
use super::format::{
    BlockPlace, END, EndMark, INDEX, MAGIC, MOST_RECORDED_BEINGS, RECORDING_VERSION,
    RecordingHeader,
};
use super::last_states::LastStates;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use triune_core::{BeingId, StateHash, Timestamp};
use zerocopy::IntoBytes;

/// A recording that is being written. Dropping it without [`Writer::finish`] leaves a
/// recording that was cut short, which can still be read.
///
/// Not for the cycle thread: closing a block packs it and waits for the disk.
#[derive(Debug)]
pub struct Writer {
    file: File,
    beings: Vec<BeingStart>,
    pending: Option<CycleRecord>,
    steps: Vec<StepRecord>,
    /// Whether a step of the pending cycle did not come in the order of `beings`.
    out_of_order: bool,
    block: Option<BlockBuilder>,
    index: Vec<BlockPlace>,
    last: LastStates,
    closed_cycles: u64,
    newest: Timestamp,
    /// Whether a block could not be written: whatever followed would leave a gap.
    has_ended: bool,
    summary: WriteSummary,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteSummary {
    /// Cycles that were added; the last ones may still be in memory.
    pub cycles: u64,
    /// Steps of beings in them.
    pub steps: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes of the blocks in the file before they were packed.
    pub uncompressed: u64,
    /// Hash over the last states of all beings; of one being, its state's.
    pub hash: StateHash,
}

impl Writer {
    /// Creates the file and makes its name durable; refuses to replace one that exists. The beings
    /// follow as [`Entry::Joined`].
    ///
    /// # Errors
    /// [`RecordingError::Io`] if the file exists or cannot be written, [`RecordingError::Full`]
    /// if there is no room.
    pub fn create(path: &Path, header: &RecordingHeader) -> Result<Self, RecordingError> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(RecordingError::io(
                "the recording cannot be created (an existing file is never replaced)",
            ))?;
        let mut writer = Self {
            file,
            beings: Vec::new(),
            pending: None,
            steps: Vec::new(),
            out_of_order: false,
            block: None,
            index: Vec::new(),
            last: LastStates::default(),
            closed_cycles: 0,
            newest: Timestamp(0),
            has_ended: false,
            summary: WriteSummary::default(),
        };
        let body = header.as_bytes();
        let begun = writer.put(&[
            &MAGIC,
            RECORDING_VERSION.as_bytes(),
            (body.len() as u32).as_bytes(),
            body,
            crc32c::crc32c(body).as_bytes(),
        ]);
        if let Err(error) = begun.and_then(|()| sync_folder(path)) {
            // Half a header would only be in the way of the next attempt.
            let _ = std::fs::remove_file(path);
            return Err(error);
        }
        Ok(writer)
    }

    /// Adds an entry. A full block goes to the file and is made durable there.
    ///
    /// # Errors
    /// [`RecordingError::Full`] or [`RecordingError::Io`] if a block could not be written: the
    /// blocks before it are whole and [`RecordingError::Ended`] follows. [`RecordingError::Order`]
    /// or [`RecordingError::TooManyBeings`] for entries that cannot mean a run: the entry is left
    /// out, and the cycle that it should have completed.
    pub fn add(&mut self, entry: &Entry) -> Result<(), RecordingError> {
        if self.has_ended {
            return Err(RecordingError::Ended);
        }
        match entry {
            Entry::Step(step) => return self.add_step(step),
            _ if self.pending.is_some() => {
                self.pending = None;
                return Err(order("a cycle lacks steps"));
            }
            Entry::Cycle(record) => {
                if record.beings as usize > self.beings.len() {
                    return Err(order("a cycle counts more beings than have joined"));
                }
                self.pending = Some(*record);
                self.steps.clear();
                self.out_of_order = false;
                if record.beings == 0 {
                    self.commit(record);
                }
            }
            Entry::Joined(start) => {
                if self.find(start.state.being).is_some() {
                    return Err(order("a being joined that already takes part"));
                }
                if self.beings.len() >= MOST_RECORDED_BEINGS {
                    return Err(RecordingError::TooManyBeings {
                        beings: self.beings.len() + 1,
                        most: MOST_RECORDED_BEINGS,
                    });
                }
                self.block().joined(start);
                self.beings.push(*start);
                self.last.note(start.state.being, start.state.hash());
            }
            Entry::Left(being) => {
                let place = self
                    .find(*being)
                    .ok_or(order("a being left that was not there"))?;
                self.block().left(*being);
                self.beings.remove(place);
            }
            Entry::Parameters(being, parameters) => {
                let place = self
                    .find(*being)
                    .ok_or(order("parameters of a being that was not there"))?;
                self.block().parameters(*being, parameters);
                self.beings[place].parameters = *parameters;
            }
        }
        self.close_full_block()
    }

    /// What was added so far.
    #[must_use]
    pub fn summary(&self) -> WriteSummary {
        WriteSummary {
            hash: self.last.hash(),
            ..self.summary
        }
    }

    /// Writes the last block, the index and the end mark and makes the file durable. A cycle whose
    /// steps have not all come is left out.
    ///
    /// # Errors
    /// [`RecordingError::Full`] or [`RecordingError::Io`] if something could not be written,
    /// [`RecordingError::Ended`] if that was so before.
    pub fn finish(mut self) -> Result<WriteSummary, RecordingError> {
        if self.has_ended {
            return Err(RecordingError::Ended);
        }
        self.close_block()?;
        let summary = self.summary();
        let places = std::mem::take(&mut self.index);
        let end = EndMark {
            magic: END,
            index_checksum: crc32c::crc32c(places.as_bytes()),
            index_offset: self.summary.bytes,
            blocks: places.len() as u64,
            cycles: summary.cycles,
            steps: summary.steps,
            hash: summary.hash,
            reserved: 0,
            checksum: 0,
        };
        self.put(&[&INDEX, places.as_bytes(), end.sealed().as_bytes()])?;
        self.file
            .sync_all()
            .map_err(RecordingError::io("the recording cannot be made durable"))?;
        Ok(WriteSummary {
            bytes: self.summary.bytes,
            ..summary
        })
    }

    fn add_step(&mut self, step: &StepRecord) -> Result<(), RecordingError> {
        let Some(record) = self.pending else {
            return Err(order("a step belongs to no cycle"));
        };
        let Some(place) = self
            .find_near(step.being, self.steps.len())
            .filter(|_| step.state.being == step.being)
        else {
            self.pending = None;
            return Err(order("a step of a being that was not there"));
        };
        self.out_of_order |= place != self.steps.len();
        if self.out_of_order && self.steps.iter().any(|other| other.being == step.being) {
            self.pending = None;
            return Err(order("a being took two steps in one cycle"));
        }
        self.steps.push(*step);
        if self.steps.len() == record.beings as usize {
            self.commit(&record);
            return self.close_full_block();
        }
        Ok(())
    }

    /// The cycle and all its steps are there.
    fn commit(&mut self, record: &CycleRecord) {
        self.pending = None;
        let steps = std::mem::take(&mut self.steps);
        self.block().cycle(record, &steps);
        for (number, step) in steps.iter().enumerate() {
            if let Some(place) = self.find_near(step.being, number) {
                self.beings[place].state = step.state;
                self.beings[place].consent = step.consent;
            }
            self.last.note(step.being, step.state.hash());
        }
        self.newest = record.tick.time;
        self.summary.cycles += 1;
        self.summary.steps += steps.len() as u64;
        self.steps = steps;
    }

    fn find(&self, being: BeingId) -> Option<usize> {
        self.beings
            .iter()
            .position(|start| start.state.being == being)
    }

    /// As [`Self::find`]. Beings nearly always step in the order in which they joined: then this
    /// need not search.
    fn find_near(&self, being: BeingId, place: usize) -> Option<usize> {
        match self.beings.get(place) {
            Some(start) if start.state.being == being => Some(place),
            _ => self.find(being),
        }
    }

    /// The block that is being filled; a new one begins with the beings as they stand.
    fn block(&mut self) -> &mut BlockBuilder {
        let beings = &self.beings;
        self.block
            .get_or_insert_with(|| BlockBuilder::new(beings.iter()))
    }

    fn close_full_block(&mut self) -> Result<(), RecordingError> {
        if self.block.as_ref().is_some_and(BlockBuilder::is_full) {
            self.close_block()?;
        }
        Ok(())
    }

    fn close_block(&mut self) -> Result<(), RecordingError> {
        let Some(block) = self.block.take() else {
            return Ok(());
        };
        let plain = block.plain_bytes() as u64;
        let (head, packed) = block.close(self.closed_cycles, self.newest);
        let place = BlockPlace {
            offset: self.summary.bytes,
            cycles_before: self.closed_cycles,
            first_time: head.first_time,
        };
        self.has_ended = true;
        self.put(&[head.as_bytes(), &packed])?;
        self.file
            .sync_data()
            .map_err(RecordingError::io("the recording cannot be made durable"))?;
        self.has_ended = false;
        self.index.push(place);
        self.closed_cycles += u64::from(head.cycles);
        self.summary.uncompressed += plain;
        Ok(())
    }

    /// Writes the parts of something whole; where it does not fit, nothing of it stays.
    fn put(&mut self, parts: &[&[u8]]) -> Result<(), RecordingError> {
        let whole = self.summary.bytes;
        if let Err(source) = self.file.write_all(&parts.concat()) {
            // What cannot be taken back is a block that was cut short, which a reader knows.
            let _ = self.file.set_len(whole);
            let _ = self.file.seek(SeekFrom::Start(whole));
            return Err(RecordingError::io("the recording cannot be written")(
                source,
            ));
        }
        self.summary.bytes += parts.iter().map(|part| part.len() as u64).sum::<u64>();
        Ok(())
    }
}

/// Makes the file's name durable: what is synced in a file that nobody finds is lost.
fn sync_folder(path: &Path) -> Result<(), RecordingError> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(RecordingError::io(
            "the recording's folder cannot be made durable",
        ))
}

fn order(what: &'static str) -> RecordingError {
    RecordingError::Order { what }
}
