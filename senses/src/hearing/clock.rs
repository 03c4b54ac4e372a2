//! Which instant a frame of the stream belongs to.

use triune_core::{Nanoseconds, Timestamp};

/// Block stamps that differ from the running clock by more are believed at once.
const RESYNC: i64 = 50_000_000;
/// Beyond this the sound before and after do not belong together.
const GAP: i64 = 500_000_000;
/// Share of the difference that is followed with each block: sound cards run
/// some parts per million off and their blocks arrive in bursts, so the stamps
/// are followed slowly.
const SLEW: i64 = 512;

/// How a block's stamp fits to the blocks before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Continuity {
    /// It follows on.
    Continuous,
    /// Time jumped by so much that the analysis has to begin anew.
    Gap,
}

/// Counts frames and turns positions in the stream into instants.
#[derive(Clone, Debug)]
pub(super) struct StreamClock {
    rate_hz: u64,
    anchor: Option<Timestamp>,
    anchor_frame: u64,
    frames: u64,
}

impl StreamClock {
    pub(super) fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz: u64::from(rate_hz),
            anchor: None,
            anchor_frame: 0,
            frames: 0,
        }
    }

    /// Takes the stamp of the first frame of a block.
    pub(super) fn begin_block(&mut self, time: Timestamp) -> Continuity {
        let Some(anchor) = self.anchor else {
            self.anchor_to(time);
            return Continuity::Continuous;
        };
        let expected = anchor.after(self.span(self.frames - self.anchor_frame));
        let error = i64::try_from(i128::from(time.0) - i128::from(expected.0)).unwrap_or(i64::MAX);
        if error.abs() > RESYNC {
            self.anchor_to(time);
        } else {
            self.anchor = Some(Timestamp(anchor.0.saturating_add_signed(error / SLEW)));
        }
        if error.abs() > GAP {
            Continuity::Gap
        } else {
            Continuity::Continuous
        }
    }

    /// One more frame arrived.
    pub(super) fn advance(&mut self) {
        self.frames += 1;
    }

    /// Frames that arrived so far.
    pub(super) fn frames(&self) -> u64 {
        self.frames
    }

    /// The instant of frame `frame`.
    pub(super) fn instant(&self, frame: u64) -> Timestamp {
        let anchor = self.anchor.unwrap_or_default();
        if frame >= self.anchor_frame {
            anchor.after(self.span(frame - self.anchor_frame))
        } else {
            Timestamp(
                anchor
                    .0
                    .saturating_sub(self.span(self.anchor_frame - frame)),
            )
        }
    }

    fn anchor_to(&mut self, time: Timestamp) {
        self.anchor = Some(time);
        self.anchor_frame = self.frames;
    }

    fn span(&self, frames: u64) -> Nanoseconds {
        // Whole seconds apart, so that years of frames do not overflow.
        frames / self.rate_hz * 1_000_000_000 + frames % self.rate_hz * 1_000_000_000 / self.rate_hz
    }
}
