//! Hearing as a whole: samples in, one percept and events out.

use super::analysis::Analysis;
use super::clock::{Continuity, StreamClock};
use super::error::HearingError;
use super::intake::{SoundQuality, mix};
use super::parameters::{HearingParameters, SoundInput};
use super::resampler::Resampler;
use crate::event::Event;
use triune_core::{BAND_COUNT, HearingPercept, Timestamp};

/// Turns sound into percepts and events.
pub struct Hearing {
    input: SoundInput,
    clock: StreamClock,
    resampler: Resampler,
    quality: SoundQuality,
    analysis: Analysis,
    percept: HearingPercept,
}

impl Hearing {
    /// Prepares for sound of this form. This alone allocates.
    ///
    /// # Errors
    /// [`HearingError`] when the form is not supported or a parameter is out of range.
    pub fn new(input: SoundInput, parameters: HearingParameters) -> Result<Self, HearingError> {
        input.check()?;
        parameters.check()?;
        Ok(Self {
            input,
            clock: StreamClock::new(input.rate_hz),
            resampler: Resampler::new(input.rate_hz),
            quality: SoundQuality::default(),
            analysis: Analysis::new(input.rate_hz, &parameters),
            percept: HearingPercept::ABSENT,
        })
    }

    /// Takes the next block, `interleaved` (full scale 1), whose first frame was
    /// taken at `time`, and hands every event that it completes to `events`.
    /// Returns what is heard now, its ages counted from the end of this block.
    ///
    /// Blocks may have any length. A stamp that leaves the running clock by more
    /// than 0.5 s ends what lasts and begins anew. Samples that are not finite
    /// count as silence and lower the confidence, as clipped ones do.
    pub fn process(
        &mut self,
        interleaved: &[f32],
        time: Timestamp,
        mut events: impl FnMut(&Event),
    ) -> &HearingPercept {
        let frames = interleaved.chunks_exact(usize::from(self.input.channels));
        if !frames.remainder().is_empty() {
            self.quality.incomplete += 1;
        }
        if frames.len() == 0 {
            return &self.percept;
        }
        if self.clock.begin_block(time) == Continuity::Gap {
            self.quality.gaps += 1;
            self.analysis.begin_anew(&mut events);
        }
        for frame in frames {
            let mixed = mix(frame, &mut self.quality);
            self.clock.advance();
            let (analysis, clock) = (&mut self.analysis, &self.clock);
            self.resampler.push(mixed.value, |sample| {
                analysis.push(sample, mixed, clock, &mut events);
            });
        }
        self.percept = self
            .analysis
            .percept(self.clock.instant(self.clock.frames()));
        &self.percept
    }

    /// Ends what lasts, for no more sound will come (the end of a file, a device that went away).
    pub fn finish(&mut self, mut events: impl FnMut(&Event)) {
        self.analysis.begin_anew(&mut events);
    }

    /// What is heard, as of the last block.
    #[must_use]
    pub fn percept(&self) -> &HearingPercept {
        &self.percept
    }

    /// What was wrong with the samples so far.
    #[must_use]
    pub fn quality(&self) -> SoundQuality {
        self.quality
    }

    /// The steady background by band, in decibels relative to full scale; `None` until it is known.
    #[must_use]
    pub fn noise_floor(&self) -> Option<[f32; BAND_COUNT]> {
        self.analysis.noise_floor()
    }
}
