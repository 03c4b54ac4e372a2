//! The suites of every trait, on every backend that this machine can have.
#![allow(clippy::unwrap_used)]

mod material;

use material::{folder, picture, wav};
use std::time::Duration;
use triune_board::{Board, CameraSpec, DisplaySpec, FileDisplay, KmsDisplay, MicrophoneSpec};
use triune_board::{RecordedPictures, RecordedSound, SimulatedPictures, SimulatedSound};
use triune_hal::conformance::{
    Report, check_camera, check_display, check_microphone, check_vitals, check_watchdog,
};
use triune_hal::display::MemoryScreen;
use triune_hal::watchdog::SimulatedWatchdog;
use triune_hal::{open_camera, open_display, open_microphone, open_vitals, open_watchdog};

const EFFORT: Duration = Duration::from_millis(250);

/// Prints what was found; a suite that could not run prints `skipped: why`.
fn expect_conformance(report: &Report) {
    println!("{report}");
    assert!(report.skipped.is_some() || report.passed(), "{report}");
}

fn expect_run(report: &Report) {
    expect_conformance(report);
    assert!(report.passed(), "{report}");
}

fn microphone(spec: &MicrophoneSpec) -> Report {
    check_microphone(|| open_microphone(spec).map(Option::unwrap), EFFORT)
}

fn camera(spec: &CameraSpec) -> Report {
    check_camera(|| open_camera(spec).map(Option::unwrap), EFFORT)
}

#[test]
fn simulated_microphones() {
    for (rate_hz, channels, paced) in [(48_000, 1, true), (16_000, 2, false), (44_100, 6, false)] {
        expect_run(&microphone(&MicrophoneSpec::Simulated(SimulatedSound {
            rate_hz,
            channels,
            seed: 7,
            paced,
        })));
    }
}

#[test]
fn recorded_microphones() {
    let folder = folder();
    let path = wav(&folder, "tone.wav", 16_000, 2, 4_000);
    for (paced, repeat) in [(true, true), (false, true), (false, false)] {
        expect_run(&microphone(&MicrophoneSpec::Recording(RecordedSound {
            path: path.clone(),
            paced,
            repeat,
        })));
    }
}

#[test]
fn the_sound_card_of_each_board_where_there_is_one() {
    for name in Board::names() {
        let board = Board::by_name(name).unwrap();
        if matches!(board.devices.microphone, MicrophoneSpec::Alsa(_)) {
            print!("{name}: ");
            expect_conformance(&microphone(&board.devices.microphone));
        }
    }
}

#[test]
fn simulated_cameras() {
    for (width, height, paced) in [(640, 360, true), (64, 48, false), (2, 1, false)] {
        expect_run(&camera(&CameraSpec::Pattern(SimulatedPictures {
            width,
            height,
            fps: 60,
            seed: 3,
            paced,
        })));
    }
}

#[test]
fn recorded_cameras() {
    let folder = folder();
    let first = picture(&folder, "1.png", 40, 30, [200, 10, 10]);
    picture(&folder, "2.jpg", 64, 48, [10, 200, 10]);
    picture(&folder, "3.png", 31, 17, [10, 10, 200]);
    for path in [first, folder.path().to_owned()] {
        for (paced, repeat) in [(true, true), (false, true)] {
            expect_run(&camera(&CameraSpec::Recording(RecordedPictures {
                path: path.clone(),
                fps: 60,
                paced,
                repeat,
            })));
        }
    }
}

#[test]
fn the_camera_of_each_board_where_there_is_one() {
    for name in Board::names() {
        let board = Board::by_name(name).unwrap();
        if matches!(board.devices.camera, CameraSpec::V4l(_)) {
            print!("{name}: ");
            expect_conformance(&camera(&board.devices.camera));
        }
    }
}

#[test]
fn displays() {
    expect_run(&check_display(
        || Ok(Box::new(MemoryScreen::new(320, 180))),
        EFFORT,
    ));
    let folder = folder();
    let file = DisplaySpec::File(FileDisplay {
        path: folder.path().join("face.png"),
        width: 64,
        height: 36,
        max_fps: 5,
    });
    expect_run(&check_display(
        || open_display(&file).map(Option::unwrap),
        EFFORT,
    ));
    let screen = DisplaySpec::Kms(KmsDisplay {
        drivers: vec![],
        connector: None,
        max_fps: 60,
    });
    expect_conformance(&check_display(
        || open_display(&screen).map(Option::unwrap),
        EFFORT,
    ));
}

#[test]
fn vitals_of_each_board_and_simulated_ones() {
    for name in Board::names() {
        let spec = Board::by_name(name).unwrap().devices.vitals;
        expect_run(&check_vitals(
            open_vitals(&spec).as_mut(),
            Duration::from_millis(30),
        ));
    }
    expect_run(&check_vitals(
        open_vitals(&triune_board::VitalsSpec::Simulated).as_mut(),
        Duration::ZERO,
    ));
}

#[test]
fn a_simulated_watchdog() {
    expect_run(&check_watchdog(|| Ok(Box::new(SimulatedWatchdog::open(5)))));
}

#[test]
fn absent_devices_are_absent() {
    assert!(open_microphone(&MicrophoneSpec::None).unwrap().is_none());
    assert!(open_camera(&CameraSpec::None).unwrap().is_none());
    assert!(open_display(&DisplaySpec::None).unwrap().is_none());
    assert!(
        open_watchdog(&triune_board::WatchdogSpec::None)
            .unwrap()
            .is_none()
    );
}
