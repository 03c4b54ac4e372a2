//! Something that began, and perhaps ended, in what is heard or seen.

use serde::{Serialize, Serializer};
use triune_core::Timestamp;

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Somebody speaks.
    Speech,
    /// A sound set in: its level rose suddenly.
    Onset,
    /// The light changed and stayed changed.
    Brightness,
    /// Something moves in the picture.
    Motion,
}

/// What more is known of an event; absent where it does not apply to its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Detail {
    /// Speech and onset: highest level so far in decibels relative to full scale.
    /// Motion: greatest share of the picture that changed so far, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<f32>,
    /// Brightness: mean luminance before the change, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<f32>,
    /// Brightness: mean luminance after the change, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<f32>,
}

/// One event. It is reported twice with the same `id`: when it has begun
/// (`end` is `None`) and when it has ended.
///
/// As JSON it is one flat object; `start` and `end` are seconds on the clock
/// that the samples or pictures were stamped with, `end` is `null` while it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Event {
    /// Number of the event, from 1, counted by the sense that reports it.
    pub id: u64,
    /// What happened.
    pub kind: EventKind,
    /// When it began; dated back to its first trace, so earlier than the report.
    #[serde(serialize_with = "seconds")]
    pub start: Timestamp,
    /// When it ended; `None` while it lasts.
    #[serde(serialize_with = "optional_seconds")]
    pub end: Option<Timestamp>,
    /// How sure, 0 to 1.
    pub confidence: f32,
    /// What more is known.
    #[serde(flatten)]
    pub detail: Detail,
}

fn seconds<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.seconds())
}

fn optional_seconds<S: Serializer>(
    time: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.serialize_some(&time.seconds()),
        None => serializer.serialize_none(),
    }
}
