//! Interleaved samples to one clean channel.

/// What was wrong with the samples so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoundQuality {
    /// Frames that arrived.
    pub frames: u64,
    /// Samples that were not finite numbers and were replaced by silence.
    pub non_finite: u64,
    /// Samples at or beyond full scale.
    pub clipped: u64,
    /// Blocks that did not follow on in time.
    pub gaps: u64,
    /// Blocks whose last frame was not whole; that frame was left out.
    pub incomplete: u64,
}

/// One mixed frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mixed {
    /// Mean of the finite samples, -1 to 1; 0 if there was none.
    pub(super) value: f32,
    /// Share of the samples that were finite and below full scale, 0 to 1.
    pub(super) soundness: f32,
    /// Whether every sample was a finite number.
    pub(super) finite: bool,
}

/// Samples this close to full scale are taken as clipped: the highest codes of 16-bit sound.
const CLIPPED: f32 = 32_766.0 / 32_768.0;
/// Weaker than the last bit of 32-bit sound; kept out, for denormals are slow.
const NOTHING: f32 = 1e-12;

/// Mixes one frame down, counting what is wrong with it.
pub(super) fn mix(frame: &[f32], quality: &mut SoundQuality) -> Mixed {
    let mut sum = 0.0;
    let mut finite = 0.0;
    let mut sound = 0.0;
    for &sample in frame {
        if !sample.is_finite() {
            quality.non_finite += 1;
            continue;
        }
        finite += 1.0;
        if sample.abs() >= CLIPPED {
            quality.clipped += 1;
        } else {
            sound += 1.0;
        }
        sum += sample.clamp(-1.0, 1.0);
    }
    quality.frames += 1;
    let value = if finite > 0.0 { sum / finite } else { 0.0 };
    Mixed {
        value: if value.abs() < NOTHING { 0.0 } else { value },
        // A clipped sample still tells that it was loud: half its worth.
        soundness: (sound + 0.5 * (finite - sound)) / frame.len() as f32,
        finite: finite as usize == frame.len(),
    }
}
