//! Keeps the books: event log, explanations of overruns, the measured rate.

use super::event_log::{EventLog, Origin, kind_name};
use crate::status::Stall;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use triune_core::Sense;
use triune_engine::{Counters, Overrun, StallWatch};
use triune_memory::Memory;
use triune_senses::Event;

/// How often the books are kept.
pub(super) const INTERVAL: Duration = Duration::from_millis(20);
/// Overruns that the status lists.
const LISTED_STALLS: usize = 32;
/// Span over which the rate is measured.
const RATE_SPAN: Duration = Duration::from_secs(2);
/// Part of a lateness that the machine must account for before it is called explained.
const EXPLAINED_SHARE: f64 = 0.5;

/// An event with the sense that it comes from.
pub(super) type SensedEvent = (Origin, Event);

/// The books.
#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) events: EventLog,
    pub(super) stalls: VecDeque<Stall>,
    /// Overruns for which the machine accounts, and those for which it does not.
    pub(super) explained: u64,
    pub(super) unexplained: u64,
    pub(super) hz: f64,
}

/// The one who keeps them.
pub(super) struct Steward {
    pub(super) books: Arc<Mutex<Books>>,
    pub(super) counters: Arc<Counters>,
    pub(super) overruns: rtrb::Consumer<Overrun>,
    pub(super) hearing: rtrb::Consumer<SensedEvent>,
    pub(super) sight: rtrb::Consumer<SensedEvent>,
    pub(super) memory: Arc<Memory>,
    pub(super) stall_watch: StallWatch,
    pub(super) marks: VecDeque<(Instant, u64)>,
}

impl Steward {
    /// Takes in everything that has come since the last call.
    pub(super) fn keep(&mut self) {
        let hz = self.rate();
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let consent = self.memory.consent();
        for ring in [&mut self.hearing, &mut self.sight] {
            while let Ok((origin, event)) = ring.pop() {
                let sense = match origin {
                    Origin::Hearing => Sense::Hear,
                    Origin::Sight => Sense::See,
                };
                if !consent.allows(sense) {
                    continue;
                }
                if books.events.enter(origin, &event) {
                    log::info!("{}", describe(&event));
                }
            }
        }
        // Read every time, so that what is read belongs to the last interval.
        let lost = self.stall_watch.since_last();
        while let Ok(overrun) = self.overruns.pop() {
            let late = overrun.lateness.max(overrun.cost);
            let explained = (lost.waiting + lost.stolen) as f64 >= late as f64 * EXPLAINED_SHARE;
            if explained {
                books.explained += 1;
            } else {
                books.unexplained += 1;
            }
            if books.stalls.len() == LISTED_STALLS {
                books.stalls.pop_front();
            }
            books.stalls.push_back(Stall {
                cycle: overrun.cycle,
                late_us: late as f64 / 1e3,
                run_queue_us: Some(lost.waiting as f64 / 1e3),
                steal_us: Some(lost.stolen as f64 / 1e3),
                explained,
            });
        }
        books.hz = hz;
    }

    fn rate(&mut self) -> f64 {
        let now = Instant::now();
        let cycles = self.counters.read().cycles;
        self.marks.push_back((now, cycles));
        while self.marks.len() > 2 && now - self.marks[1].0 >= RATE_SPAN {
            self.marks.pop_front();
        }
        let (then, before) = self.marks[0];
        let span = (now - then).as_secs_f64();
        if span > 0.0 {
            (cycles - before) as f64 / span
        } else {
            0.0
        }
    }
}

fn describe(event: &Event) -> String {
    let mut line = format!(
        "{} at {:.3} s",
        kind_name(event.kind),
        event.start.seconds()
    );
    if let (Some(from), Some(to)) = (event.detail.from, event.detail.to) {
        line += &format!(", from {from:.2} to {to:.2}");
    }
    line += &format!(", confidence {:.2}", event.confidence);
    line
}
