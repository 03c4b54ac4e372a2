//! Sight: brightness, motion and their events; any picture gives a percept or a typed error.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{Random, instant, seconds};
use proptest::prelude::*;
use triune_core::SightPercept;
use triune_senses::{Event, EventKind, Picture, PictureFormat, Sight, SightError, SightParameters};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;
const FPS: u32 = 30;

fn sight() -> Sight {
    Sight::new(SightParameters::default()).unwrap()
}

fn grey(data: &[u8]) -> Picture<'_> {
    Picture {
        format: PictureFormat::Grey,
        width: WIDTH,
        height: HEIGHT,
        stride: WIDTH as usize,
        data,
    }
}

/// Looks at what `paint` makes of each picture.
fn see(
    pictures: usize,
    mut paint: impl FnMut(usize, &mut [u8]),
) -> (Vec<Event>, Vec<SightPercept>) {
    let mut sight = sight();
    let mut data = vec![0; (WIDTH * HEIGHT) as usize];
    let (mut events, mut percepts) = (Vec::new(), Vec::new());
    for index in 0..pictures {
        paint(index, &mut data);
        let time = instant(FPS, index);
        percepts.push(
            *sight
                .process(&grey(&data), time, |event| events.push(*event))
                .unwrap(),
        );
    }
    (events, percepts)
}

fn fill(data: &mut [u8], left: usize, top: usize, size: usize, value: u8) {
    for row in data.chunks_exact_mut(WIDTH as usize).skip(top).take(size) {
        row[left..left + size].fill(value);
    }
}

#[test]
fn every_format_gives_the_same_luminance() {
    let luma = |x: usize, y: usize| (x + y / 2) as u8;
    let (width, height) = (64, 48);
    for (format, pixel, rows) in [
        (PictureFormat::Grey, 1, height),
        (PictureFormat::Nv12, 1, height * 3 / 2),
        (PictureFormat::Yuyv, 2, height),
        (PictureFormat::Rgb24, 3, height),
    ] {
        let stride = width * pixel + 5;
        let mut data = vec![255; stride * rows];
        for y in 0..height {
            for x in 0..width {
                let bytes = &mut data[y * stride + x * pixel..][..pixel];
                bytes.fill(if format == PictureFormat::Yuyv {
                    200
                } else {
                    luma(x, y)
                });
                bytes[0] = luma(x, y);
            }
        }
        let picture = Picture {
            format,
            width: width as u32,
            height: height as u32,
            stride,
            data: &data,
        };
        let mut sight = sight();
        let percept = sight.process(&picture, instant(FPS, 0), |_| {}).unwrap();
        let mean = (31.5 + 11.5) / 255.0;
        assert!(
            (percept.brightness.value - mean).abs() < 0.002,
            "{format:?}: {percept:?}"
        );
        // The cell in column 7 of row 0 covers x 56 to 63 and y 0 to 7.
        assert!(
            percept.grid.0[7].abs_diff(61) <= 1,
            "{format:?}: {percept:?}"
        );
        assert!(
            percept.grid.0[40].abs_diff(25) <= 1,
            "{format:?}: {percept:?}"
        );
        assert!(!percept.motion.is_present());
    }
}

#[test]
fn red_green_and_blue_count_as_the_eye_weighs_them() {
    for (colour, luma) in [
        ([255, 0, 0], 0.299),
        ([0, 255, 0], 0.587),
        ([0, 0, 255], 0.114),
    ] {
        let data = colour.repeat(64 * 48);
        let picture = Picture {
            format: PictureFormat::Rgb24,
            width: 64,
            height: 48,
            stride: 192,
            data: &data,
        };
        let brightness = sight()
            .process(&picture, instant(FPS, 0), |_| {})
            .unwrap()
            .brightness
            .value;
        assert!(
            (brightness - luma).abs() < 0.005,
            "{colour:?}: {brightness}"
        );
    }
}

#[test]
fn a_step_of_light_is_an_event_with_its_levels() {
    let (events, percepts) = see(90, |index, data| {
        data.fill(if index < 40 { 51 } else { 153 });
    });
    assert_eq!(events.len(), 2, "{events:?}");
    let (begun, ended) = (events[0], events[1]);
    assert_eq!(
        (begun.kind, begun.id, begun.end),
        (EventKind::Brightness, ended.id, None)
    );
    assert_eq!(seconds(begun.start), seconds(instant(FPS, 40)));
    assert!((begun.detail.from.unwrap() - 0.2).abs() < 0.01, "{begun:?}");
    assert!((ended.detail.to.unwrap() - 0.6).abs() < 0.01, "{ended:?}");
    assert!(ended.end.unwrap() >= ended.start);
    assert!((percepts[89].brightness.value - 0.6).abs() < 1e-5);
}

#[test]
fn a_flash_and_a_slow_dawn_are_no_steps() {
    let (events, _) = see(90, |index, data| {
        data.fill(if index == 40 { 200 } else { 51 });
    });
    assert_eq!(events, []);
    // A quarter of the range in five minutes, at one picture in a second.
    let mut sight = sight();
    for index in 0..300_u32 {
        let data = vec![50 + (index / 5) as u8; (WIDTH * HEIGHT) as usize];
        sight
            .process(&grey(&data), instant(1, index as usize), |event| {
                panic!("{event:?}")
            })
            .unwrap();
    }
}

