//! What one window says about speech.
//!
//! A voice is a pitch that lasts without jumping and whose colour, the levels of
//! the bands against each other, moves, as a mouth moves. Noise has no pitch;
//! a hum or a beep has a colour that stands still, also when it comes and goes;
//! a clap has neither. A whisper has no pitch and is not found; singing, a tune
//! on an instrument and a siren that sweeps have both and are taken for speech.

use super::level::decibels;
use super::voicing::Voice;
use triune_core::{BAND_COUNT, Timestamp};

/// A run of voiced windows begins at this strength. Of windows of steady noise 1 in 100 comes near it.
const VOICED: f32 = 0.45;
/// It goes on at this strength.
const STILL_VOICED: f32 = 0.28;
/// The pitch may change by this ratio from one window to the next.
const PITCH_STEP: f32 = 1.15;
/// Windows that a run must have before it counts: the sound fills the window by then.
const RUN: u32 = 4;
/// Share of the recent highest power that is kept, each window.
const HIGHEST_KEPT: f32 = 0.8;
/// A window with less than this share of it is emptying after the sound has ended: it shows
/// the background's colour beside the voice's.
const EMPTYING: f32 = 0.3;
/// Share of the newest window in the colour.
const COLOUR_FOLLOW: f32 = 0.4;
/// Share of the newest colour in the usual colour: a time constant of 200 ms.
const USUAL_FOLLOW: f32 = 0.05;
/// The usual colour is forgotten after this many windows without a voice: 1 s.
const FORGET: u32 = 100;
/// Bands weaker than the strongest by more say nothing.
const DEPTH_DB: f32 = 30.0;
/// Mean distance from the usual colour, in decibels a band, at which a window
/// begins to count and at which it counts fully. Tones in noise stay below 0.6
/// in 99 of 100 windows; speech has 2 to 8.
const DISTANCE_DB: (f32, f32) = (0.7, 1.8);

/// Windows over which the colour must move as well: 50 ms.
const BACK: usize = 5;
/// Movement, in decibels a band, at which a window begins to count and at which it counts fully:
/// else a tone would count that follows on another sound.
const MOVEMENT_DB: (f32, f32) = (0.2, 0.5);

/// Levels of the bands against their mean, in decibels.
type Colour = [f32; BAND_COUNT];

/// One window, as far as speech is concerned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// When the window's newest sample was taken.
    pub(super) time: Timestamp,
    /// Pitch and its strength.
    pub(super) voice: Voice,
    /// Mean squares by band.
    pub(super) bands: [f32; BAND_COUNT],
    /// Whether the samples were whole; nothing is concluded from broken ones.
    pub(super) whole: bool,
}

/// Follows the voice from window to window.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    bands: [f32; BAND_COUNT],
    usual: Colour,
    without_voice: u32,
    pitch_hz: f32,
    highest: f32,
    recent: [Colour; BACK],
    /// Colours taken in this run.
    run_colours: usize,
    run: u32,
    run_start: Timestamp,
}

impl Evidence {
    pub(super) fn new() -> Self {
        Self {
            bands: [0.0; BAND_COUNT],
            usual: [0.0; BAND_COUNT],
            without_voice: FORGET,
            pitch_hz: 0.0,
            highest: 0.0,
            recent: [[0.0; BAND_COUNT]; BACK],
            run_colours: 0,
            run: 0,
            run_start: Timestamp(0),
        }
    }

    /// When the present run of voiced windows began.
    pub(super) fn run_start(&self) -> Timestamp {
        self.run_start
    }

    /// How much the newest window speaks for speech, 0 to 1.
    pub(super) fn weigh(&mut self, moment: &Moment) -> f32 {
        self.follow_run(moment);
        // What was before the voice has no part in its colour.
        let follow = if self.run < RUN { 1.0 } else { COLOUR_FOLLOW };
        for (smooth, band) in self.bands.iter_mut().zip(&moment.bands) {
            *smooth += follow * (band - *smooth);
        }
        let power: f32 = moment.bands.iter().sum();
        self.highest = power.max(HIGHEST_KEPT * self.highest);
        if self.run < RUN || power < EMPTYING * self.highest {
            self.without_voice = self.without_voice.saturating_add(1);
            return 0.0;
        }
        let colour = colour(&self.bands);
        if self.without_voice >= FORGET {
            self.usual = colour;
        }
        self.without_voice = 0;
        let unusual = distance(&colour, &self.usual);
        for (usual, now) in self.usual.iter_mut().zip(&colour) {
            *usual += USUAL_FOLLOW * (now - *usual);
        }
        ramp(unusual, DISTANCE_DB) * ramp(self.movement(&colour), MOVEMENT_DB)
    }

    /// How far the colour moves within this run in 50 ms; mean of the bands in decibels.
    fn movement(&mut self, colour: &Colour) -> f32 {
        let known = self.run_colours.min(BACK);
        self.run_colours += 1;
        let moved = if known == 0 {
            f32::INFINITY
        } else {
            distance(colour, &self.recent[known - 1]) * BACK as f32 / known as f32
        };
        self.recent.rotate_right(1);
        self.recent[0] = *colour;
        moved
    }

    fn follow_run(&mut self, moment: &Moment) {
        let Voice { strength, pitch_hz } = moment.voice;
        let before = std::mem::replace(&mut self.pitch_hz, pitch_hz);
        let holds = strength >= STILL_VOICED
            && pitch_hz < before * PITCH_STEP
            && pitch_hz * PITCH_STEP > before;
        if !moment.whole {
            self.run = 0;
        } else if self.run > 0 && holds {
            self.run += 1;
        } else if strength >= VOICED {
            (self.run, self.run_start) = (1, moment.time);
            self.run_colours = 0;
        } else {
            self.run = 0;
        }
    }
}

/// Mean over the bands of how far two colours are apart, in decibels.
fn distance(left: &Colour, right: &Colour) -> f32 {
    left.iter()
        .zip(right)
        .map(|(left, right)| (left - right).abs())
        .sum::<f32>()
        / BAND_COUNT as f32
}

/// 0 at the lower end of a range, 1 at its upper end, linear between.
fn ramp(value: f32, (low, high): (f32, f32)) -> f32 {
    ((value - low) / (high - low)).clamp(0.0, 1.0)
}

/// Levels of the bands against their mean, in decibels.
fn colour(bands: &[f32; BAND_COUNT]) -> Colour {
    let levels = bands.map(decibels);
    let lowest = levels.iter().copied().fold(f32::NEG_INFINITY, f32::max) - DEPTH_DB;
    let levels = levels.map(|level| level.max(lowest));
    let mean = levels.iter().sum::<f32>() / BAND_COUNT as f32;
    levels.map(|level| level - mean)
}
