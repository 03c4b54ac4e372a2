//! Power spectrum of the newest 40 ms, every 10 ms.

use super::ANALYSIS_RATE_HZ;
use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};
use std::f32::consts::TAU;
use std::sync::Arc;
use triune_core::BAND_COUNT;

/// Samples between two spectra: 10 ms.
pub(super) const HOP: usize = 160;
/// Samples under the window: 40 ms, three periods of the lowest voice (75 Hz).
pub(super) const WINDOW: usize = 640;
/// Points of the transform: the window and zeros for lags up to 12.5 ms.
pub(super) const TRANSFORM: usize = 1024;
/// Bins of the spectrum, 15.625 Hz apart.
pub(super) const BINS: usize = TRANSFORM / 2 + 1;

/// Edges of the reported bands in hertz: nine points evenly spaced from 60 to
/// 7000 Hz on the mel scale, mel = 2595 log10(1 + f/700)
/// (D. O'Shaughnessy, "Speech Communication", 1987).
pub const BAND_EDGES_HZ: [f32; BAND_COUNT + 1] = [
    60.0, 315.0, 656.0, 1111.0, 1719.0, 2531.0, 3616.0, 5065.0, 7000.0,
];

/// The bin that holds `hertz`.
pub(super) fn bin(hertz: f32) -> usize {
    (hertz * TRANSFORM as f32 / ANALYSIS_RATE_HZ as f32).round() as usize
}

/// Keeps the newest samples and transforms them.
pub(super) struct Spectrum {
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// Turns a bin's squared magnitude into its share of the mean square.
    scale: f32,
    samples: Vec<f32>,
    write: usize,
    input: Vec<f32>,
    output: Vec<Complex32>,
    scratch: Vec<Complex32>,
    power: Vec<f32>,
}

impl Spectrum {
    pub(super) fn new(planner: &mut RealFftPlanner<f32>) -> Self {
        let transform = planner.plan_fft_forward(TRANSFORM);
        let window = hann();
        let energy: f32 = window.iter().map(|weight| weight * weight).sum();
        Self {
            input: transform.make_input_vec(),
            output: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            transform,
            window,
            scale: 2.0 / (TRANSFORM as f32 * energy),
            samples: vec![0.0; WINDOW],
            write: 0,
            power: vec![0.0; BINS],
        }
    }

    pub(super) fn push(&mut self, sample: f32) {
        self.samples[self.write] = sample;
        self.write = (self.write + 1) % WINDOW;
    }

    pub(super) fn clear(&mut self) {
        self.samples.fill(0.0);
        self.write = 0;
    }

    /// The power of each bin; together they make up the mean square of the window.
    pub(super) fn analyse(&mut self) -> &[f32] {
        let (newer, older) = self.samples.split_at(self.write);
        for ((input, sample), weight) in self
            .input
            .iter_mut()
            .zip(older.iter().chain(newer))
            .zip(&self.window)
        {
            *input = sample * weight;
        }
        self.input[WINDOW..].fill(0.0);
        let done = self.transform.process_with_scratch(
            &mut self.input,
            &mut self.output,
            &mut self.scratch,
        );
        // It fails only for buffers of wrong length, and these were made by the transform itself.
        debug_assert!(done.is_ok());
        for (power, value) in self.power.iter_mut().zip(&self.output) {
            *power = value.norm_sqr() * self.scale;
        }
        &self.power
    }
}

/// Mean square in each of the reported bands.
pub(super) fn bands(power: &[f32]) -> [f32; BAND_COUNT] {
    let mut sums = [0.0; BAND_COUNT];
    for (band, sum) in sums.iter_mut().enumerate() {
        *sum = power[bin(BAND_EDGES_HZ[band])..bin(BAND_EDGES_HZ[band + 1])]
            .iter()
            .sum();
    }
    sums
}

/// Hann's window of [`WINDOW`] samples.
pub(super) fn hann() -> Vec<f32> {
    (0..WINDOW)
        .map(|n| 0.5 - 0.5 * (TAU * n as f32 / WINDOW as f32).cos())
        .collect()
}
