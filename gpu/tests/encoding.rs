//! Every part of the picture says what it should.
#![allow(missing_docs, clippy::unwrap_used)]

mod scenes;

use scenes::{asleep, speaking};
use triune_gpu::*;

const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;
/// Where the seven centres stand, in the full layout at this size.
const AXIS_X: u32 = 640;
const LOWEST_Y: u32 = 604;
const PITCH_Y: u32 = 79;

type Change = fn(&mut FaceScene);

fn draw(scene: &FaceScene) -> Canvas {
    let mut canvas = Canvas::new(WIDTH, HEIGHT).unwrap();
    SoftwareFace::new()
        .unwrap()
        .render(scene, &mut canvas)
        .unwrap();
    canvas
}

fn with_centre(index: usize, centre: Option<Centre>) -> FaceScene {
    let mut scene = asleep();
    if let Some(vehicle) = &mut scene.vehicle {
        vehicle.centres[index] = centre;
    }
    scene
}

fn with_vehicle(change: impl Fn(&mut LightVehicle)) -> FaceScene {
    let mut scene = asleep();
    if let Some(vehicle) = &mut scene.vehicle {
        change(vehicle);
    }
    scene
}

/// Pixels that differ between two pictures.
fn differing(a: &Canvas, b: &Canvas) -> usize {
    a.bytes()
        .chunks_exact(4)
        .zip(b.bytes().chunks_exact(4))
        .filter(|(a, b)| a != b)
        .count()
}

/// How bright a region is on average.
fn brightness(canvas: &Canvas, [left, top, right, bottom]: [u32; 4]) -> f64 {
    let mut sum = 0.0;
    for y in top..bottom {
        for x in left..right {
            sum += canvas
                .pixel(x, y)
                .unwrap()
                .iter()
                .map(|&part| f64::from(part))
                .sum::<f64>();
        }
    }
    sum / f64::from((right - left) * (bottom - top))
}

#[test]
fn a_centre_grows_with_its_value() {
    for index in [0, 3, 6] {
        let y = LOWEST_Y - PITCH_Y * index as u32;
        let mut widths = Vec::new();
        for value in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let canvas = draw(&with_centre(
                index,
                Some(Centre {
                    value,
                    velocity: 0.0,
                }),
            ));
            // The disc has the colour of its value; its width is the run of such pixels.
            let middle = canvas.pixel(AXIS_X, y).unwrap();
            let alike = |x: u32| {
                let here = canvas.pixel(x, y).unwrap();
                here.iter().zip(middle).all(|(a, b)| a.abs_diff(b) < 60)
            };
            let right = (AXIS_X..).find(|&x| !alike(x)).unwrap();
            let left = (0..AXIS_X).rev().find(|&x| !alike(x)).unwrap();
            widths.push(right - left);
        }
        assert!(
            widths.windows(2).all(|pair| pair[1] >= pair[0] + 6),
            "centre {index}: {widths:?}"
        );
    }
}

#[test]
fn a_centre_takes_the_colour_of_its_value() {
    for value in [0.2, 0.5, 0.8] {
        let canvas = draw(&with_centre(
            3,
            Some(Centre {
                value,
                velocity: 0.0,
            }),
        ));
        let drawn = canvas.pixel(AXIS_X, LOWEST_Y - 3 * PITCH_Y).unwrap();
        let colour = ramp(value);
        for (drawn, wanted) in drawn
            .into_iter()
            .zip([colour.red, colour.green, colour.blue])
        {
            assert!(
                drawn.abs_diff(wanted) <= 24,
                "{value}: {drawn} instead of {wanted}"
            );
        }
    }
}

#[test]
fn unknown_is_drawn_differently_from_zero() {
    let zero: [(&str, Change, Change); 12] = [
        (
            "rate",
            |s| s.rate.measured_hz = Some(0.0),
            |s| s.rate.measured_hz = None,
        ),
        (
            "rate that is no number",
            |s| s.rate.measured_hz = Some(0.0),
            |s| s.rate.measured_hz = Some(f32::NAN),
        ),
        (
            "lateness",
            |s| s.rate.lateness_p99_us = Some(0.0),
            |s| s.rate.lateness_p99_us = None,
        ),
        (
            "overruns",
            |s| s.rate.overruns = Some(0),
            |s| s.rate.overruns = None,
        ),
        (
            "skipped",
            |s| s.rate.skipped = Some(0),
            |s| s.rate.skipped = None,
        ),
        ("kept", |s| s.kept = Some(0), |s| s.kept = None),
        ("beings", |s| s.beings = Some(0), |s| s.beings = None),
        (
            "hearing",
            |s| {
                s.hearing = Sensed::Present(Hearing {
                    level_dbfs: Some(0.0),
                    speech: Some(0.0),
                    speaking: Some(false),
                });
            },
            |s| s.hearing = Sensed::default(),
        ),
        (
            "sight",
            |s| {
                s.sight = Sensed::Present(Sight {
                    brightness: Some(0.0),
                    motion: Some(0.0),
                });
            },
            |s| s.sight = Sensed::default(),
        ),
        (
            "sight's figures",
            |s| {
                s.sight = Sensed::Present(Sight {
                    brightness: Some(0.0),
                    motion: Some(0.0),
                });
            },
            |s| s.sight = Sensed::Present(Sight::default()),
        ),
        (
            "body",
            |s| {
                s.body = Sensed::Present(Body {
                    temperature_c: Some(0.0),
                    load: Some(0.0),
                });
            },
            |s| s.body = Sensed::default(),
        ),
        (
            "conditions",
            |s| s.conditions = Some(Vec::new()),
            |s| s.conditions = None,
        ),
    ];
    for (name, zero, unknown) in zero {
        let (mut a, mut b) = (asleep(), asleep());
        zero(&mut a);
        unknown(&mut b);
        let many = differing(&draw(&a), &draw(&b));
        assert!(many > 60, "{name}: only {many} pixels differ");
    }
    for index in 0..7 {
        let zero = draw(&with_centre(index, Some(Centre::default())));
        let many = differing(&zero, &draw(&with_centre(index, None)));
        assert!(many > 300, "centre {index}: only {many} pixels differ");
    }
}

