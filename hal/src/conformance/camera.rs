//! What every camera must do.

use super::Report;
use super::report::opened;
use crate::clock::{NANOS_PER_SECOND, now_ns};
use crate::{Camera, CameraError, Frame, Recovery};
use std::time::Duration;

/// What looking for a while brought.
#[derive(Debug, Default)]
struct Seen {
    frames: u64,
    damaged: u64,
    lost: u64,
    changed: u64,
    backwards: u64,
    misshapen: Option<String>,
    luma_sum: f64,
    oldest_ns: u64,
    error: Option<CameraError>,
}

/// Opens a camera, looks for about `effort` and at least two frames, opens it again.
///
/// `open` returning `NotFound`, `Busy` or `NotAllowed` skips the suite.
pub fn check_camera(
    mut open: impl FnMut() -> Result<Box<dyn Camera>, CameraError>,
    effort: Duration,
) -> Report {
    let missing = |error: &_| {
        matches!(
            error,
            CameraError::NotFound { .. }
                | CameraError::Busy { .. }
                | CameraError::NotAllowed { .. }
        )
    };
    let mut camera = match opened(open(), missing) {
        Ok(camera) => camera,
        Err(report) => return report,
    };
    let mut report = Report::new();
    report.device = camera.describe();
    report.check("opens", true, String::new);
    let format = camera.format();
    report.check(
        "has a size and a rate",
        format.width > 0 && format.height > 0 && format.fps > 0,
        || format!("{format:?}"),
    );
    let started_ns = now_ns();
    let seen = look(camera.as_mut(), effort);
    let seconds = (now_ns() - started_ns).max(1) as f64 / NANOS_PER_SECOND as f64;
    judge(&mut report, &seen);
    report.figure("width", f64::from(format.width), "px");
    report.figure("height", f64::from(format.height), "px");
    report.figure("rate", f64::from(format.fps), "fps");
    report.figure("measured_rate", seen.frames as f64 / seconds, "fps");
    report.figure(
        "brightness",
        seen.luma_sum / seen.frames.max(1) as f64,
        "of 255",
    );
    report.figure("changed_frames", seen.changed as f64, "");
    report.figure("lost_frames", seen.lost as f64, "");
    report.figure("damaged_frames", seen.damaged as f64, "");
    report.figure("oldest_frame", seen.oldest_ns as f64 / 1e6, "ms");

    drop(camera);
    let again = open().map(|mut camera| (camera.format(), camera.read(&mut Frame::new())));
    report.check(
        "opens again after it was dropped, and sees",
        matches!(
            &again,
            Ok((_, Ok(()) | Err(CameraError::DamagedFrame { .. })))
        ),
        || format!("{again:?}"),
    );
    report
}

fn look(camera: &mut dyn Camera, effort: Duration) -> Seen {
    let mut seen = Seen::default();
    let mut frame = Frame::new();
    let mut before = Frame::new();
    let deadline_ns = now_ns() + effort.as_nanos() as u64;
    while now_ns() < deadline_ns || seen.frames < 2 {
        match camera.read(&mut frame) {
            Ok(()) => {
                note(&mut seen, camera, &frame, &before);
                std::mem::swap(&mut frame, &mut before);
            }
            Err(CameraError::DamagedFrame { .. }) if seen.damaged < 100 => seen.damaged += 1,
            Err(error) => {
                seen.error = Some(error);
                break;
            }
        }
    }
    seen
}

fn note(seen: &mut Seen, camera: &dyn Camera, frame: &Frame, before: &Frame) {
    let format = camera.format();
    let fits = (frame.width, frame.height, frame.pixel)
        == (format.width, format.height, format.pixel)
        && frame.stride >= frame.pixel.row_bytes(frame.width)
        && frame.data().len() == frame.pixel.picture_bytes(frame.stride, frame.height);
    if !fits && seen.misshapen.is_none() {
        seen.misshapen = Some(format!(
            "{}x{} {:?}, rows of {} bytes, {} bytes, where {format:?} is said",
            frame.width,
            frame.height,
            frame.pixel,
            frame.stride,
            frame.data().len()
        ));
    }
    if seen.frames > 0 {
        if frame.time_ns < before.time_ns || frame.sequence <= before.sequence {
            seen.backwards += 1;
        } else {
            seen.lost += frame.sequence - before.sequence - 1;
        }
        seen.changed += u64::from(frame.data() != before.data());
    }
    // Every 64th byte of the first plane: brightness in YUYV, NV12 and grey, any colour in RGB.
    let plane = frame.stride * frame.height as usize;
    let bytes = || frame.data().iter().take(plane).step_by(64);
    let sum: f64 = bytes().map(|&byte| f64::from(byte)).sum();
    seen.luma_sum += sum / bytes().count().max(1) as f64;
    seen.oldest_ns = seen.oldest_ns.max(now_ns().saturating_sub(frame.time_ns));
    seen.frames += 1;
}

fn judge(report: &mut Report, seen: &Seen) {
    let ended_well = match &seen.error {
        None => true,
        Some(error) => error.recovery() == Recovery::Finished,
    };
    report.check("brings pictures", seen.frames > 0 && ended_well, || {
        seen.error
            .as_ref()
            .map_or_else(|| "none came".to_owned(), ToString::to_string)
    });
    report.check(
        "gives frames of the format that it names",
        seen.misshapen.is_none(),
        || seen.misshapen.clone().unwrap_or_default(),
    );
    report.check(
        "stamps and numbers frames in order",
        seen.backwards == 0,
        || format!("{} frames do not come after the one before", seen.backwards),
    );
}
