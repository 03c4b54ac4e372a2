//! Every figure of the status as a metric in base units (seconds, bytes, ratios).
//!
//! A figure that is absent has no sample: a gap in the graph, not a zero.

use super::sheet::{Sheet, truth};
use super::{kernel, memory, models};
use crate::status::{PartState, SenseState, Status};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::{Registry, Unit};

/// The media type of [`render`]'s text.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Why there is no text.
#[derive(Debug, thiserror::Error)]
#[error("the metrics could not be written: {0}")]
pub struct MetricsError(#[from] std::fmt::Error);

/// The status as OpenMetrics text, with every name beginning with `triune_`.
///
/// # Errors
/// [`MetricsError`] when the text could not be written.
pub fn render(status: &Status) -> Result<String, MetricsError> {
    let mut sheet = Sheet(Registry::with_prefix("triune"));
    service(&mut sheet, status);
    cycle(&mut sheet, status);
    kernel::kernel(&mut sheet, status);
    senses(&mut sheet, status);
    models::add(&mut sheet, &status.npu);
    picture(&mut sheet, status);
    memory::memory(&mut sheet, status);
    let mut text = String::new();
    encode(&mut text, &sheet.0)?;
    Ok(text)
}

fn service(sheet: &mut Sheet, status: &Status) {
    let build = vec![
        ("version", status.version.clone()),
        ("board", status.board.clone()),
    ];
    sheet.each(
        "build_info",
        "What runs, and on which board",
        None,
        [(build, 1.0)],
    );
    sheet.gauge(
        "ready",
        "Whether the service does what it was configured to do",
        truth(status.ready),
    );
    let faults = status
        .faults
        .iter()
        .map(|fault| (vec![("fault", fault.clone())], 1.0));
    sheet.each("fault_active", "What fails on purpose now", None, faults);
    let degraded = status
        .degraded
        .iter()
        .map(|trouble| (vec![("what", trouble.what.clone())], 1.0));
    sheet.each("degraded", "What is not as it should be", None, degraded);
    sheet.gauge_of(
        "uptime",
        "Time since the service started",
        Unit::Seconds,
        status.uptime_s,
    );
    sheet.gauge_of(
        "process_resident_memory",
        "Resident memory of the service",
        Unit::Bytes,
        status.process.rss_mb * 1e6,
    );
    sheet.gauge_of(
        "process_cpu",
        "Share of all processors that the service uses",
        Unit::Ratios,
        status.process.cpu_share,
    );
    if let Some(recording) = &status.recording {
        sheet.count("recorded_cycles", "Cycles recorded", recording.cycles);
        sheet.count("recorded_bytes", "Bytes recorded", recording.bytes);
    }
}

fn cycle(sheet: &mut Sheet, status: &Status) {
    let (cycle, real_time) = (&status.cycle, &status.real_time);
    sheet.gauge(
        "real_time_wanted",
        "Whether real-time scheduling is asked for",
        truth(real_time.wanted),
    );
    sheet.gauge(
        "real_time_granted",
        "Whether the system gave a real-time priority",
        truth(real_time.granted),
    );
    sheet.gauge(
        "real_time_priority_asked",
        "SCHED_FIFO priority that was asked for, 0 for none",
        f64::from(real_time.asked.priority),
    );
    sheet.gauge(
        "real_time_priority",
        "SCHED_FIFO priority in force, 0 for none",
        f64::from(real_time.priority),
    );
    sheet.gauge(
        "memory_lock_asked",
        "Whether locked memory is asked for",
        truth(real_time.asked.memory_locked),
    );
    sheet.gauge(
        "memory_locked",
        "Whether the process's memory is locked",
        truth(real_time.memory_locked),
    );
    sheet.gauge(
        "cycle_target_hertz",
        "Cycle rate that is set",
        cycle.rate_hz,
    );
    sheet.gauge(
        "cycle_hertz",
        "Cycle rate measured over the last seconds",
        cycle.hz,
    );
    sheet.count("cycles_scheduled", "Cycles that were due", cycle.scheduled);
    sheet.count("cycles", "Cycles that ran", cycle.cycles);
    sheet.count("cycles_skipped", "Cycles that were left out", cycle.skipped);
    sheet.count(
        "cycle_overruns",
        "Cycles whose work took longer than the period",
        cycle.overruns,
    );
    let quantile =
        |name: &str, microseconds: f64| (vec![("quantile", name.to_owned())], microseconds / 1e6);
    let late = &cycle.lateness_us;
    let samples = [
        quantile("0.5", late.p50),
        quantile("0.99", late.p99),
        quantile("0.999", late.p999),
        quantile("1", late.max),
    ];
    sheet.each(
        "cycle_lateness",
        "How late cycles start",
        Some(Unit::Seconds),
        samples,
    );
    let cost = &cycle.cost_us;
    let samples = [
        quantile("0.5", cost.p50),
        quantile("0.99", cost.p99),
        quantile("1", cost.max),
    ];
    sheet.each(
        "cycle_cost",
        "What the work of a cycle takes",
        Some(Unit::Seconds),
        samples,
    );
}

fn senses(sheet: &mut Sheet, status: &Status) {
    let senses = &status.senses;
    for (name, sense) in senses.named() {
        let states = SenseState::ALL.map(SenseState::name);
        sheet.state(
            &format!("{name}_state"),
            "Whether this sense reaches the being",
            &states,
            sense.state.name(),
        );
        sheet.count(
            &format!("{name}_events"),
            "Events told by this sense",
            sense.events,
        );
        sheet.count(
            &format!("{name}_restarts"),
            "Times that its device was opened again",
            sense.restarts,
        );
        sheet.count(
            &format!("{name}_overruns"),
            "Times that samples or frames were lost",
            sense.overruns,
        );
    }
    sheet.known(
        "hearing_level_dbfs",
        "Sound level, decibels relative to full scale",
        senses.hearing.level_dbfs,
    );
    sheet.known_of(
        "hearing_speech",
        "Likeness to speech",
        Unit::Ratios,
        senses.hearing.speech,
    );
    sheet.count("sight_frames", "Frames seen", senses.sight.frames);
    sheet.known("sight_frames_hertz", "Frames a second", senses.sight.fps);
    sheet.known_of(
        "sight_brightness",
        "Mean luminance",
        Unit::Ratios,
        senses.sight.brightness,
    );
    sheet.known_of(
        "sight_motion",
        "Share of the picture that moves",
        Unit::Ratios,
        senses.sight.motion,
    );
    sheet.known_of(
        "body_load",
        "Share of the processors that is busy",
        Unit::Ratios,
        senses.body.load,
    );
    sheet.known_of(
        "body_temperature",
        "Hottest sensor",
        Unit::Celsius,
        senses.body.temperature_c,
    );
    sheet.known_of(
        "body_memory",
        "Share of memory in use",
        Unit::Ratios,
        senses.body.memory,
    );
    sheet.known_of(
        "body_pressure",
        "Share of time in which some task waited for the processor",
        Unit::Ratios,
        senses.body.pressure,
    );
}

fn picture(sheet: &mut Sheet, status: &Status) {
    let (gpu, display) = (&status.gpu, &status.display);
    if let Some(device) = &gpu.device {
        sheet.each(
            "gpu_info",
            "What draws",
            None,
            [(vec![("device", device.clone())], 1.0)],
        );
    }
    sheet.known("gpu_frames_hertz", "Pictures a second", gpu.fps);
    sheet.known_of(
        "gpu_frame",
        "Time to draw one picture",
        Unit::Seconds,
        gpu.frame_ms.map(|ms| f64::from(ms) / 1e3),
    );
    sheet.state(
        "display_state",
        "How the screen fares",
        &PartState::ALL.map(PartState::name),
        display.state.name(),
    );
}
