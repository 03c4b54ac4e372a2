//! Changes of the light that last.

use triune_core::{Nanoseconds, Timestamp};

/// Time constant with which slow changes of the light (dawn, exposure) are followed.
const FOLLOW: f32 = 10e9;
/// The new light has settled when it keeps within this for the holding time.
const SETTLED: f32 = 0.02;
/// Pictures that must show the new light, however seldom they come.
const CONFIRM: u32 = 3;

/// What a picture brought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Change {
    /// The light began to change at `start`, from `from`, and is at `to` now.
    Begins {
        start: Timestamp,
        from: f32,
        to: f32,
    },
    /// It settled at `to`; `end` is when it came there.
    Ends { end: Timestamp, to: f32 },
}

/// Tells steps of the light from flashes and from slow drift.
#[derive(Clone, Debug)]
pub(super) struct BrightnessDetector {
    step: f32,
    hold: Nanoseconds,
    /// What the light was before, and when that was last followed.
    reference: Option<(f32, Timestamp)>,
    departed: Option<Departure>,
}

#[derive(Clone, Copy, Debug)]
struct Departure {
    start: Timestamp,
    /// Level around which it is seen whether the light settles, and since when it keeps to it.
    level: f32,
    since: Timestamp,
    pictures: u32,
    reported: bool,
}

impl BrightnessDetector {
    pub(super) fn new(step: f32, hold: Nanoseconds) -> Self {
        Self {
            step,
            hold,
            reference: None,
            departed: None,
        }
    }

    pub(super) fn push(&mut self, brightness: f32, time: Timestamp) -> Option<Change> {
        let Some((reference, followed)) = self.reference else {
            self.reference = Some((brightness, time));
            return None;
        };
        let away = (brightness - reference).abs() >= self.step;
        let Some(mut departure) = self.departed else {
            if away {
                self.departed = Some(Departure {
                    start: time,
                    level: brightness,
                    since: time,
                    pictures: 1,
                    reported: false,
                });
            } else {
                let share = (time.since(followed) as f32 / FOLLOW).min(1.0);
                self.reference = Some((reference + share * (brightness - reference), time));
            }
            return None;
        };
        if !away && !departure.reported {
            // A flash: the light is back where it was.
            self.departed = None;
            self.reference = Some((reference, time));
            return None;
        }
        departure.pictures += 1;
        if (brightness - departure.level).abs() > SETTLED {
            (departure.level, departure.since) = (brightness, time);
        }
        self.departed = Some(departure);
        if !departure.reported {
            return self.begin(departure, brightness, reference, time);
        }
        if time.since(departure.since) < self.hold {
            return None;
        }
        self.departed = None;
        self.reference = Some((brightness, time));
        Some(Change::Ends {
            end: departure.since,
            to: brightness,
        })
    }

    fn begin(
        &mut self,
        departure: Departure,
        brightness: f32,
        reference: f32,
        time: Timestamp,
    ) -> Option<Change> {
        if departure.pictures < CONFIRM || time.since(departure.start) < self.hold {
            return None;
        }
        self.departed = Some(Departure {
            reported: true,
            ..departure
        });
        Some(Change::Begins {
            start: departure.start,
            from: reference,
            to: brightness,
        })
    }

    /// Ends what lasts and forgets the light: what follows does not belong to it.
    pub(super) fn end(&mut self) -> Option<Change> {
        self.reference = None;
        let departure = self
            .departed
            .take()
            .filter(|departure| departure.reported)?;
        Some(Change::Ends {
            end: departure.since,
            to: departure.level,
        })
    }
}
