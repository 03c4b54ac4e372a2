//! Opening a card and agreeing with it on how it records.

use super::convert::Transfer;
use crate::microphone::{MicrophoneError, SoundFormat};
use ::alsa::pcm::{Access, Frames, HwParams, PCM, TstampType};
use ::alsa::{Direction, Output, ValueOr};
use std::ffi::CString;
use triune_board::AlsaMicrophone;

/// An open card that is ready to start.
pub(super) struct Configured {
    pub(super) pcm: PCM,
    pub(super) format: SoundFormat,
    pub(super) period_frames: usize,
    pub(super) transfer: Transfer,
}

pub(super) fn open(spec: &AlsaMicrophone) -> Result<Configured, MicrophoneError> {
    let device = spec.device.as_str();
    let explain = |error| explain(device, error);
    let name = CString::new(device).map_err(|_| MicrophoneError::NotFound {
        device: device.to_owned(),
    })?;
    // ALSA's library writes its reasons to the console; for this thread they go to the log.
    let reasons = Output::local_error_handler();
    // Non-blocking, so that a card in use is an error at once instead of a wait without end.
    let pcm = PCM::open(&name, Direction::Capture, true).map_err(|error| {
        if let Ok(reasons) = &reasons {
            log::debug!("{}", reasons.borrow().to_string().trim_end());
        }
        explain(error)
    })?;
    let chosen = {
        let hw = HwParams::any(&pcm).map_err(explain)?;
        choose(&hw, spec)?;
        pcm.hw_params(&hw)
            .map_err(|error| unsupported(spec, &error.to_string()))?;
        let current = pcm.hw_params_current().map_err(explain)?;
        let format = SoundFormat {
            rate_hz: current.get_rate().map_err(explain)?,
            channels: u16::try_from(current.get_channels().map_err(explain)?).unwrap_or(u16::MAX),
        };
        let period = current.get_period_size().map_err(explain)?;
        let sample = current.get_format().map_err(explain)?;
        (format, period, sample)
    };
    let (format, period, sample) = chosen;
    stamps(&pcm, period).map_err(explain)?;
    if (format.rate_hz, format.channels) != (spec.rate_hz, spec.channels) {
        log::warn!(
            "microphone {device} records {} Hz, {} channels instead of {} Hz, {} channels",
            format.rate_hz,
            format.channels,
            spec.rate_hz,
            spec.channels
        );
    }
    let period_frames = usize::try_from(period).unwrap_or(1).max(1);
    let transfer = Transfer::new(sample, period_frames * usize::from(format.channels))
        .ok_or_else(|| unsupported(spec, "it has no kind of sample that we read"))?;
    Ok(Configured {
        pcm,
        format,
        period_frames,
        transfer,
    })
}

/// Narrows the card's possibilities down to one.
fn choose(hw: &HwParams<'_>, spec: &AlsaMicrophone) -> Result<(), MicrophoneError> {
    let refuse = |what: &str| unsupported(spec, what);
    hw.set_access(Access::RWInterleaved)
        .map_err(|_| refuse("it has no interleaved access"))?;
    let sample = Transfer::FORMATS
        .into_iter()
        .find(|&format| hw.test_format(format).is_ok())
        .ok_or_else(|| refuse("it has neither 16-bit, 32-bit nor float samples"))?;
    hw.set_format(sample)
        .map_err(|error| refuse(&error.to_string()))?;
    hw.set_channels_near(u32::from(spec.channels))
        .map_err(|error| refuse(&error.to_string()))?;
    hw.set_rate_near(spec.rate_hz, ValueOr::Nearest)
        .map_err(|error| refuse(&error.to_string()))?;
    let period = hw
        .set_period_size_near(Frames::from(spec.period_frames), ValueOr::Nearest)
        .map_err(|error| refuse(&error.to_string()))?;
    hw.set_buffer_size_near(period.saturating_mul(Frames::from(spec.periods)))
        .map_err(|error| refuse(&error.to_string()))?;
    Ok(())
}

/// Wakes the reader for every period, and stamps with the clock that everything here uses.
fn stamps(pcm: &PCM, period: Frames) -> ::alsa::Result<()> {
    let sw = pcm.sw_params_current()?;
    sw.set_avail_min(period)?;
    sw.set_tstamp_mode(true)?;
    // Older plugins know no choice of clock; stamps that are not near our clock are not used.
    let _ = sw.set_tstamp_type(TstampType::Monotonic);
    pcm.sw_params(&sw)
}

fn unsupported(spec: &AlsaMicrophone, reason: &str) -> MicrophoneError {
    MicrophoneError::Unsupported {
        device: spec.device.clone(),
        wanted: format!(
            "{} Hz, {} channels, {} frames a period",
            spec.rate_hz, spec.channels, spec.period_frames
        ),
        reason: reason.to_owned(),
    }
}

/// What an error of ALSA's means.
pub(super) fn explain(device: &str, error: ::alsa::Error) -> MicrophoneError {
    let device = device.to_owned();
    match error.errno().abs() {
        libc::ENOENT | libc::ENXIO | libc::EINVAL if error.func() == "snd_pcm_open" => {
            MicrophoneError::NotFound { device }
        }
        libc::ENODEV if error.func() == "snd_pcm_open" => MicrophoneError::NotFound { device },
        libc::ENODEV | libc::ENXIO | libc::ENOTCONN => MicrophoneError::Unplugged { device },
        libc::EBUSY | libc::EAGAIN if error.func() == "snd_pcm_open" => {
            MicrophoneError::Busy { device }
        }
        libc::EACCES | libc::EPERM => MicrophoneError::NotAllowed { device },
        errno => MicrophoneError::System {
            device,
            call: error.func(),
            source: std::io::Error::from_raw_os_error(errno),
        },
    }
}
