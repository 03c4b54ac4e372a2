//! `triune see FILE|DIR`.

use super::failure::{Exit, Failure};
use super::hear::print;
use crate::cli::FileArguments;
use crate::wiring::picture;
use triune_board::{CameraSpec, RecordedPictures};
use triune_core::Timestamp;
use triune_hal::{Frame, Recovery, open_camera};
use triune_senses::{Sight, SightParameters};

/// Frames a second at which the pictures are taken to follow each other.
const FRAMES_PER_SECOND: u32 = 15;

pub(super) fn run(arguments: &FileArguments) -> Result<Exit, Failure> {
    let spec = CameraSpec::Recording(RecordedPictures {
        path: arguments.path.clone(),
        fps: FRAMES_PER_SECOND,
        paced: false,
        repeat: false,
    });
    let mut camera = open_camera(&spec)
        .map_err(Failure::failed)?
        .ok_or_else(|| Failure::failed("the pictures cannot be opened"))?;
    let mut sight = Sight::new(SightParameters::default()).map_err(Failure::failed)?;
    let mut frame = Frame::new();
    let mut count = 0_u64;
    let mut events = Vec::new();
    loop {
        match camera.read(&mut frame) {
            Ok(()) => {
                let time = Timestamp(count * 1_000_000_000 / u64::from(FRAMES_PER_SECOND));
                sight
                    .process(&picture(&frame), time, |event| events.push(*event))
                    .map_err(Failure::failed)?;
                print(&mut events)?;
                count += 1;
            }
            Err(error) => {
                sight.finish(|event| events.push(*event));
                print(&mut events)?;
                return match error.recovery() {
                    Recovery::Finished => Ok(Exit::Fine),
                    _ => Err(Failure::failed(error)),
                };
            }
        }
    }
}
