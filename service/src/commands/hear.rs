//! `triune hear FILE.wav`.

use super::failure::{Exit, Failure};
use super::output;
use crate::cli::FileArguments;
use triune_board::{MicrophoneSpec, RecordedSound};
use triune_core::Timestamp;
use triune_hal::{MicrophoneError, Recovery, open_microphone};
use triune_senses::{Event, Hearing, HearingParameters, SoundInput};

/// Frames taken at a time: 10 ms at 48 kHz.
const BLOCK_FRAMES: usize = 480;

pub(super) fn run(arguments: &FileArguments) -> Result<Exit, Failure> {
    let path = &arguments.path;
    let spec = MicrophoneSpec::Recording(RecordedSound {
        path: path.clone(),
        paced: false,
        repeat: false,
    });
    let mut microphone = open_microphone(&spec)
        .map_err(Failure::failed)?
        .ok_or_else(|| Failure::failed("the recording cannot be opened"))?;
    let format = microphone.format();
    let channels = usize::from(format.channels);
    let mut hearing = Hearing::new(
        SoundInput {
            rate_hz: format.rate_hz,
            channels: format.channels,
        },
        HearingParameters::default(),
    )
    .map_err(Failure::failed)?;
    let mut samples = vec![0.0; BLOCK_FRAMES * channels];
    let mut frames = 0_u64;
    let mut events = Vec::new();
    loop {
        match microphone.read(&mut samples) {
            Ok(captured) => {
                // Time within the file, so that the same file gives the same lines.
                let time = Timestamp(frames * 1_000_000_000 / u64::from(format.rate_hz));
                let block = &samples[..captured.frames * channels];
                hearing.process(block, time, |event| events.push(*event));
                print(&mut events)?;
                frames += captured.frames as u64;
            }
            Err(error) => {
                hearing.finish(|event| events.push(*event));
                print(&mut events)?;
                return end_of(&error);
            }
        }
    }
}

fn end_of(error: &MicrophoneError) -> Result<Exit, Failure> {
    match error.recovery() {
        Recovery::Finished => Ok(Exit::Fine),
        _ => Err(Failure::failed(error)),
    }
}

/// One JSON object a line; an event that lasts is printed once, when it has ended.
pub(super) fn print(events: &mut Vec<Event>) -> Result<(), Failure> {
    for event in events.drain(..).filter(|event| event.end.is_some()) {
        output::line(&serde_json::to_string(&event).map_err(Failure::failed)?)?;
    }
    Ok(())
}
