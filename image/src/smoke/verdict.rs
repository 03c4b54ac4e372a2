//! The one JSON object that a passed smoke test prints.

use std::path::PathBuf;

use serde::Serialize;

use super::judge::{Heard, Seen};
use super::picture::Picture;
use super::recognition::Recognition;
use super::status::Status;
use crate::speech::Words;

/// The result of a smoke test. Its keys are a contract: more may come, none may change.
#[derive(Serialize)]
pub(super) struct Verdict {
    /// From QEMU's start to the service's readiness.
    pub(super) boot_s: f64,
    pub(super) scheduled: u64,
    pub(super) skipped: u64,
    pub(super) cycles: u64,
    pub(super) hz: f64,
    pub(super) overruns: u64,
    pub(super) lateness_p99_us: f64,
    pub(super) heard: Heard,
    pub(super) seen: Seen,
    pub(super) npu_backend: String,
    /// How old the newest answer of the activation model was.
    pub(super) activation_age_ms: f64,
    pub(super) gpu_device: Option<String>,
    pub(super) display_png: PathBuf,

    pub(super) version: String,
    pub(super) seed: u64,
    pub(super) said: String,
    pub(super) voice: &'static str,
    pub(super) rate_hz: f64,
    pub(super) lateness_p50_us: f64,
    pub(super) lateness_max_us: f64,
    pub(super) real_time: bool,
    pub(super) microphone: Option<String>,
    pub(super) level_dbfs: Option<f64>,
    pub(super) camera: Option<String>,
    pub(super) camera_fps: Option<f64>,
    pub(super) frames: Option<u64>,
    pub(super) display: serde_json::Value,
    pub(super) display_colours: usize,
    pub(super) display_drawn: f64,
    pub(super) display_size: [u32; 2],
    /// From the command to a finished image.
    pub(super) build_s: f64,
    /// From readiness to everything noticed.
    pub(super) performance_s: f64,
    /// From the command to the verdict.
    pub(super) total_s: f64,
    /// Whether packages had to be downloaded for the image.
    pub(super) cold: bool,
    /// Whether the guest went by its power key.
    pub(super) powered_off: bool,
}

/// What was measured around the performance.
pub(super) struct Measured {
    pub(super) seed: u64,
    pub(super) words: Words,
    pub(super) boot_s: f64,
    pub(super) build_s: f64,
    pub(super) performance_s: f64,
    pub(super) total_s: f64,
    pub(super) cold: bool,
    pub(super) powered_off: bool,
    pub(super) display_png: PathBuf,
}

impl Verdict {
    pub(super) fn new(
        status: Status,
        (heard, seen): (Heard, Seen),
        picture: Picture,
        recognition: Recognition,
        measured: Measured,
    ) -> Self {
        Self {
            boot_s: measured.boot_s,
            scheduled: status.cycle.scheduled,
            skipped: status.cycle.skipped,
            cycles: status.cycle.cycles,
            hz: status.cycle.hz,
            overruns: status.cycle.overruns,
            lateness_p99_us: status.cycle.lateness_us.p99,
            heard,
            seen,
            npu_backend: recognition.backend,
            activation_age_ms: recognition.age_ms,
            gpu_device: status.gpu.device,
            display_png: measured.display_png,
            version: status.version,
            seed: measured.seed,
            said: measured.words.text,
            voice: measured.words.voice,
            rate_hz: status.cycle.rate_hz,
            lateness_p50_us: status.cycle.lateness_us.p50,
            lateness_max_us: status.cycle.lateness_us.max,
            real_time: status.real_time.granted,
            microphone: status.senses.hearing.device,
            level_dbfs: status.senses.hearing.level_dbfs,
            camera: status.senses.sight.device,
            camera_fps: status.senses.sight.fps,
            frames: status.senses.sight.frames,
            display: status.display,
            display_colours: picture.colours,
            display_drawn: picture.drawn,
            display_size: [picture.width, picture.height],
            build_s: measured.build_s,
            performance_s: measured.performance_s,
            total_s: measured.total_s,
            cold: measured.cold,
            powered_off: measured.powered_off,
        }
    }
}
