//! The sight thread: camera to percepts and events.

use super::event_log::Origin;
use super::facts::{Publisher, SenseFacts};
use super::steward::SensedEvent;
use super::stop::Stop;
use super::supervisor::Ended;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use triune_board::CameraSpec;
use triune_core::{SightPercept, Timestamp};
use triune_hal::{CameraError, Frame, PixelFormat, Recovery, open_camera};
use triune_senses::{Event, Picture, PictureFormat, Sight, SightParameters};

/// Pictures in a row that make no sense, after which the camera is opened anew.
const BROKEN_PICTURES: u32 = 30;

/// The sight sense with its ends.
pub(super) struct SightPart {
    pub(super) spec: CameraSpec,
    pub(super) publisher: Publisher<SightPercept>,
    pub(super) events: rtrb::Producer<SensedEvent>,
    pub(super) facts: Arc<SenseFacts>,
    pub(super) stop: Stop,
}

impl SightPart {
    /// One run: opens the camera and sees until it fails or the end comes.
    pub(super) fn run(&mut self) -> Ended {
        let ended = self.see();
        self.publisher.publish_absent();
        ended
    }

    fn see(&mut self) -> Ended {
        let mut camera = match open_camera(&self.spec) {
            Ok(Some(camera)) => camera,
            Ok(None) => return Ended::NotFitted("this board has no camera".to_owned()),
            Err(error) => return ended_by(&error),
        };
        let mut sight = match Sight::new(SightParameters::default()) {
            Ok(sight) => sight,
            Err(error) => return Ended::NotFitted(error.to_string()),
        };
        let mut frame = Frame::new();
        let mut broken = 0;
        self.facts.present(&camera.describe());
        log::info!("sight: {}", camera.describe());
        while !self.stop.is_set() {
            match camera.read(&mut frame) {
                Ok(()) => {
                    let time = Timestamp(frame.time_ns);
                    let events = &mut self.events;
                    match sight.process(&picture(&frame), time, |event| tell(events, event)) {
                        Ok(percept) => {
                            self.publisher.publish(*percept, time);
                            self.facts.taken.fetch_add(1, Ordering::Relaxed);
                            broken = 0;
                        }
                        Err(error) => {
                            broken += 1;
                            if broken >= BROKEN_PICTURES {
                                sight.finish(|event| tell(&mut self.events, event));
                                return Ended::Failed(error.to_string());
                            }
                        }
                    }
                }
                Err(error) if error.recovery() == Recovery::Again => {
                    self.facts.overruns.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => {
                    sight.finish(|event| tell(&mut self.events, event));
                    return ended_by(&error);
                }
            }
        }
        sight.finish(|event| tell(&mut self.events, event));
        Ended::Stopped
    }
}

/// A frame of a camera as sight takes it.
pub(crate) fn picture(frame: &Frame) -> Picture<'_> {
    Picture {
        format: match frame.pixel {
            PixelFormat::Yuyv => PictureFormat::Yuyv,
            PixelFormat::Nv12 => PictureFormat::Nv12,
            PixelFormat::Grey => PictureFormat::Grey,
            PixelFormat::Rgb24 => PictureFormat::Rgb24,
        },
        width: frame.width,
        height: frame.height,
        stride: frame.stride,
        data: frame.data(),
    }
}

/// Hands an event to the steward, who comes every 20 ms; the sense never waits for it.
fn tell(events: &mut rtrb::Producer<SensedEvent>, event: &Event) {
    if events.push((Origin::Sight, *event)).is_err() {
        log::warn!("sight: an event was lost, for too many came at once");
    }
}

fn ended_by(error: &CameraError) -> Ended {
    match error.recovery() {
        Recovery::Again | Recovery::Reopen => Ended::Failed(error.to_string()),
        Recovery::Finished => Ended::NotFitted(error.to_string()),
        Recovery::Person => Ended::Hopeless(error.to_string()),
    }
}
