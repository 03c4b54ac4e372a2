//! The live stream: server-sent events (HTML Living Standard, 9.2).

use super::extract::ValidQuery;
use super::figures::{MOST_DETECTIONS, within};
use super::problem::Problem;
use super::shared::Shared;
use super::source::{DetectionQuery, Detections};
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};

/// States a second when nothing else is asked for.
const RATE_HZ: f64 = 10.0;
/// Least and most states a second.
const RATES_HZ: (f64, f64) = (0.1, 50.0);
/// How often the status is told.
const STATUS_PERIOD: Duration = Duration::from_secs(1);
/// How far back detections are looked at again: a sense that is sure only later tells an
/// event that began before others already told.
const LOOK_BACK_NS: u64 = 10_000_000_000;
/// Browsers try again after so long.
const RETRY: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StreamAsked {
    hz: Option<f64>,
    /// Further topics beside `state`, set apart by commas: `status`, `detections`.
    with: Option<String>,
}

pub(super) async fn stream(
    State(shared): State<Arc<Shared>>,
    ValidQuery(asked): ValidQuery<StreamAsked>,
) -> Result<impl IntoResponse, Problem> {
    let hz = within("hz", asked.hz.unwrap_or(RATE_HZ), RATES_HZ.0, RATES_HZ.1)?;
    let mut live = Live {
        closing: shared.closing.clone(),
        shared,
        tick: tokio::time::interval(Duration::from_secs_f64(1.0 / hz)),
        queue: VecDeque::from([Event::default().retry(RETRY).comment("triune")]),
        cycle: None,
        status: None,
        detections: None,
    };
    live.tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    for topic in asked
        .with
        .iter()
        .flat_map(|with| with.split(','))
        .filter(|topic| !topic.is_empty())
    {
        match topic {
            "status" => live.status = Some(None),
            "detections" => live.detections = Some(Told::default()),
            _ => {
                let detail = format!("the stream has no '{topic}': use status, detections");
                return Err(Problem::bad_request(detail));
            }
        }
    }
    let events = stream::unfold(live, |mut live| async move {
        let event = live.next().await?;
        Some((Ok::<_, Infallible>(event), live))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// One client's stream.
struct Live {
    shared: Arc<Shared>,
    closing: watch::Receiver<bool>,
    tick: Interval,
    queue: VecDeque<Event>,
    cycle: Option<u64>,
    /// `Some` when asked for; inside, when it was last told.
    status: Option<Option<Instant>>,
    /// `Some` when asked for.
    detections: Option<Told>,
}

/// Which detections were told, and whether their end was.
#[derive(Default)]
struct Told {
    ended: HashMap<u64, bool>,
    /// Where to look from; `None` before the first look, which takes all that is remembered.
    since_ns: Option<u64>,
}

impl Live {
    /// The next event; `None` when the server stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if *self.closing.borrow() {
                return None;
            }
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            tokio::select! {
                changed = self.closing.changed() => changed.ok()?,
                _ = self.tick.tick() => self.gather(),
            }
        }
    }

    fn gather(&mut self) {
        let source = self.shared.source.as_ref();
        if let Some(state) = source
            .state()
            .filter(|state| self.cycle != Some(state.cycle))
        {
            self.cycle = Some(state.cycle);
            self.queue
                .extend(event("state", &state).map(|event| event.id(state.cycle.to_string())));
        }
        if let Some(last) = &mut self.status
            && last.is_none_or(|last| last.elapsed() >= STATUS_PERIOD)
        {
            *last = Some(Instant::now());
            self.queue.extend(event("status", &source.status()));
        }
        if let Some(told) = &mut self.detections {
            let query = DetectionQuery {
                since_ns: told.since_ns.unwrap_or(0),
                limit: MOST_DETECTIONS,
            };
            let news = told.news(source.detections(&query));
            if !news.events.is_empty() {
                self.queue.extend(event("detections", &news));
            }
        }
    }
}

impl Told {
    /// What of `found` is new or has ended since.
    fn news(&mut self, mut found: Detections) -> Detections {
        let before = std::mem::take(&mut self.ended);
        let mut since = found.now_ns.saturating_sub(LOOK_BACK_NS);
        for event in &found.events {
            self.ended.insert(event.id, event.end_ns.is_some());
            if event.end_ns.is_none() {
                since = since.min(event.start_ns.saturating_sub(1));
            }
        }
        self.since_ns = Some(since);
        found
            .events
            .retain(|event| before.get(&event.id) != Some(&event.end_ns.is_some()));
        found
    }
}

fn event(name: &str, content: &impl Serialize) -> Option<Event> {
    Event::default()
        .event(name)
        .json_data(content)
        .inspect_err(|error| log::error!("the stream's {name} could not be written: {error}"))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Detection;

    fn found(now_ns: u64, events: &[(u64, u64, Option<u64>)]) -> Detections {
        let events = events
            .iter()
            .map(|&(id, start_ns, end_ns)| Detection {
                id,
                start_ns,
                end_ns,
                ..Detection::default()
            })
            .collect();
        Detections { now_ns, events }
    }

    #[test]
    fn each_event_is_told_when_it_begins_and_when_it_ends() {
        let mut told = Told::default();
        let ids = |news: Detections| news.events.iter().map(|event| event.id).collect::<Vec<_>>();
        let second = 1_000_000_000;
        assert_eq!(
            ids(told.news(found(
                20 * second,
                &[(1, second, Some(2 * second)), (2, 5 * second, None)]
            ))),
            [1, 2]
        );
        assert!(
            told.since_ns.unwrap() < 5 * second,
            "an event that lasts is looked at until it ends"
        );
        assert!(ids(told.news(found(21 * second, &[(2, 5 * second, None)]))).is_empty());
        assert_eq!(
            ids(told.news(found(
                22 * second,
                &[(2, 5 * second, Some(22 * second)), (3, 18 * second, None)]
            ))),
            [2, 3]
        );
    }
}
