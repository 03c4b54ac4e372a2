//! The steady background in each bin, learnt without being told when it is alone.
//!
//! Minimum statistics (R. Martin, "Noise power spectral density estimation based
//! on optimal smoothing and minimum statistics", IEEE Trans. Speech Audio
//! Process. 9(5), 2001) with fixed smoothing: speech leaves every bin again and
//! again, so the lowest smoothed power of the last 1.6 s is the background's.

use super::spectrum::BINS;

/// Share of the old value in the smoothed power, each 10 ms.
const SMOOTHING: f32 = 0.85;
/// Spectra in one part of the memory: 200 ms.
const PART: u32 = 20;
/// Parts of the memory: 1.6 s.
const PARTS: usize = 8;
/// Parts that must be whole before anything is taken as background: 600 ms.
const NEEDED: usize = 3;
/// How far the minimum lies below the mean for steady noise, measured on 100 s of white noise.
const BIAS: f32 = 2.4;

/// The floor of the spectrum.
pub(super) struct NoiseFloor {
    smoothed: Vec<f32>,
    current: Vec<f32>,
    parts: Vec<f32>,
    kept: usize,
    next: usize,
    count: u32,
    floor: Vec<f32>,
}

impl NoiseFloor {
    pub(super) fn new() -> Self {
        Self {
            smoothed: vec![0.0; BINS],
            current: vec![f32::INFINITY; BINS],
            parts: vec![f32::INFINITY; BINS * PARTS],
            kept: 0,
            next: 0,
            count: 0,
            floor: vec![0.0; BINS],
        }
    }

    /// Whether enough was heard to tell the background from the rest.
    pub(super) fn is_known(&self) -> bool {
        self.kept >= NEEDED
    }

    /// Power of the background in each bin; 0 while it is not known.
    pub(super) fn power(&self) -> &[f32] {
        &self.floor
    }

    pub(super) fn learn(&mut self, power: &[f32]) {
        let keep = if self.kept == 0 && self.count == 0 {
            0.0
        } else {
            SMOOTHING
        };
        for ((smoothed, lowest), power) in
            self.smoothed.iter_mut().zip(&mut self.current).zip(power)
        {
            *smoothed = keep * *smoothed + (1.0 - keep) * power;
            *lowest = lowest.min(*smoothed);
        }
        self.count += 1;
        if self.count == PART {
            self.finish_part();
        }
    }

    fn finish_part(&mut self) {
        let start = self.next * BINS;
        self.parts[start..start + BINS].copy_from_slice(&self.current);
        self.current.fill(f32::INFINITY);
        self.next = (self.next + 1) % PARTS;
        self.kept = (self.kept + 1).min(PARTS);
        self.count = 0;
        if self.is_known() {
            self.floor.fill(f32::INFINITY);
            for part in self.parts.chunks_exact(BINS).take(self.kept) {
                for (floor, lowest) in self.floor.iter_mut().zip(part) {
                    *floor = floor.min(BIAS * lowest);
                }
            }
        }
    }
}
