//! The newest events of all senses, for the API.

use crate::http::{Detection, DetectionQuery};
use serde_json::{Map, Value};
use std::collections::{HashMap, VecDeque};
use triune_core::Timestamp;
use triune_senses::{Event, EventKind};

/// Events that are kept; at a busy ten a minute more than an hour.
const CAPACITY: usize = 1_000;

/// Which sense counted an event's id; ids are unique within a sense only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    /// Hearing.
    Hearing,
    /// Sight.
    Sight,
}

/// The log. An event is entered when it begins and completed when it ends.
#[derive(Debug, Default)]
pub(super) struct EventLog {
    detections: VecDeque<Detection>,
    open: HashMap<(Origin, u64), u64>,
    count: u64,
}

impl EventLog {
    /// Enters an event that begins, or completes one that is known. True if it is new. The end
    /// of an event whose beginning was never entered is none of ours.
    pub(super) fn enter(&mut self, origin: Origin, event: &Event) -> bool {
        let key = (origin, event.id);
        let Some(end) = event.end else {
            self.count += 1;
            if self.detections.len() == CAPACITY {
                self.detections.pop_front();
            }
            self.detections.push_back(detection(self.count, event));
            // A sense that was started anew counts from 1 again: what was open is overwritten.
            self.open.insert(key, self.count);
            return true;
        };
        if let Some(id) = self.open.remove(&key) {
            self.complete(id, |entry| {
                *entry = detection(id, event);
                entry.end_ns = Some(end.0);
            });
        }
        false
    }

    /// Ends all that is open of a sense: it is refused, or its device is gone.
    pub(super) fn close(&mut self, origin: Origin, now: Timestamp) {
        let ids: Vec<u64> = self
            .open
            .iter()
            .filter_map(|((from, _), &id)| (*from == origin).then_some(id))
            .collect();
        self.open.retain(|(from, _), _| *from != origin);
        for id in ids {
            self.complete(id, |entry| entry.end_ns = Some(now.0));
        }
    }

    fn complete(&mut self, id: u64, complete: impl FnOnce(&mut Detection)) {
        if let Some(entry) = self.detections.iter_mut().find(|entry| entry.id == id) {
            complete(entry);
        }
    }

    /// The newest that a query asks for, oldest first.
    pub(super) fn read(&self, query: &DetectionQuery) -> Vec<Detection> {
        let mut newest: Vec<Detection> = self
            .detections
            .iter()
            .rev()
            .filter(|detection| detection.start_ns > query.since_ns)
            .take(query.limit)
            .cloned()
            .collect();
        newest.reverse();
        newest
    }
}

/// The kind as the API names it.
pub(super) const fn kind_name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Speech => "speech",
        EventKind::Onset => "onset",
        EventKind::Brightness => "brightness",
        EventKind::Motion => "motion",
    }
}

fn detection(id: u64, event: &Event) -> Detection {
    let mut details = Map::new();
    let mut detail = |name: &str, value: Option<f32>| {
        if let Some(value) = value {
            details.insert(name.to_owned(), Value::from(value));
        }
    };
    detail("level", event.detail.level);
    detail("from", event.detail.from);
    detail("to", event.detail.to);
    Detection {
        id,
        kind: kind_name(event.kind).to_owned(),
        start_ns: event.start.0,
        end_ns: event.end.map(|end| end.0),
        confidence: event.confidence,
        details,
    }
}
