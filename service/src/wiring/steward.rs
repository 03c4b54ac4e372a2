//! Keeps the books: event log, explanations of overruns, the measured rate.

use super::event_log::{EventLog, Origin, kind_name};
use crate::status::Stall;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use triune_core::Sense;
use triune_engine::{Counters, Overrun, RunQueue, StallWatch};
use triune_memory::Memory;
use triune_senses::Event;

/// How often the books are kept.
pub(super) const INTERVAL: Duration = Duration::from_millis(20);
/// Overruns that the status lists.
const LISTED_STALLS: usize = 32;
/// Span over which the rate is measured.
const RATE_SPAN: Duration = Duration::from_secs(2);
/// Intervals whose losses are held against an overrun: 200 ms. Stolen time is counted in ticks
/// of 10 ms, so a shorter look would miss most stalls that are shorter than that.
const LOST_INTERVALS: usize = 10;
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
    pub(super) lost: VecDeque<RunQueue>,
    pub(super) marks: VecDeque<(Instant, u64)>,
}

impl Steward {
    /// Takes in everything that has come since the last call.
    pub(super) fn keep(&mut self) {
        let (hz, lost) = (self.rate(), self.lost_lately());
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
        while let Ok(overrun) = self.overruns.pop() {
            let stall = explain(&overrun, lost);
            log::debug!("{}", stall_line(&stall));
            if stall.explained {
                books.explained += 1;
            } else {
                books.unexplained += 1;
            }
            if books.stalls.len() == LISTED_STALLS {
                books.stalls.pop_front();
            }
            books.stalls.push_back(stall);
        }
        books.hz = hz;
    }

    /// What the machine kept from the cycle thread in the last intervals. Read every time, so
    /// that it never speaks of longer ago.
    fn lost_lately(&mut self) -> RunQueue {
        self.lost.push_back(self.stall_watch.since_last());
        if self.lost.len() > LOST_INTERVALS {
            self.lost.pop_front();
        }
        self.lost
            .iter()
            .fold(RunQueue::default(), |sum, lost| RunQueue {
                waiting: sum.waiting + lost.waiting,
                stolen: sum.stolen + lost.stolen,
            })
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

/// Whether the machine accounts for an overrun.
fn explain(overrun: &Overrun, lost: RunQueue) -> Stall {
    let late = overrun.lateness.max(overrun.cost);
    Stall {
        cycle: overrun.cycle,
        late_us: late as f64 / 1e3,
        run_queue_us: Some(lost.waiting as f64 / 1e3),
        steal_us: Some(lost.stolen as f64 / 1e3),
        explained: (lost.waiting + lost.stolen) as f64 >= late as f64 * EXPLAINED_SHARE,
    }
}

/// An overrun as a line of the log.
fn stall_line(stall: &Stall) -> String {
    format!(
        "overrun at cycle {}: {:.0} us late; in the last {} ms run queue {:.0} us, stolen {:.0} us: {}",
        stall.cycle,
        stall.late_us,
        LOST_INTERVALS as u128 * INTERVAL.as_millis(),
        stall.run_queue_us.unwrap_or(0.0),
        stall.steal_us.unwrap_or(0.0),
        if stall.explained {
            "the machine stalled the thread"
        } else {
            "not explained"
        }
    )
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
