//! Recorded and simulated pictures.
#![allow(clippy::unwrap_used)]

mod material;

use material::{folder, picture};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use triune_board::{RecordedPictures, SimulatedPictures, V4lCamera};
use triune_hal::camera::{PatternCamera, RecordedCamera, V4lDevice};
use triune_hal::{Camera, CameraError, Frame, PixelFormat, Recovery};

fn recording(path: &Path, repeat: bool) -> Result<RecordedCamera, CameraError> {
    RecordedCamera::open(&RecordedPictures {
        path: path.to_owned(),
        fps: 25,
        paced: false,
        repeat,
    })
}

fn pattern(seed: u64) -> PatternCamera {
    PatternCamera::open(&SimulatedPictures {
        width: 160,
        height: 90,
        fps: 30,
        seed,
        paced: false,
    })
}

#[test]
fn a_folder_is_shown_in_the_order_of_names_with_each_pictures_size() {
    let folder = folder();
    picture(&folder, "b.png", 8, 6, [0, 0, 255]);
    picture(&folder, "a.png", 4, 3, [255, 0, 0]);
    fs::write(folder.path().join("notes.txt"), "no picture").unwrap();
    fs::create_dir(folder.path().join("c.png")).unwrap();
    let mut camera = recording(folder.path(), false).unwrap();
    let mut frame = Frame::new();
    camera.read(&mut frame).unwrap();
    assert_eq!(
        (frame.width, frame.height, frame.pixel),
        (4, 3, PixelFormat::Rgb24)
    );
    assert_eq!(frame.row(0), [255, 0, 0].repeat(4));
    assert!(frame.row(3).is_empty());
    let first_ns = frame.time_ns;
    camera.read(&mut frame).unwrap();
    assert_eq!((frame.width, frame.sequence), (8, 1));
    assert_eq!(frame.time_ns - first_ns, 40_000_000);
    let error = camera.read(&mut frame).unwrap_err();
    assert!(matches!(error, CameraError::EndOfRecording { .. }));
    assert_eq!(error.recovery(), Recovery::Finished);
}

#[test]
fn damaged_and_absent_pictures_are_typed_errors() {
    let folder = folder();
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let text = folder.path().join("text.png");
    fs::write(&text, "no picture").unwrap();
    for path in [&empty, &text] {
        let error = recording(path, true).unwrap_err();
        assert!(matches!(error, CameraError::Corrupt { .. }), "{error}");
        assert_eq!(error.recovery(), Recovery::Person);
    }
    assert!(matches!(
        recording(&folder.path().join("absent.png"), true),
        Err(CameraError::Unreadable { .. })
    ));
}

#[test]
fn a_damaged_picture_among_others_is_told_and_passed_over() {
    let folder = folder();
    picture(&folder, "1.png", 4, 4, [1, 2, 3]);
    fs::write(folder.path().join("2.png"), b"\x89PNG\r\n\x1a\nbroken").unwrap();
    picture(&folder, "3.png", 6, 4, [1, 2, 3]);
    let mut camera = recording(folder.path(), true).unwrap();
    let mut frame = Frame::new();
    camera.read(&mut frame).unwrap();
    assert!(matches!(
        camera.read(&mut frame),
        Err(CameraError::Corrupt { .. })
    ));
    camera.read(&mut frame).unwrap();
    assert_eq!(frame.width, 6);
}

#[test]
fn a_picture_that_claims_to_be_huge_is_refused_before_memory_is_taken() {
    let folder = folder();
    let path = picture(&folder, "huge.png", 4, 4, [1, 2, 3]);
    let mut bytes = fs::read(&path).unwrap();
    // The header's width and height, big-endian, after signature, length and name (PNG, 11.2.2).
    bytes[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    fs::write(&path, bytes).unwrap();
    assert!(matches!(
        recording(&path, true),
        Err(CameraError::Corrupt { .. })
    ));
}

#[test]
fn the_pattern_moves_breathes_and_follows_its_seed() {
    let mut camera = pattern(1);
    let mut frame = Frame::new();
    let mut corner = Vec::new();
    let mut before = Vec::new();
    let mut moved = 0;
    for _ in 0..240 {
        camera.read(&mut frame).unwrap();
        corner.push(frame.row(89)[0]);
        moved += u32::from(frame.data() != before);
        before = frame.data().to_vec();
    }
    let spread = corner.iter().max().unwrap() - corner.iter().min().unwrap();
    assert!(spread >= 60, "brightness spreads over {spread}");
    assert!(moved > 200, "{moved} of 240 frames differ");
    let mut other = Frame::new();
    pattern(2).read(&mut other).unwrap();
    let mut again = Frame::new();
    let mut same = pattern(1);
    for _ in 0..240 {
        same.read(&mut again).unwrap();
    }
    assert_eq!(again.data(), frame.data());
    assert_ne!(other.data(), again.data());
}

#[test]
fn a_camera_that_is_not_there_is_not_found_and_a_file_is_no_camera() {
    let folder = folder();
    let file = folder.path().join("video9");
    fs::write(&file, "").unwrap();
    let open = |path: &Path| {
        V4lDevice::open(&V4lCamera {
            path: path.to_owned(),
            width: 640,
            height: 360,
            fps: 15,
        })
        .unwrap_err()
    };
    let absent = open(&folder.path().join("absent"));
    assert!(matches!(absent, CameraError::NotFound { .. }), "{absent}");
    let file = open(&file);
    assert!(matches!(file, CameraError::Unsupported { .. }), "{file}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damage_anywhere_in_a_picture_never_panics(
        jpeg: bool,
        damage in prop::collection::vec((0usize..400, any::<u8>()), 0..6),
        keep in 0usize..700,
    ) {
        let folder = folder();
        let path = picture(&folder, if jpeg { "p.jpg" } else { "p.png" }, 20, 12, [9, 90, 200]);
        let mut bytes = fs::read(&path).unwrap();
        for (at, byte) in damage {
            let last = bytes.len() - 1;
            bytes[at.min(last)] = byte;
        }
        bytes.truncate(keep);
        fs::write(&path, bytes).unwrap();
        if let Ok(mut camera) = recording(&path, false) {
            let mut frame = Frame::new();
            prop_assert!(camera.read(&mut frame).is_ok());
            prop_assert_eq!(
                frame.data().len(),
                frame.pixel.picture_bytes(frame.stride, frame.height)
            );
        }
    }

    #[test]
    fn frames_hold_every_row_of_every_kind(width in 1u32..300, height in 1u32..50, gap in 0usize..70) {
        let mut frame = Frame::new();
        for pixel in [PixelFormat::Yuyv, PixelFormat::Nv12, PixelFormat::Grey, PixelFormat::Rgb24] {
            let stride = pixel.row_bytes(width) + gap;
            frame.prepare(pixel, width, height, stride).fill(7);
            prop_assert_eq!(frame.row(height - 1).len(), pixel.row_bytes(width));
            prop_assert!(frame.row(height).is_empty());
        }
    }
}