#[test]
fn refused_is_drawn_differently_from_absent() {
    let mut refused = asleep();
    refused.sight = Sensed::Refused;
    let mut absent = asleep();
    absent.sight = Sensed::default();
    assert!(differing(&draw(&refused), &draw(&absent)) > 100);
}

#[test]
fn salience_lights_the_facets_and_arousal_the_halo() {
    // Beside the axis, inside of the crystal, away from words.
    let facet = [500, 400, 560, 430];
    let lit = |salience| brightness(&draw(&with_vehicle(|v| v.salience = Some(salience))), facet);
    assert!(lit(0.0) + 5.0 < lit(0.5) && lit(0.5) + 5.0 < lit(1.0));
    let halo = [560, 320, 600, 345];
    let glow = |arousal| brightness(&draw(&with_vehicle(|v| v.arousal = Some(arousal))), halo);
    assert!(glow(0.0) + 5.0 < glow(0.5) && glow(0.5) + 5.0 < glow(1.0));
}

#[test]
fn the_crystal_turns_with_the_cycles_and_stands_still_without() {
    let at = |cycle| draw(&with_vehicle(|v| v.cycle = cycle));
    assert!(at(1000) == at(1000));
    assert!(differing(&at(1000), &at(1100)) > 1000);
}

#[test]
fn coherence_makes_edges_sharp() {
    // Without coherence each edge has two echoes, so that more of the picture is lit.
    let lit = |coherence| {
        let canvas = draw(&with_vehicle(|v| {
            v.coherence = Some(coherence);
            v.salience = None;
            v.arousal = None;
        }));
        differing(
            &canvas,
            &draw(&with_vehicle(|v| {
                v.coherence = None;
                v.salience = None;
                v.arousal = None;
            })),
        )
    };
    assert!(lit(0.1) > lit(1.0) * 5 / 4, "{} and {}", lit(0.1), lit(1.0));
}

/// The red of "someone must act", or a shade of it.
fn is_alarming([red, green, blue]: [u8; 3]) -> bool {
    red > 150 && green < red / 2 && blue < red / 2
}

#[test]
fn red_is_drawn_only_where_someone_must_act() {
    let alarming = |scene: &FaceScene| {
        let canvas = draw(scene);
        (0..HEIGHT)
            .flat_map(|y| (0..WIDTH).map(move |x| (x, y)))
            .filter(|&(x, y)| is_alarming(canvas.pixel(x, y).unwrap()))
            .count()
    };
    for (name, scene) in scenes::all() {
        let must_act = scene
            .conditions
            .iter()
            .flatten()
            .any(|condition| condition.urgency == Urgency::Act);
        let many = alarming(&scene);
        assert_eq!(many > 100, must_act, "{name}: {many} red pixels");
        assert!(must_act || many == 0, "{name}: {many} red pixels");
    }
}

/// Text of any length stays inside its column and the header: the margins, the gutters beside
/// the columns and the strip below the header stay empty.
#[test]
fn text_stays_inside_its_box() {
    let ground = draw(&FaceScene::default()).pixel(2, 2).unwrap();
    let mut longest = scenes::long();
    // The same words once more with a sense that has figures.
    longest.body = Sensed::Absent {
        why: "x".repeat(500),
    };
    for scene in [scenes::long(), longest, speaking()] {
        for (width, height) in [(1280, 720), (1920, 1080), (640, 360)] {
            let mut canvas = Canvas::new(width, height).unwrap();
            SoftwareFace::new()
                .unwrap()
                .render(&scene, &mut canvas)
                .unwrap();
            let unit = height as f32 / 720.0;
            let px = |units: f32| (units * unit) as u32;
            let empty = [
                [0, 0, px(34.0), height],
                [width - px(34.0), 0, width, height],
                [px(342.0), px(64.0), px(346.0), px(650.0)],
                [width - px(346.0), px(64.0), width - px(342.0), px(650.0)],
                [0, 0, width, px(12.0)],
                [0, px(60.0), px(346.0), px(70.0)],
                [width - px(346.0), px(60.0), width, px(70.0)],
                [0, height - px(3.0), width, height],
            ];
            for [left, top, right, bottom] in empty {
                for (x, y) in (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))) {
                    let pixel = canvas.pixel(x, y).unwrap();
                    assert_eq!(
                        pixel, ground,
                        "something is drawn at {x}, {y} of {width} x {height}"
                    );
                }
            }
        }
    }
}
