//! What every microphone must do.

use super::Report;
use super::report::opened;
use crate::clock::{NANOS_PER_SECOND, now_ns};
use crate::{Captured, Microphone, MicrophoneError, Recovery};
use std::time::Duration;

/// What listening for a while brought.
#[derive(Debug, Default)]
struct Heard {
    reads: u64,
    frames: u64,
    squares: f64,
    peak: f32,
    out_of_range: u64,
    overfull: u64,
    backwards: u64,
    overruns: u64,
    first_ns: Option<u64>,
    last_ns: u64,
    /// Latest stamp less the moment of the read's return; positive where it lies in the future.
    ahead_ns: i64,
    /// Time from a frame to the return of the read that brought it, at worst.
    behind_ns: i64,
    error: Option<MicrophoneError>,
}

/// Opens a microphone, listens for about `effort`, opens it again.
///
/// `open` returning `NotFound`, `Busy` or `NotAllowed` skips the suite.
pub fn check_microphone(
    mut open: impl FnMut() -> Result<Box<dyn Microphone>, MicrophoneError>,
    effort: Duration,
) -> Report {
    let missing = |error: &_| {
        matches!(
            error,
            MicrophoneError::NotFound { .. }
                | MicrophoneError::Busy { .. }
                | MicrophoneError::NotAllowed { .. }
        )
    };
    let mut microphone = match opened(open(), missing) {
        Ok(microphone) => microphone,
        Err(report) => return report,
    };
    let mut report = Report::new();
    report.device = microphone.describe();
    report.check("opens", true, String::new);
    let format = microphone.format();
    report.check(
        "has a rate and channels that sound comes in",
        (1_000..=768_000).contains(&format.rate_hz) && (1..=32).contains(&format.channels),
        || format!("{format:?}"),
    );
    report.check("names a period", microphone.period_frames() > 0, || {
        "0 frames".to_owned()
    });
    refuses_too_small_a_buffer(&mut report, microphone.as_mut());

    let started_ns = now_ns();
    let heard = listen(microphone.as_mut(), effort);
    let took_ns = now_ns() - started_ns;
    judge(&mut report, microphone.as_ref(), &heard);
    measure(&mut report, microphone.as_ref(), &heard, took_ns);

    drop(microphone);
    let again = open().map(|mut microphone| {
        let mut block = vec![0.0; microphone.period_frames() * usize::from(format.channels)];
        (microphone.format(), microphone.read(&mut block))
    });
    report.check(
        "opens again after it was dropped, and records",
        matches!(&again, Ok((again, Ok(captured))) if *again == format && captured.frames > 0),
        || format!("{again:?}"),
    );
    report
}

fn refuses_too_small_a_buffer(report: &mut Report, microphone: &mut dyn Microphone) {
    let outcome = microphone.read(&mut []);
    report.check(
        "refuses a buffer without room for a frame",
        matches!(outcome, Err(MicrophoneError::NoRoom { .. })),
        || format!("{outcome:?}"),
    );
}

/// Reads in blocks of changing sizes until `effort` of sound or of time has passed.
fn listen(microphone: &mut dyn Microphone, effort: Duration) -> Heard {
    let format = microphone.format();
    let channels = usize::from(format.channels);
    let period = microphone.period_frames();
    let sizes = [period, 1, period / 3 + 1, 2 * period];
    let mut block = vec![0.0f32; sizes.iter().max().map_or(1, |&most| most) * channels];
    let wanted = u64::from(format.rate_hz) * effort.as_millis() as u64 / 1000;
    let deadline_ns = now_ns() + 4 * effort.as_nanos() as u64;
    let mut heard = Heard::default();
    while heard.frames < wanted.max(1) && now_ns() < deadline_ns {
        let size = sizes[(heard.reads % sizes.len() as u64) as usize];
        let block = &mut block[..size * channels];
        heard.reads += 1;
        match microphone.read(block) {
            Ok(captured) => note(&mut heard, captured, block, channels),
            Err(MicrophoneError::Overrun {
                recovered: true, ..
            }) => heard.overruns += 1,
            Err(error) => {
                heard.error = Some(error);
                break;
            }
        }
    }
    heard
}

fn note(heard: &mut Heard, captured: Captured, block: &[f32], channels: usize) {
    let now = now_ns() as i64;
    if captured.frames == 0 || captured.frames * channels > block.len() {
        heard.overfull += 1;
        return;
    }
    for &sample in &block[..captured.frames * channels] {
        if !(-1.0..=1.0).contains(&sample) {
            heard.out_of_range += 1;
        }
        heard.peak = heard.peak.max(sample.abs());
        heard.squares += f64::from(sample) * f64::from(sample);
    }
    if heard.first_ns.is_some() && captured.time_ns < heard.last_ns {
        heard.backwards += 1;
    }
    let age_ns = now - captured.time_ns as i64;
    if heard.first_ns.is_none() {
        heard.ahead_ns = -age_ns;
        heard.behind_ns = age_ns;
    }
    heard.ahead_ns = heard.ahead_ns.max(-age_ns);
    heard.behind_ns = heard.behind_ns.max(age_ns);
    heard.first_ns.get_or_insert(captured.time_ns);
    heard.last_ns = captured.time_ns;
    heard.frames += captured.frames as u64;
}

fn judge(report: &mut Report, microphone: &dyn Microphone, heard: &Heard) {
    let ended_well = match &heard.error {
        None => true,
        Some(error) => error.recovery() == Recovery::Finished,
    };
    report.check("brings sound", heard.frames > 0 && ended_well, || {
        heard.error.as_ref().map_or_else(
            || format!("nothing in {} reads", heard.reads),
            ToString::to_string,
        )
    });
    report.check(
        "fills its buffer with at least one frame and never more than it holds",
        heard.overfull == 0,
        || format!("{} reads did not", heard.overfull),
    );
    report.check(
        "keeps samples within -1..=1",
        heard.out_of_range == 0,
        || format!("{} samples are not", heard.out_of_range),
    );
    report.check("stamps in order", heard.backwards == 0, || {
        format!("{} blocks are older than the one before", heard.backwards)
    });
    report.check(
        "counts every overrun that it told of",
        microphone.overruns() >= heard.overruns,
        || format!("{} of {}", microphone.overruns(), heard.overruns),
    );
}

fn measure(report: &mut Report, microphone: &dyn Microphone, heard: &Heard, took_ns: u64) {
    let format = microphone.format();
    let samples = heard.frames.max(1) as f64 * f64::from(format.channels);
    let seconds = took_ns.max(1) as f64 / NANOS_PER_SECOND as f64;
    let decibels = |level: f64| 20.0 * level.max(1e-6).log10();
    report.figure("rate", f64::from(format.rate_hz), "Hz");
    report.figure("measured_rate", heard.frames as f64 / seconds, "Hz");
    report.figure("channels", f64::from(format.channels), "");
    report.figure("period", microphone.period_frames() as f64, "frames");
    report.figure("level", decibels((heard.squares / samples).sqrt()), "dBFS");
    report.figure("peak", decibels(f64::from(heard.peak)), "dBFS");
    report.figure("oldest_frame", heard.behind_ns as f64 / 1e6, "ms");
    report.figure("stamps_ahead", heard.ahead_ns.max(0) as f64 / 1e6, "ms");
    report.figure("overruns", microphone.overruns() as f64, "");
}
