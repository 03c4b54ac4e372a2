//! The devices, by the suites that their tests use.

use super::examination::{Examination, Verdict};
use std::time::{Duration, Instant};
use triune_board::{CameraSpec, DisplaySpec, MicrophoneSpec, VitalsSpec};
use triune_core::{BeingId, State};
use triune_gpu::{Canvas, Face, FaceScene, SoftwareFace};
use triune_hal::conformance::{check_camera, check_display, check_microphone, check_vitals};
use triune_hal::{
    CameraError, DisplayError, MicrophoneError, open_camera, open_display, open_microphone,
    open_vitals,
};

/// Time that each device is worked with.
const EFFORT: Duration = Duration::from_secs(2);
/// Pictures that the face draws.
const PICTURES: u32 = 20;

pub(super) fn examine_microphone(spec: &MicrophoneSpec) -> Examination {
    if *spec == MicrophoneSpec::None {
        return Examination::absent("audio", "this board has no microphone");
    }
    let open = || {
        open_microphone(spec)?.ok_or_else(|| MicrophoneError::NotFound {
            device: "this board's".to_owned(),
        })
    };
    Examination::of_report("audio", &check_microphone(open, EFFORT))
}

pub(super) fn examine_camera(spec: &CameraSpec) -> Examination {
    if *spec == CameraSpec::None {
        return Examination::absent("camera", "this board has no camera");
    }
    let open = || {
        open_camera(spec)?.ok_or_else(|| CameraError::NotFound {
            path: "this board's camera".into(),
        })
    };
    Examination::of_report("camera", &check_camera(open, EFFORT))
}

pub(super) fn examine_display(spec: &DisplaySpec) -> Examination {
    if *spec == DisplaySpec::None {
        return Examination::absent("display", "this board has no display");
    }
    let open = || {
        open_display(spec)?.ok_or_else(|| DisplayError::NotFound {
            reason: "this board has none".to_owned(),
        })
    };
    Examination::of_report("display", &check_display(open, EFFORT))
}

pub(super) fn examine_body(spec: &VitalsSpec) -> Examination {
    let mut vitals = open_vitals(spec);
    Examination::of_report(
        "body",
        &check_vitals(vitals.as_mut(), Duration::from_millis(200)),
    )
}

/// Draws real pictures and says how long one takes.
pub(super) fn examine_face() -> Examination {
    match draw() {
        Ok((name, span)) => Examination {
            part: "gpu",
            verdict: Verdict::Fine,
            device: name,
            findings: vec![format!(
                "drawing: {:.2} ms a picture of 1280x720 ({:.0} a second)",
                span.as_secs_f64() * 1e3,
                1.0 / span.as_secs_f64()
            )],
        },
        Err(why) => Examination::failed("gpu", why),
    }
}

fn draw() -> Result<(String, Duration), String> {
    let mut face = SoftwareFace::new().map_err(|error| error.to_string())?;
    let mut canvas = Canvas::new(1280, 720).map_err(|error| error.to_string())?;
    let mut state = State::at_rest(BeingId::FIRST);
    let mut draw = || {
        state.cycle += 1;
        face.render(&FaceScene::of_state(&state), &mut canvas)
            .map_err(|error| error.to_string())
    };
    // The first picture also prepares what the others share.
    draw()?;
    let began = Instant::now();
    for _ in 0..PICTURES {
        draw()?;
    }
    let span = began.elapsed() / PICTURES;
    Ok((face.name().to_owned(), span))
}
