//! Pictures computed from a seed.

use super::{Camera, CameraError, CameraFormat, Frame, PixelFormat};
use crate::pace::Pace;
use crate::random::share;
use triune_board::SimulatedPictures;

/// Shapes that move over the background.
const SHAPES: u64 = 3;
/// Seconds that the background takes from dark to bright and back.
const BREATH_S: u64 = 8;

const START_X: u64 = 1;
const START_Y: u64 = 2;
const SPEED_X: u64 = 3;
const SPEED_Y: u64 = 4;
const COLOUR: u64 = 5;

/// A camera that sees shapes moving over a background whose brightness changes slowly; the same
/// pictures for the same seed.
#[derive(Debug)]
pub struct PatternCamera {
    format: CameraFormat,
    seed: u64,
    sequence: u64,
    pace: Pace,
}

/// A square that bounces between the edges.
#[derive(Debug, Clone, Copy)]
struct Square {
    left: u32,
    top: u32,
    side: u32,
    luma: u8,
    cb: u8,
    cr: u8,
}

impl PatternCamera {
    /// Opens it.
    pub fn open(spec: &SimulatedPictures) -> Self {
        Self {
            format: CameraFormat {
                width: spec.width.max(2).next_multiple_of(2),
                height: spec.height.max(1),
                pixel: PixelFormat::Yuyv,
                fps: spec.fps.max(1),
            },
            seed: spec.seed,
            sequence: 0,
            pace: Pace::new(spec.fps, spec.paced),
        }
    }

    fn square(&self, index: u64, sequence: u64) -> Square {
        let CameraFormat {
            width, height, fps, ..
        } = self.format;
        let side = (width.min(height) / 5).max(2) & !1;
        // Crossing the picture takes four to ten seconds.
        let place = |start: u64, speed: u64, room: u32| {
            let from = share(self.seed, start, index) * room as f32;
            let step = room as f32 / (fps as f32 * (4.0 + 6.0 * share(self.seed, speed, index)));
            bounce(from + step * sequence as f32, room)
        };
        let colour = |part: u64| (64.0 + 128.0 * share(self.seed, COLOUR + part, index)) as u8;
        Square {
            left: place(START_X, SPEED_X, width - side) & !1,
            top: place(START_Y, SPEED_Y, height.saturating_sub(side)),
            side,
            luma: 90 + (index * 60) as u8,
            cb: colour(0),
            cr: colour(1),
        }
    }

    /// Brightness of the background, 40 to 120: a triangle wave.
    fn background(&self) -> u8 {
        let period = u64::from(self.format.fps) * BREATH_S;
        let at = (self.sequence % period) * 160 / period;
        40 + at.min(160 - at) as u8
    }
}

/// Folds a way that goes on for ever into 0..=room, there and back.
fn bounce(way: f32, room: u32) -> u32 {
    let room = room.max(1) as f32;
    let at = way % (2.0 * room);
    (if at > room { 2.0 * room - at } else { at }) as u32
}

impl Camera for PatternCamera {
    fn format(&self) -> CameraFormat {
        self.format
    }

    fn describe(&self) -> String {
        format!("moving shapes, seed {}", self.seed)
    }

    fn read(&mut self, frame: &mut Frame) -> Result<(), CameraError> {
        let CameraFormat { width, height, .. } = self.format;
        let stride = PixelFormat::Yuyv.row_bytes(width);
        let background = self.background();
        let data = frame.prepare(PixelFormat::Yuyv, width, height, stride);
        for (y, row) in data.chunks_exact_mut(stride).enumerate() {
            // A slope from top to bottom, so that the picture is not flat anywhere.
            let luma = background + (y * 40 / height as usize) as u8;
            for pair in row.chunks_exact_mut(4) {
                pair.copy_from_slice(&[luma, 128, luma, 128]);
            }
        }
        for index in 0..SHAPES {
            let square = self.square(index, self.sequence);
            let bytes = square.left as usize * 2..(square.left + square.side) as usize * 2;
            for row in data
                .chunks_exact_mut(stride)
                .skip(square.top as usize)
                .take(square.side as usize)
            {
                for pair in row[bytes.clone()].chunks_exact_mut(4) {
                    pair.copy_from_slice(&[square.luma, square.cb, square.luma, square.cr]);
                }
            }
        }
        frame.sequence = self.sequence;
        frame.time_ns = self.pace.take(1);
        self.sequence += 1;
        Ok(())
    }
}