#[test]
fn something_that_moves_is_one_event() {
    let mut random = Random(7);
    let (events, percepts) = see(120, |index, data| {
        data.iter_mut()
            .for_each(|luma| *luma = 90 + (random.next() % 5) as u8);
        let step = index.clamp(30, 60) - 30;
        fill(data, 20 + 6 * step, 80, 40, 220);
    });
    assert!(percepts[10].motion.value < 0.001, "{:?}", percepts[10]);
    assert!(percepts[45].motion.value > 0.01, "{:?}", percepts[45]);
    assert_eq!(events.len(), 2, "{events:?}");
    assert_eq!((events[0].kind, events[0].end), (EventKind::Motion, None));
    assert_eq!(events[0].start, instant(FPS, 31));
    let end = seconds(events[1].end.unwrap());
    assert!((end - 2.0).abs() < 0.1, "{end}");
}

#[test]
fn the_noise_of_a_camera_is_no_motion() {
    let mut random = Random(8);
    for spread in [2_u64, 20, 80] {
        let (events, _) = see(60, |_, data| {
            data.iter_mut()
                .for_each(|luma| *luma = 80 + (random.next() % spread) as u8);
        });
        assert_eq!(events, [], "spread {spread}");
    }
}

#[test]
fn another_form_or_a_gap_ends_what_lasts() {
    let mut sight = sight();
    let mut events = Vec::new();
    let mut data = vec![60; (WIDTH * HEIGHT * 2) as usize];
    for index in 0..10 {
        fill(&mut data, 20 * index, 50, 60, 200);
        sight
            .process(&grey(&data), instant(FPS, index), |event| {
                events.push(*event);
            })
            .unwrap();
    }
    assert_eq!(events.len(), 1, "{events:?}");
    let other = Picture {
        format: PictureFormat::Yuyv,
        stride: 2 * WIDTH as usize,
        ..grey(&data)
    };
    let percept = *sight
        .process(&other, instant(FPS, 10), |event| events.push(*event))
        .unwrap();
    assert!(!percept.motion.is_present());
    assert_eq!((events.len(), events[1].id), (2, events[0].id));
    let percept = *sight
        .process(&other, instant(FPS, 1000), |event| events.push(*event))
        .unwrap();
    assert!(!percept.motion.is_present());
}

#[test]
fn wrong_parameters_are_refused() {
    let good = SightParameters::default();
    let refused = |parameters| Sight::new(parameters).err().unwrap();
    let nan = SightParameters {
        brightness_step: f32::NAN,
        ..good
    };
    assert!(matches!(
        refused(nan),
        SightError::Parameter {
            name: "brightness_step",
            ..
        }
    ));
    let crossed = SightParameters {
        motion_stop: 0.5,
        ..good
    };
    assert!(matches!(refused(crossed), SightError::Hysteresis { .. }));
}

fn formats() -> impl Strategy<Value = PictureFormat> {
    prop::sample::select(vec![
        PictureFormat::Yuyv,
        PictureFormat::Nv12,
        PictureFormat::Grey,
        PictureFormat::Rgb24,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_constant_picture_does_not_move(
        luma in any::<u8>(), seed in any::<u64>(), pictures in 2_usize..20,
    ) {
        let mut random = Random(seed);
        let textured: Vec<u8> =
            (0..WIDTH * HEIGHT).map(|_| luma.saturating_add((random.next() % 9) as u8)).collect();
        let (events, percepts) = see(pictures, |_, data| data.copy_from_slice(&textured));
        prop_assert!(events.is_empty());
        prop_assert!(percepts[1..].iter().all(|p| p.motion.value == 0.0 && p.motion.is_present()));
    }

    #[test]
    fn steps_of_light_are_told_with_their_levels(from in any::<u8>(), to in any::<u8>()) {
        let (events, _) = see(60, |index, data| data.fill(if index < 20 { from } else { to }));
        let step = (f32::from(from) - f32::from(to)).abs() / 255.0;
        prop_assume!((step - 0.08).abs() > 0.005);
        if step < 0.08 {
            prop_assert!(events.is_empty());
        } else {
            prop_assert_eq!(events.len(), 2);
            prop_assert!((events[1].detail.from.unwrap() - f32::from(from) / 255.0).abs() < 0.01);
            prop_assert!((events[1].detail.to.unwrap() - f32::from(to) / 255.0).abs() < 0.01);
        }
    }

    #[test]
    fn any_sizes_give_a_percept_or_a_typed_error(
        format in formats(),
        width in prop_oneof![0_u32..200, any::<u32>()],
        height in prop_oneof![0_u32..200, any::<u32>()],
        stride in prop_oneof![0_usize..700, any::<usize>()],
        length in 0_usize..200_000,
    ) {
        let data = vec![77; length];
        let picture = Picture { format, width, height, stride, data: &data };
        let mut sight = sight();
        match sight.process(&picture, instant(FPS, 0), |_| {}) {
            Ok(percept) => {
                prop_assert!(percept.brightness.is_present());
                prop_assert!(stride >= width as usize && length >= (width * height) as usize);
            }
            Err(error) => {
                let set_up = matches!(error, SightError::Parameter { .. } | SightError::Hysteresis { .. });
                prop_assert!(!set_up, "{}", error);
                prop_assert_eq!(*sight.percept(), SightPercept::ABSENT);
            }
        }
    }
}

#[test]
fn the_last_row_may_end_with_its_pixels() {
    for (format, row, rows) in [
        (PictureFormat::Grey, 64, 48),
        (PictureFormat::Nv12, 64, 72),
        (PictureFormat::Yuyv, 128, 48),
    ] {
        let needed = 200 * (rows - 1) + row;
        let data = vec![9; needed];
        let look = |length: usize| {
            let data = &data[..length];
            let picture = Picture {
                format,
                width: 64,
                height: 48,
                stride: 200,
                data,
            };
            sight()
                .process(&picture, instant(FPS, 0), |_| {})
                .map(|_| ())
        };
        assert_eq!(look(needed), Ok(()));
        assert_eq!(
            look(needed - 1),
            Err(SightError::Length {
                length: needed - 1,
                needed
            })
        );
    }
}
