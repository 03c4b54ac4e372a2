//! Sound computed from a seed.

use super::{Captured, Microphone, MicrophoneError, SoundFormat, frames_in};
use crate::pace::Pace;
use crate::random::{number, share};
use std::f32::consts::TAU;
use triune_board::SimulatedSound;

/// The sound is a row of scenes of this length, each silence, noise or a burst of tone.
const SCENE_MS: u64 = 400;
/// A burst swells and fades over this time, so that it does not click.
const FADE_MS: u64 = 10;

const SCENE: u64 = 1;
const PITCH: u64 = 2;
const LEVEL: u64 = 3;
const NOISE: u64 = 4;

/// A microphone that hears silence, noise and bursts of tone, the same for the same seed
/// however it is read.
#[derive(Debug)]
pub struct SimulatedMicrophone {
    format: SoundFormat,
    seed: u64,
    next_frame: u64,
    pace: Pace,
}

#[derive(Debug, Clone, Copy)]
enum Scene {
    Silence,
    Noise { level: f32 },
    Tone { level: f32, pitch_hz: f32 },
}

impl SimulatedMicrophone {
    /// Opens it.
    pub fn open(spec: &SimulatedSound) -> Self {
        Self {
            format: SoundFormat {
                rate_hz: spec.rate_hz.max(1),
                channels: spec.channels.max(1),
            },
            seed: spec.seed,
            next_frame: 0,
            pace: Pace::new(spec.rate_hz, spec.paced),
        }
    }

    fn scene_frames(&self) -> u64 {
        (u64::from(self.format.rate_hz) * SCENE_MS / 1000).max(1)
    }

    fn scene(&self, index: u64) -> Scene {
        let level = 0.1 + 0.5 * share(self.seed, LEVEL, index);
        match number(self.seed, SCENE, index) % 4 {
            0 | 1 => Scene::Silence,
            2 => Scene::Noise { level: level * 0.3 },
            _ => Scene::Tone {
                level,
                // Within the range of voices and whistles, and of the lowest rate allowed.
                pitch_hz: 150.0 + 300.0 * share(self.seed, PITCH, index),
            },
        }
    }

    fn sample(&self, frame: u64) -> f32 {
        let scene_frames = self.scene_frames();
        let (index, at) = (frame / scene_frames, frame % scene_frames);
        let noise = 2.0 * share(self.seed, NOISE, frame) - 1.0;
        match self.scene(index) {
            // No microphone is without noise; this is -80 dB of full scale.
            Scene::Silence => noise * 1e-4,
            Scene::Noise { level } => noise * level,
            Scene::Tone { level, pitch_hz } => {
                let fade = (u64::from(self.format.rate_hz) * FADE_MS / 1000).max(1);
                let edge = at.min(scene_frames - 1 - at).min(fade) as f32 / fade as f32;
                let turns = at as f32 * pitch_hz / self.format.rate_hz as f32;
                level * edge * (TAU * turns.fract()).sin()
            }
        }
    }
}

impl Microphone for SimulatedMicrophone {
    fn format(&self) -> SoundFormat {
        self.format
    }

    fn period_frames(&self) -> usize {
        // 4 ms
        (self.format.rate_hz as usize / 250).max(1)
    }

    fn describe(&self) -> String {
        format!("simulated sound, seed {}", self.seed)
    }

    fn read(&mut self, samples: &mut [f32]) -> Result<Captured, MicrophoneError> {
        let channels = usize::from(self.format.channels);
        let frames = frames_in(samples, self.format.channels)?;
        for (frame, out) in (self.next_frame..).zip(samples.chunks_exact_mut(channels)) {
            out.fill(self.sample(frame));
        }
        self.next_frame += frames as u64;
        Ok(Captured {
            frames,
            time_ns: self.pace.take(frames as u64),
        })
    }
}
