//! Decibels relative to full scale.

/// Lowest level that is told apart from silence.
pub(super) const SILENCE_DB: f32 = -120.0;

/// Mean square (1 = full-scale square wave) in decibels, limited to -120..=0.
/// A full-scale sine therefore has -3.01 dB.
pub(super) fn decibels(mean_square: f32) -> f32 {
    if mean_square > 1e-12 {
        (10.0 * mean_square.log10()).clamp(SILENCE_DB, 0.0)
    } else {
        SILENCE_DB
    }
}

/// Takes the mean away with a one-pole high-pass: -3 dB at about 20 Hz for 16 kHz.
#[derive(Clone, Debug, Default)]
pub(super) struct DcRemoval {
    before: Option<f32>,
    output: f32,
}

impl DcRemoval {
    /// Pole of y\[n\] = x\[n\] - x\[n-1\] + p y\[n-1\]; 1 - 2 pi 20 / 16000.
    const POLE: f32 = 0.992_146;

    pub(super) fn push(&mut self, sample: f32) -> f32 {
        // The first sample counts as the mean, so that a stream that begins off zero does not click.
        let before = self.before.replace(sample).unwrap_or(sample);
        let output = sample - before + Self::POLE * self.output;
        self.output = if output.abs() < 1e-12 { 0.0 } else { output };
        self.output
    }
}
