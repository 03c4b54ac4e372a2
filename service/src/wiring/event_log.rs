//! The newest events of all senses, for the API.

use crate::http::{Detection, DetectionQuery};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet, VecDeque};
use triune_core::{Sense, Timestamp};
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

impl Origin {
    /// What must be allowed for its events to be told.
    pub(super) const fn sense(self) -> Sense {
        match self {
            Self::Hearing => Sense::Hear,
            Self::Sight => Sense::See,
        }
    }
}

/// The log. An event is entered when it begins and completed when it ends.
#[derive(Debug, Default)]
pub(super) struct EventLog {
    detections: VecDeque<(Origin, Detection)>,
    open: HashMap<(Origin, u64), u64>,
    count: u64,
}

impl EventLog {
    /// Enters an event that begins, or completes one that is known. True if it is new. The end
    /// of an event whose beginning was never entered is none of ours, and neither is an event
    /// that began before `since`, when its sense was last allowed.
    pub(super) fn enter(
        &mut self,
        origin: Origin,
        event: &Event,
        since: Option<Timestamp>,
    ) -> bool {
        if since.is_none_or(|since| event.start < since) {
            return false;
        }
        let key = (origin, event.id);
        if event.end.is_none() {
            self.count += 1;
            if self.detections.len() == CAPACITY {
                self.detections.pop_front();
            }
            let entry = (origin, detection(self.count, event));
            self.detections.push_back(entry);
            // A sense that was started anew counts from 1 again: what was open is overwritten.
            self.open.insert(key, self.count);
            return true;
        }
        if let Some(id) = self.open.remove(&key)
            && let Some((_, entry)) = self.detections.iter_mut().find(|(_, one)| one.id == id)
        {
            *entry = detection(id, event);
        }
        false
    }

    /// Forgets what a sense noticed before `since`, when it was last allowed, and all that it
    /// noticed while it is refused. True if there was anything.
    pub(super) fn forget(&mut self, origin: Origin, since: Option<Timestamp>) -> bool {
        let before = self.detections.len();
        self.detections
            .retain(|(from, entry)| *from != origin || began_since(entry, since));
        if self.detections.len() == before {
            return false;
        }
        let kept: HashSet<u64> = self.detections.iter().map(|(_, entry)| entry.id).collect();
        self.open.retain(|_, id| kept.contains(id));
        true
    }

    /// The newest that a query asks for, oldest first. `since` tells when a sense was last
    /// allowed: nobody waits for the log to forget.
    pub(super) fn read(
        &self,
        query: &DetectionQuery,
        since: impl Fn(Origin) -> Option<Timestamp>,
    ) -> Vec<Detection> {
        let mut newest: Vec<Detection> = self
            .detections
            .iter()
            .rev()
            .filter(|(_, entry)| entry.start_ns > query.since_ns)
            .filter(|(origin, entry)| began_since(entry, since(*origin)))
            .take(query.limit)
            .map(|(_, entry)| entry.clone())
            .collect();
        newest.reverse();
        newest
    }
}

fn began_since(entry: &Detection, since: Option<Timestamp>) -> bool {
    since.is_some_and(|since| entry.start_ns >= since.0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use triune_senses::Detail;

    const ALL: DetectionQuery = DetectionQuery {
        since_ns: 0,
        limit: CAPACITY,
    };

    fn event(id: u64, start: u64, end: Option<u64>) -> Event {
        Event {
            id,
            kind: EventKind::Speech,
            start: Timestamp(start),
            end: end.map(Timestamp),
            confidence: 0.9,
            detail: Detail::default(),
        }
    }

    fn starts(log: &EventLog, since: Option<Timestamp>) -> Vec<u64> {
        let found = log.read(&ALL, |_| since);
        found.iter().map(|detection| detection.start_ns).collect()
    }

    #[test]
    fn what_began_while_its_sense_was_refused_is_not_told_when_it_is_allowed() {
        let mut log = EventLog::default();
        let since = Some(Timestamp(100));
        assert!(!log.enter(Origin::Hearing, &event(1, 99, None), since));
        assert!(!log.enter(Origin::Hearing, &event(1, 99, Some(120)), since));
        assert!(starts(&log, since).is_empty());
        assert!(log.enter(Origin::Hearing, &event(2, 100, None), since));
        assert!(!log.enter(Origin::Hearing, &event(3, 130, None), None));
        assert_eq!(starts(&log, since), [100]);
    }

    #[test]
    fn a_refusal_forgets_what_its_sense_noticed_and_nothing_else() {
        let mut log = EventLog::default();
        let since = Some(Timestamp(1));
        for (id, start) in [(1, 10), (2, 20)] {
            log.enter(Origin::Hearing, &event(id, start, None), since);
            log.enter(Origin::Sight, &event(id, start + 1, None), since);
        }
        assert!(
            starts(&log, None).is_empty(),
            "a refusal waits for no book-keeping"
        );
        assert!(log.forget(Origin::Hearing, None));
        assert!(!log.forget(Origin::Hearing, None));
        assert_eq!(starts(&log, since), [11, 21]);
        // Its end comes when hearing is allowed again, and is nobody's.
        log.enter(Origin::Hearing, &event(2, 20, Some(40)), since);
        log.enter(Origin::Sight, &event(2, 21, Some(41)), since);
        let told = log.read(&ALL, |_| since);
        let ends: Vec<_> = told.iter().map(|detection| detection.end_ns).collect();
        assert_eq!(ends, [None, Some(41)]);
    }

    #[test]
    fn a_refusal_and_a_grant_between_two_looks_leave_nothing_of_before() {
        let mut log = EventLog::default();
        log.enter(Origin::Hearing, &event(1, 10, None), Some(Timestamp(1)));
        log.enter(Origin::Hearing, &event(2, 30, None), Some(Timestamp(1)));
        assert!(log.forget(Origin::Hearing, Some(Timestamp(20))));
        assert_eq!(starts(&log, Some(Timestamp(20))), [30]);
    }
}
