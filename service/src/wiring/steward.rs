//! Keeps the books: event log, explanations of overruns, the measured rate.

use super::event_log::{EventLog, Origin, kind_name};
use super::facts::SenseFacts;
use super::household::{ConsentCell, Household};
use crate::status::Stall;
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use triune_core::Timestamp;
use triune_engine::{Counters, Explanation, KernelEvent, Losses, Overrun, StallWatch};
use triune_senses::Event;

/// How often the books are kept.
pub(super) const INTERVAL: Duration = Duration::from_millis(20);
/// Overruns that the status lists.
const LISTED_STALLS: usize = 8;
/// Span over which the rate is measured.
const RATE_SPAN: Duration = Duration::from_secs(2);
/// Intervals whose losses are held against an overrun: 200 ms. Stolen time is counted in ticks
/// of 10 ms, so a shorter look would miss most stalls that are shorter than that.
pub(super) const LOST_INTERVALS: usize = 10;
/// A kernel that has not cycled for this long stands still: two periods of its slowest rate.
const STANDSTILL: Duration = Duration::from_secs(2);

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
    /// Whether cycles advance.
    pub(super) advances: bool,
}

/// The one who keeps them.
pub(super) struct Steward {
    pub(super) books: Arc<Mutex<Books>>,
    pub(super) counters: Arc<Counters>,
    pub(super) overruns: rtrb::Consumer<Overrun>,
    pub(super) hearing: rtrb::Consumer<SensedEvent>,
    pub(super) sight: rtrb::Consumer<SensedEvent>,
    pub(super) consent: ConsentCell,
    pub(super) events: rtrb::Consumer<(Timestamp, KernelEvent)>,
    pub(super) household: Arc<Household>,
    pub(super) stall_watch: StallWatch,
    pub(super) lost: Losses,
    pub(super) hearing_facts: Arc<SenseFacts>,
    pub(super) sight_facts: Arc<SenseFacts>,
    pub(super) marks: VecDeque<(Instant, u64)>,
    pub(super) advanced: Instant,
}

impl Steward {
    /// Takes in everything that has come since the last call.
    pub(super) fn keep(&mut self) {
        let (hz, advances) = self.rate();
        self.note_losses();
        // A console that stands still must not hold up whoever reads the books, so lines are
        // logged when the books are closed again.
        let mut lines = Vec::new();
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.hz = hz;
        books.advances = advances;
        for (ring, origin, facts) in [
            (&mut self.hearing, Origin::Hearing, &self.hearing_facts),
            (&mut self.sight, Origin::Sight, &self.sight_facts),
        ] {
            // What a refused sense notices is nobody's business, not even that it did; and what
            // it noticed before is forgotten.
            let since = self.consent.allowed_since(origin.sense());
            if books.events.forget(origin, since) {
                facts.events.store(0, Ordering::Relaxed);
            }
            while let Ok((_, event)) = ring.pop() {
                if books.events.enter(origin, &event, since) {
                    facts.events.fetch_add(1, Ordering::Relaxed);
                    lines.push((log::Level::Info, describe(&event)));
                }
            }
        }
        while let Ok(overrun) = self.overruns.pop() {
            let stall = stall(&overrun, self.lost.explain(&overrun, None));
            lines.push((log::Level::Debug, stall_line(&stall)));
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
        drop(books);
        while let Ok((_, event)) = self.events.pop() {
            lines.extend(self.note(event));
        }
        for (level, line) in lines {
            log::log!(level, "{line}");
        }
    }

    /// Takes note of what the kernel decided or was told; gives a line for the log.
    fn note(&self, event: KernelEvent) -> Option<(log::Level, String)> {
        let line = match event {
            // Whoever asked for these has logged them.
            KernelEvent::BeingAdded(_)
            | KernelEvent::BeingRemoved(_)
            | KernelEvent::ConsentChanged(..)
            | KernelEvent::ParametersChanged(..) => return None,
            KernelEvent::PeriodChanged(period) => {
                format!("the rate is now {:.1} Hz", 1e9 / period as f64)
            }
            KernelEvent::PolicyChanged(policy) => format!("the policy is now '{}'", policy.name()),
            KernelEvent::LevelChanged { from, to } if to > from => {
                let line = format!("too many deadlines lost: the rate is halved to level {to}");
                return Some((log::Level::Warn, line));
            }
            KernelEvent::LevelChanged { to, .. } => format!("the rate is doubled to level {to}"),
            KernelEvent::BurstBegan(cause) => {
                self.household.pause_background(true);
                format!("a burst begins: {}", cause.name())
            }
            KernelEvent::BurstEnded(end) => {
                self.household.pause_background(false);
                self.household.note_burst_end(end.name().to_owned());
                format!("the burst ends: {}", end.name())
            }
            KernelEvent::WordsLost(being) => {
                let line = format!("words told to being {being} were lost: its loop is late");
                return Some((log::Level::Warn, line));
            }
        };
        Some((log::Level::Info, format!("kernel: {line}")))
    }

    /// Notes what the machine kept from the cycle thread in this interval. Read every time, so
    /// that it never speaks of longer ago.
    fn note_losses(&mut self) {
        self.lost.note(self.stall_watch.since_last());
    }

    /// The measured rate, and whether cycles still advance.
    fn rate(&mut self) -> (f64, bool) {
        let now = Instant::now();
        let cycles = self.counters.cycles();
        if self.marks.back().is_none_or(|&(_, before)| cycles > before) {
            self.advanced = now;
        }
        self.marks.push_back((now, cycles));
        while self.marks.len() > 2 && now - self.marks[1].0 >= RATE_SPAN {
            self.marks.pop_front();
        }
        let (then, before) = self.marks[0];
        let span = (now - then).as_secs_f64();
        let hz = if span > 0.0 {
            (cycles - before) as f64 / span
        } else {
            0.0
        };
        (hz, now - self.advanced < STANDSTILL)
    }
}

/// An overrun as the status lists it.
fn stall(overrun: &Overrun, found: Explanation) -> Stall {
    let us = |span: u64| span as f64 / 1e3;
    Stall {
        cycle: overrun.cycle,
        deadline_ns: overrun.deadline.0,
        late_us: us(found.late),
        run_queue_us: found.waiting.map(us),
        steal_us: found.stolen.map(us),
        explained: found.explained,
    }
}

/// An overrun as a line of the log.
fn stall_line(stall: &Stall) -> String {
    format!(
        "overrun at cycle {}: {:.0} us late; in the last {} ms run queue {}, stolen {}: {}",
        stall.cycle,
        stall.late_us,
        LOST_INTERVALS as u128 * INTERVAL.as_millis(),
        known(stall.run_queue_us),
        known(stall.steal_us),
        if stall.explained {
            "the machine stalled the thread"
        } else {
            "not explained"
        }
    )
}

fn known(span_us: Option<f64>) -> String {
    span_us.map_or_else(|| "not counted".to_owned(), |span| format!("{span:.0} us"))
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
