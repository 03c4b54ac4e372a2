//! Reading a device in steady state takes no memory: an allocation inside ends the program.
#![allow(clippy::unwrap_used)]

mod material;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use material::{folder, wav};
use triune_board::{AlsaMicrophone, RecordedSound, SimulatedPictures, SimulatedSound};
use triune_hal::camera::PatternCamera;
use triune_hal::microphone::{AlsaDevice, RecordedMicrophone, SimulatedMicrophone};
use triune_hal::{Camera, Frame, Microphone};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

fn read_without_allocation(microphone: &mut dyn Microphone) {
    let mut block = vec![0.0; 160 * usize::from(microphone.format().channels)];
    microphone.read(&mut block).unwrap();
    let frames: usize = assert_no_alloc(|| {
        (0..50)
            .map(|_| {
                microphone
                    .read(&mut block)
                    .map_or(0, |captured| captured.frames)
            })
            .sum()
    });
    assert_eq!(frames, 50 * 160);
}

#[test]
fn recorded_sound_even_where_its_end_meets_its_beginning() {
    let folder = folder();
    let path = wav(&folder, "short.wav", 16_000, 2, 700);
    let mut microphone = RecordedMicrophone::open(&RecordedSound {
        path,
        paced: false,
        repeat: true,
    });
    read_without_allocation(microphone.as_mut().unwrap());
}

#[test]
fn simulated_sound() {
    read_without_allocation(&mut SimulatedMicrophone::open(&SimulatedSound {
        rate_hz: 16_000,
        channels: 2,
        seed: 1,
        paced: false,
    }));
}

#[test]
fn sound_through_alsa() {
    let silence = AlsaDevice::open(&AlsaMicrophone {
        device: "null".to_owned(),
        rate_hz: 48_000,
        channels: 2,
        period_frames: 160,
        periods: 4,
    });
    match silence {
        Ok(mut microphone) => read_without_allocation(&mut microphone),
        Err(error) => println!("skipped: ALSA's null device cannot be opened: {error}"),
    }
}

#[test]
fn pictures_into_a_frame_that_is_used_again() {
    let mut camera = PatternCamera::open(&SimulatedPictures {
        width: 64,
        height: 48,
        fps: 30,
        seed: 1,
        paced: false,
    });
    let mut frame = Frame::new();
    camera.read(&mut frame).unwrap();
    assert_no_alloc(|| {
        for _ in 0..20 {
            assert!(camera.read(&mut frame).is_ok());
        }
    });
    assert_eq!(frame.sequence, 20);
}
