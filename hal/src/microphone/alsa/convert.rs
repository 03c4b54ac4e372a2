//! From the card's samples to ours.

use ::alsa::pcm::{Format, PCM};

/// The card's kind of sample, with the space to receive it in.
pub(super) enum Transfer {
    /// 16 bits.
    Short(Vec<i16>),
    /// 32 bits, of which the card may use the upper 24 or 20 only.
    Long(Vec<i32>),
    /// 32-bit float in -1..=1.
    Float,
}

impl Transfer {
    /// The kinds that we read, the first that the card has being taken: 16 bits are more than
    /// any microphone on a board resolves, halve the traffic, and are what players on the other
    /// end of a loopback card most often send.
    pub(super) const FORMATS: [Format; 3] = [Format::s16(), Format::s32(), Format::float()];

    /// Space for `samples` samples of that kind; `None` for a kind not in [`Self::FORMATS`].
    pub(super) fn new(format: Format, samples: usize) -> Option<Self> {
        if format == Format::s16() {
            Some(Self::Short(vec![0; samples]))
        } else if format == Format::s32() {
            Some(Self::Long(vec![0; samples]))
        } else if format == Format::float() {
            Some(Self::Float)
        } else {
            None
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Short(_) => "16-bit",
            Self::Long(_) => "32-bit",
            Self::Float => "float",
        }
    }

    /// Reads at most what fits into `samples` and into the space; returns frames.
    pub(super) fn read(&mut self, pcm: &PCM, samples: &mut [f32]) -> ::alsa::Result<usize> {
        let channels = |frames: usize| {
            // Bytes a frame are fixed while the card is open.
            usize::try_from(pcm.frames_to_bytes(1)).map_or(0, |bytes| frames * bytes)
        };
        match self {
            Self::Short(space) => {
                let room = samples.len().min(space.len());
                // SAFETY: the card was set to 16-bit samples when this variant was made, and no
                // other IO object of this PCM exists: this is the only place that makes them,
                // `&mut self` keeps calls apart, and the object dies at the end of the block.
                let io = unsafe { pcm.io_unchecked::<i16>() };
                let frames = io.readi(&mut space[..room])?;
                let count = channels(frames) / size_of::<i16>();
                for (out, &sample) in samples.iter_mut().zip(&space[..count.min(room)]) {
                    *out = f32::from(sample) / 32_768.0;
                }
                Ok(frames)
            }
            Self::Long(space) => {
                let room = samples.len().min(space.len());
                // SAFETY: as above, with 32-bit samples.
                let io = unsafe { pcm.io_unchecked::<i32>() };
                let frames = io.readi(&mut space[..room])?;
                let count = channels(frames) / size_of::<i32>();
                for (out, &sample) in samples.iter_mut().zip(&space[..count.min(room)]) {
                    *out = sample as f32 / 2_147_483_648.0;
                }
                Ok(frames)
            }
            Self::Float => {
                // SAFETY: as above, with float samples.
                let io = unsafe { pcm.io_unchecked::<f32>() };
                let frames = io.readi(samples)?;
                let count = channels(frames) / size_of::<f32>();
                let room = samples.len();
                for sample in &mut samples[..count.min(room)] {
                    // A driver may send anything; a sample that is no number is silence.
                    *sample = if sample.is_finite() {
                        sample.clamp(-1.0, 1.0)
                    } else {
                        0.0
                    };
                }
                Ok(frames)
            }
        }
    }
}
