//! The hearing thread: microphone to percepts and events.

use super::event_log::Origin;
use super::facts::{Publisher, SenseFacts};
use super::steward::SensedEvent;
use super::stop::Stop;
use super::supervisor::Ended;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use triune_board::MicrophoneSpec;
use triune_core::{HearingPercept, Timestamp};
use triune_hal::{MicrophoneError, Recovery, open_microphone};
use triune_senses::{Event, Hearing, HearingParameters, SoundInput};

/// The hearing sense with its ends.
pub(super) struct HearingPart {
    pub(super) spec: MicrophoneSpec,
    pub(super) publisher: Publisher<HearingPercept>,
    pub(super) events: rtrb::Producer<SensedEvent>,
    pub(super) facts: Arc<SenseFacts>,
    pub(super) stop: Stop,
}

impl HearingPart {
    /// One run: opens the microphone and hears until it fails or the end comes.
    pub(super) fn run(&mut self) -> Ended {
        let ended = self.hear();
        self.publisher.publish_absent();
        ended
    }

    fn hear(&mut self) -> Ended {
        let mut microphone = match open_microphone(&self.spec) {
            Ok(Some(microphone)) => microphone,
            Ok(None) => return Ended::NotFitted("this board has no microphone".to_owned()),
            Err(error) => return ended_by(&error),
        };
        let format = microphone.format();
        let input = SoundInput {
            rate_hz: format.rate_hz,
            channels: format.channels,
        };
        let mut hearing = match Hearing::new(input, HearingParameters::default()) {
            Ok(hearing) => hearing,
            Err(error) => return Ended::NotFitted(error.to_string()),
        };
        let mut samples = vec![0.0; microphone.period_frames() * usize::from(format.channels)];
        self.facts.present(&microphone.describe());
        log::info!(
            "hearing: {} at {} Hz",
            microphone.describe(),
            format.rate_hz
        );
        while !self.stop.is_set() {
            match microphone.read(&mut samples) {
                Ok(captured) => {
                    let block = &samples[..captured.frames * usize::from(format.channels)];
                    let begun = Timestamp(captured.time_ns);
                    let length = captured.frames as u64 * 1_000_000_000 / u64::from(format.rate_hz);
                    let events = &mut self.events;
                    let percept = hearing.process(block, begun, |event| tell(events, event));
                    self.publisher.publish(*percept, begun.after(length));
                    self.facts.taken.fetch_add(1, Ordering::Relaxed);
                    self.facts
                        .overruns
                        .store(microphone.overruns(), Ordering::Relaxed);
                }
                Err(error) if error.recovery() == Recovery::Again => {
                    self.facts
                        .overruns
                        .store(microphone.overruns(), Ordering::Relaxed);
                }
                Err(error) => {
                    hearing.finish(|event| tell(&mut self.events, event));
                    return ended_by(&error);
                }
            }
        }
        hearing.finish(|event| tell(&mut self.events, event));
        Ended::Stopped
    }
}

/// Hands an event to the steward, who comes every 20 ms; the sense never waits for it.
fn tell(events: &mut rtrb::Producer<SensedEvent>, event: &Event) {
    if events.push((Origin::Hearing, *event)).is_err() {
        log::warn!("hearing: an event was lost, for too many came at once");
    }
}

fn ended_by(error: &MicrophoneError) -> Ended {
    match error.recovery() {
        Recovery::Again | Recovery::Reopen => Ended::Failed(error.to_string()),
        Recovery::Finished => Ended::NotFitted(error.to_string()),
        Recovery::Person => Ended::Hopeless(error.to_string()),
    }
}
