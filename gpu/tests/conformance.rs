//! What every face promises, whatever draws it.
#![allow(missing_docs, clippy::unwrap_used)]

mod scenes;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use triune_core::Attention;
use triune_gpu::*;

/// Canvases from a postage stamp to the widest screen that is tested.
const SIZES: [(u32, u32); 9] = [
    (16, 16),
    (17, 300),
    (160, 90),
    (320, 240),
    (641, 359),
    (330, 900),
    (900, 330),
    (1280, 720),
    (1366, 768),
];

fn face() -> SoftwareFace {
    SoftwareFace::new().unwrap()
}

fn draw(face: &mut dyn Face, scene: &FaceScene, width: u32, height: u32) -> Canvas {
    let mut canvas = Canvas::new(width, height).unwrap();
    face.render(scene, &mut canvas).unwrap();
    canvas
}

#[test]
fn it_has_a_name() {
    assert_eq!(face().name(), "software face");
}

#[test]
fn too_small_a_canvas_is_refused_and_left_alone() {
    for (width, height) in [(1, 1), (1, 4096), (4096, 1), (15, 16), (16, 15)] {
        let mut canvas = Canvas::new(width, height).unwrap();
        canvas.bytes_mut().fill(7);
        let refused = face().render(&scenes::speaking(), &mut canvas);
        assert_eq!(refused, Err(RenderError::TooSmall { width, height }));
        assert!(canvas.bytes().iter().all(|&byte| byte == 7));
    }
}

#[test]
fn what_was_drawn_before_leaves_no_trace() {
    for (width, height) in [(640, 360), (1280, 720), (720, 1280), (320, 180)] {
        let mut used = face();
        for (_, scene) in scenes::all() {
            draw(&mut used, &scene, width, height);
        }
        for (name, scene) in scenes::all() {
            let again = draw(&mut used, &scene, width, height);
            let fresh = draw(&mut face(), &scene, width, height);
            assert!(
                again == fresh,
                "{name} at {width} x {height} shows something of another scene"
            );
        }
    }
}

#[test]
fn the_size_may_change_between_frames() {
    let mut used = face();
    let scene = scenes::listening();
    let first = draw(&mut used, &scene, 640, 360);
    draw(&mut used, &scene, 400, 300);
    assert!(draw(&mut used, &scene, 640, 360) == first);
}

#[test]
fn the_widest_screen_is_drawn() {
    let canvas = draw(&mut face(), &scenes::long(), 4096, 2160);
    assert_eq!(canvas.bytes().len(), 4096 * 2160 * 4);
}

fn number() -> impl Strategy<Value = Option<f32>> {
    let usual = 0.0..1.0_f32;
    option::of(
        prop_oneof![3 => usual, 1 => prop::num::f32::ANY, 1 => Just(f32::NAN), 1 => Just(f32::INFINITY)],
    )
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![3 => "\\PC{0,60}", 1 => "[a-z/?=]{0,200}", 1 => Just("\u{200f}\n\t\u{0}🜂".to_owned())]
}

fn sensed<T: std::fmt::Debug>(
    present: impl Strategy<Value = T>,
) -> impl Strategy<Value = Sensed<T>> {
    prop_oneof![
        3 => present.prop_map(Sensed::Present),
        1 => words().prop_map(|why| Sensed::Absent { why }),
        1 => Just(()).prop_map(|()| Sensed::Refused),
    ]
}

fn vehicle() -> impl Strategy<Value = LightVehicle> {
    let centre = (number(), number()).prop_map(|(value, velocity)| {
        value.map(|value| Centre {
            value,
            velocity: velocity.unwrap_or(f32::NEG_INFINITY),
        })
    });
    (
        any::<u64>(),
        vec(centre, 7),
        number(),
        number(),
        number(),
        number(),
        0..4_u32,
    )
        .prop_map(
            |(cycle, centres, coherence, salience, usual_salience, arousal, attention)| {
                LightVehicle {
                    cycle,
                    centres: std::array::from_fn(|index| centres[index]),
                    coherence,
                    salience,
                    usual_salience,
                    arousal,
                    attention: Attention::from_number(attention),
                }
            },
        )
}

fn recognised() -> impl Strategy<Value = Option<Recognised>> {
    option::of(
        (words(), number()).prop_map(|(name, confidence)| Recognised {
            name,
            confidence: confidence.unwrap_or(f32::NAN),
        }),
    )
}

fn condition() -> impl Strategy<Value = Condition> {
    (any::<bool>(), any::<bool>(), words(), words()).prop_map(|(body, act, what, why)| Condition {
        part: if body { Part::Body } else { Part::Cycle },
        urgency: if act { Urgency::Act } else { Urgency::Notice },
        what,
        why,
    })
}

prop_compose! {
    fn scene()(
        vehicle in option::of(vehicle()),
        (wanted_hz, measured_hz, lateness_p99_us) in (number(), number(), number()),
        (overruns, skipped, kept) in (option::of(any::<u64>()), option::of(any::<u64>()), option::of(any::<u64>())),
        hearing in sensed((number(), number(), any::<Option<bool>>()).prop_map(|(level_dbfs, speech, speaking)| Hearing { level_dbfs, speech, speaking })),
        sight in sensed((number(), number()).prop_map(|(brightness, motion)| Sight { brightness, motion })),
        body in sensed((number(), number()).prop_map(|(temperature_c, load)| Body { temperature_c, load })),
        (backend, situation, feeling) in (option::of(words()), recognised(), recognised()),
        beings in option::of(any::<u32>()),
        conditions in option::of(vec(condition(), 0..5)),
        (address, version) in (option::of(words()), option::of(words())),
        uptime_s in option::of(prop::num::f64::ANY),
        (levels, saliences) in (vec(number(), 0..300), vec(number(), 0..300)),
    ) -> FaceScene {
        FaceScene {
            vehicle,
            rate: Rate { wanted_hz, measured_hz, lateness_p99_us, overruns, skipped },
            hearing,
            sight,
            body,
            recognition: Recognition { backend, situation, feeling },
            kept,
            beings,
            conditions,
            address,
            version,
            uptime_s,
            level_history: levels.into_iter().collect(),
            salience_history: saliences.into_iter().collect(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_scene_is_drawn_at_any_size(scene in scene(), size in prop::sample::select(&SIZES[..])) {
        let canvas = draw(&mut face(), &scene, size.0, size.1);
        prop_assert!(canvas.bytes().chunks_exact(4).all(|pixel| pixel[3] == 255));
    }
}
