//! Whether the newest window is voiced, and at which pitch.
//!
//! The spectrum is flattened by its own smoothed form, so that neither a loud
//! formant nor the slope of brown noise nor one lonely tone decides, and bins
//! that the background explains are weighed down. What is left is turned into an
//! autocorrelation; a series of harmonics gives it a high peak at the period of
//! the voice. It is divided by that of the window (P. Boersma, "Accurate
//! short-term analysis of the fundamental frequency ...", IFA Proceedings 17, 1993).

use super::ANALYSIS_RATE_HZ;
use super::spectrum::{BINS, TRANSFORM, WINDOW, bin, hann};
use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner};
use std::f32::consts::PI;
use std::sync::Arc;

/// Lowest and highest pitch of a voice in hertz: from a creaking low voice to a child's.
const PITCH_HZ: (u32, u32) = (60, 400);
/// Band in which harmonics are looked for, in hertz; it fades out towards its upper end, where a rough voice loses its harmonics.
const BAND_HZ: (f32, f32) = (90.0, 2200.0);
/// The spectrum is smoothed over this many hertz to either side: wider than the
/// distance of harmonics at 400 Hz.
const SMOOTH_HZ: f32 = 250.0;
/// A flattened bin counts at most this much, so that one tone is not a series.
const LIMIT: f32 = 6.0;
/// What the background explains is taken off this many times.
const SUBTRACTION: f32 = 2.0;
/// Share of the band that must stand out of the background for full strength.
const STANDING_OUT: f32 = 0.5;
/// Weaker sound, as mean square of the band, is not judged: -70 dB.
const FAINTEST: f32 = 1e-7;
/// A longer period must beat a shorter one by this much for each octave.
const OCTAVE_COST: f32 = 0.03;

/// Voicing of one window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Voice {
    /// Height of the autocorrelation's peak, 0 (no pitch) to 1.
    pub(super) strength: f32,
    /// Pitch in hertz; 0 if there is none.
    pub(super) pitch_hz: f32,
}

/// Looks for a pitch.
pub(super) struct Voicing {
    transform: Arc<dyn ComplexToReal<f32>>,
    logarithms: Vec<f32>,
    fade: Vec<f32>,
    input: Vec<Complex32>,
    output: Vec<f32>,
    scratch: Vec<Complex32>,
    /// The window's own autocorrelation, 1 at lag 0.
    window: Vec<f32>,
}

impl Voicing {
    pub(super) fn new(planner: &mut RealFftPlanner<f32>) -> Self {
        let transform = planner.plan_fft_inverse(TRANSFORM);
        let window = hann();
        let energy: f32 = window.iter().map(|weight| weight * weight).sum();
        let longest = (ANALYSIS_RATE_HZ / PITCH_HZ.0) as usize + 1;
        let correlate = |lag: usize| {
            window
                .iter()
                .zip(&window[lag..WINDOW])
                .map(|(a, b)| a * b)
                .sum::<f32>()
        };
        let (low, high) = (bin(BAND_HZ.0), bin(BAND_HZ.1));
        let fade = (low..high).map(|k| {
            let place = (k - low) as f32 / (high - low) as f32;
            0.5 + 0.5 * (PI * place).cos()
        });
        Self {
            input: transform.make_input_vec(),
            output: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            transform,
            logarithms: vec![0.0; BINS],
            fade: fade.collect(),
            window: (0..=longest).map(|lag| correlate(lag) / energy).collect(),
        }
    }

    /// Judges one spectrum against the background's.
    pub(super) fn judge(&mut self, power: &[f32], floor: &[f32]) -> Voice {
        let (low, high) = (bin(BAND_HZ.0), bin(BAND_HZ.1));
        if power[low..high].iter().sum::<f32>() < FAINTEST {
            return Voice::default();
        }
        self.flatten(power, floor);
        let whole = self.output_sum();
        if whole <= 0.0 {
            return Voice::default();
        }
        let done = self.transform.process_with_scratch(
            &mut self.input,
            &mut self.output,
            &mut self.scratch,
        );
        // It fails only for buffers of wrong length or an imaginary part at 0 Hz: neither occurs here.
        debug_assert!(done.is_ok());
        self.peak(whole)
    }

    /// Writes the flattened, weighed spectrum to the transform's input.
    fn flatten(&mut self, power: &[f32], floor: &[f32]) {
        let reach = bin(SMOOTH_HZ);
        let (low, high) = (bin(BAND_HZ.0), bin(BAND_HZ.1));
        for (logarithm, power) in self.logarithms.iter_mut().zip(power) {
            *logarithm = (power + 1e-20).ln();
        }
        self.input.fill(Complex32::ZERO);
        let first = low.saturating_sub(reach).max(bin(60.0));
        let mut sum: f32 = self.logarithms[first..low + reach].iter().sum();
        let mut count = (low + reach - first) as f32;
        for k in low..high {
            sum += self.logarithms[k + reach];
            count += 1.0;
            let flat = (self.logarithms[k] - sum / count).exp().min(LIMIT);
            let standing = (1.0 - SUBTRACTION * floor[k] / (power[k] + 1e-20)).max(0.0);
            // The plain height is kept in the imaginary part until it is summed up.
            let fade = self.fade[k - low];
            self.input[k] = Complex32::new(flat * standing * fade, flat * fade);
            if k >= first + reach {
                sum -= self.logarithms[k - reach];
                count -= 1.0;
            }
        }
    }

    /// Sums up the input, at least a share of what it is without the background taken off.
    fn output_sum(&mut self) -> f32 {
        let (mut standing, mut plain) = (0.0, 0.0);
        for value in &mut self.input {
            standing += value.re;
            plain += value.im;
            value.im = 0.0;
        }
        // The transform counts every bin but the first twice.
        2.0 * standing.max(STANDING_OUT * plain)
    }

    fn peak(&self, whole: f32) -> Voice {
        let shortest = (ANALYSIS_RATE_HZ / PITCH_HZ.1) as usize;
        let longest = (ANALYSIS_RATE_HZ / PITCH_HZ.0) as usize;
        let at = |lag: usize| self.output[lag] / (whole * self.window[lag]);
        let mut best = (0, 0.0, 0.0);
        for lag in shortest..=longest {
            let height = at(lag);
            if height <= at(lag - 1) || height < at(lag + 1) {
                continue;
            }
            let worth = height - OCTAVE_COST * (lag as f32 / shortest as f32).log2();
            if worth > best.2 {
                best = (lag, height, worth);
            }
        }
        let (lag, height, _) = best;
        if lag == 0 {
            return Voice::default();
        }
        let (before, after) = (at(lag - 1), at(lag + 1));
        let bend = before - 2.0 * height + after;
        let offset = if bend < 0.0 {
            0.5 * (before - after) / bend
        } else {
            0.0
        };
        Voice {
            strength: height.clamp(0.0, 1.0),
            pitch_hz: ANALYSIS_RATE_HZ as f32 / (lag as f32 + offset),
        }
    }
}
