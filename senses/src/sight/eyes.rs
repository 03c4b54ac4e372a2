//! Sight as a whole: pictures in, one percept and events out.

use super::brightness::{self, BrightnessDetector};
use super::cells::{Cells, Means};
use super::error::SightError;
use super::motion::{self, Comparison, MotionDetector};
use super::parameters::SightParameters;
use super::picture::{Picture, PictureFormat};
use crate::event::{Detail, Event, EventKind};
use triune_core::{Judgement, Nanoseconds, SightPercept, Timestamp};

/// Pictures further apart are not compared: 2 s.
const GAP: Nanoseconds = 2_000_000_000;

/// Turns pictures into percepts and events.
#[derive(Clone, Debug)]
pub struct Sight {
    parameters: SightParameters,
    cells: Box<Cells>,
    comparison: Comparison,
    motion: MotionDetector,
    brightness: BrightnessDetector,
    form: Option<(PictureFormat, u32, u32)>,
    newest: Option<Timestamp>,
    motion_event: Option<Event>,
    brightness_event: Option<Event>,
    next_id: u64,
    percept: SightPercept,
}

impl Sight {
    /// Prepares to see. This alone allocates.
    ///
    /// # Errors
    /// [`SightError::Parameter`] or [`SightError::Hysteresis`] when a parameter is out of range.
    pub fn new(parameters: SightParameters) -> Result<Self, SightError> {
        parameters.check()?;
        let nanoseconds = |milliseconds: f32| (f64::from(milliseconds) * 1e6) as Nanoseconds;
        Ok(Self {
            cells: Box::new(Cells::new()),
            comparison: Comparison::new(),
            motion: MotionDetector::new(
                parameters.motion_start,
                parameters.motion_stop,
                nanoseconds(parameters.motion_hang_over_ms),
            ),
            brightness: BrightnessDetector::new(
                parameters.brightness_step,
                nanoseconds(parameters.brightness_hold_ms),
            ),
            parameters,
            form: None,
            newest: None,
            motion_event: None,
            brightness_event: None,
            next_id: 1,
            percept: SightPercept::ABSENT,
        })
    }

    /// Looks at a picture taken at `time`, hands every event that it completes to
    /// `events`, and returns what is seen now.
    ///
    /// Brightness is the mean of the luminance bytes over 255. The first picture,
    /// one of another form and one after a gap of 2 s have nothing to be compared
    /// with: motion is absent then, and what lasted has ended.
    ///
    /// # Errors
    /// [`SightError`] when the picture's sizes do not fit together; what was seen before stays.
    pub fn process(
        &mut self,
        picture: &Picture<'_>,
        time: Timestamp,
        mut events: impl FnMut(&Event),
    ) -> Result<&SightPercept, SightError> {
        picture.check()?;
        let form = Some((picture.format, picture.width, picture.height));
        let follows_on = self
            .newest
            .is_some_and(|newest| time >= newest && time.since(newest) <= GAP);
        if self.form != form || !follows_on {
            self.finish(&mut events);
        }
        (self.form, self.newest) = (form, Some(time));

        self.cells.read(picture);
        let means: Means = self.cells.means();
        let moved = self.comparison.push(
            &means,
            self.parameters.least_change,
            self.parameters.noise_factor,
        );
        let brightness = self.cells.brightness();
        self.percept = SightPercept {
            brightness: Judgement::fresh(brightness, 1.0),
            motion: moved.map_or(Judgement::ABSENT, |share| Judgement::fresh(share, 1.0)),
            grid: self.cells.grid(),
        };
        if let Some(share) = moved {
            self.follow_motion(share);
            if let Some(change) = self.motion.push(share, time) {
                self.motion_changed(change, share, &mut events);
            }
        }
        if let Some(change) = self.brightness.push(brightness, time) {
            self.brightness_changed(change, &mut events);
        }
        Ok(&self.percept)
    }

    /// Ends what lasts, for the next picture, if any, does not follow on from the last.
    pub fn finish(&mut self, mut events: impl FnMut(&Event)) {
        if let Some(change) = self.motion.end() {
            self.motion_changed(change, 0.0, &mut events);
        }
        if let Some(change) = self.brightness.end() {
            self.brightness_changed(change, &mut events);
        }
        self.comparison.forget();
    }

    /// What is seen, as of the last picture.
    #[must_use]
    pub fn percept(&self) -> &SightPercept {
        &self.percept
    }

    fn follow_motion(&mut self, share: f32) {
        let confidence = self.motion_confidence(share);
        if let Some(event) = &mut self.motion_event {
            event.confidence = event.confidence.max(confidence);
            event.detail.level = event.detail.level.map(|most| most.max(share));
        }
    }

    /// One half at the threshold, nearing 1 as more moves.
    fn motion_confidence(&self, share: f32) -> f32 {
        share / (share + self.parameters.motion_start)
    }

    fn motion_changed(
        &mut self,
        change: motion::Change,
        share: f32,
        events: &mut impl FnMut(&Event),
    ) {
        match change {
            motion::Change::Begins(start) => {
                let detail = Detail {
                    level: Some(share),
                    ..Detail::default()
                };
                let confidence = self.motion_confidence(share);
                let event = self.event(EventKind::Motion, start, confidence, detail);
                events(&event);
                self.motion_event = Some(event);
            }
            motion::Change::Ends(end) => {
                if let Some(mut event) = self.motion_event.take() {
                    event.end = Some(end);
                    events(&event);
                }
            }
        }
    }

    fn brightness_changed(&mut self, change: brightness::Change, events: &mut impl FnMut(&Event)) {
        match change {
            brightness::Change::Begins { start, from, to } => {
                let detail = Detail {
                    from: Some(from),
                    to: Some(to),
                    ..Detail::default()
                };
                let step = (to - from).abs();
                let confidence = step / (step + self.parameters.brightness_step);
                let event = self.event(EventKind::Brightness, start, confidence, detail);
                events(&event);
                self.brightness_event = Some(event);
            }
            brightness::Change::Ends { end, to } => {
                if let Some(mut event) = self.brightness_event.take() {
                    event.end = Some(end.max(event.start));
                    event.detail.to = Some(to);
                    events(&event);
                }
            }
        }
    }

    fn event(
        &mut self,
        kind: EventKind,
        start: Timestamp,
        confidence: f32,
        detail: Detail,
    ) -> Event {
        let id = self.next_id;
        self.next_id += 1;
        Event {
            id,
            kind,
            start,
            end: None,
            confidence,
            detail,
        }
    }
}
