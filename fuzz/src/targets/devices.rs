//! Files that stand in for devices.

use super::scratch::with_file;
use triune_board::{RecordedPictures, RecordedSound};
use triune_hal::camera::RecordedCamera;
use triune_hal::microphone::RecordedMicrophone;
use triune_hal::{Camera, Frame, Microphone};

/// Blocks of sound that are read at most.
const BLOCKS: usize = 64;

/// A WAV file, heard to its end.
pub fn sound(bytes: &[u8]) {
    with_file("sound.wav", bytes, |folder| {
        let spec = RecordedSound {
            path: folder.join("sound.wav"),
            paced: false,
            repeat: false,
        };
        let Ok(mut microphone) = RecordedMicrophone::open(&spec) else {
            return;
        };
        let channels = usize::from(microphone.format().channels);
        let mut samples = [0.0; 1_024];
        for _ in 0..BLOCKS {
            let Ok(captured) = microphone.read(&mut samples) else {
                break;
            };
            assert!((1..=samples.len() / channels).contains(&captured.frames));
        }
    });
}

/// A picture, seen once.
pub fn picture(bytes: &[u8]) {
    // Which decoder is taken follows from the content, not from the name.
    with_file("picture.png", bytes, |folder| {
        let spec = RecordedPictures {
            path: folder.join("picture.png"),
            fps: 25,
            paced: false,
            repeat: false,
        };
        let Ok(mut camera) = RecordedCamera::open(&spec) else {
            return;
        };
        let mut frame = Frame::default();
        if camera.read(&mut frame).is_ok() {
            let format = camera.format();
            assert!(format.width > 0 && format.height > 0);
        }
    });
}
