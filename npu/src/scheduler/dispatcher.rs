//! Which request runs next: earliest deadline within a class, stride scheduling between classes
//! (Waldspurger and Weihl, "Stride scheduling", MIT/LCS/TM-528, 1995).
//!
//! Pure: what time it is, it is told.

use super::admission::{self, Demand};
use super::class::Class;
use super::refusal::Refusal;
use std::collections::VecDeque;
use std::time::Duration;

/// What a run counts as whose time is not known, so that a class does not take all lanes at once.
const UNKNOWN_COST: Duration = Duration::from_micros(100);

/// A request that waits. Times are since the scheduler's start.
#[derive(Debug)]
pub(super) struct Entry<T> {
    pub(super) number: u64,
    pub(super) class: Class,
    pub(super) since: Duration,
    pub(super) deadline: Duration,
    /// What its run is promised to take, if that is known.
    pub(super) cost: Option<Duration>,
    pub(super) item: T,
}

/// A request that was taken to run: gives back what it was charged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Charge {
    class: Class,
    charged: Duration,
}

struct Queue<T> {
    /// The earliest deadline first; equal ones as they came.
    waiting: VecDeque<Entry<T>>,
    /// Weighted nanoseconds of work that the class has had.
    pass: i64,
}

/// The waiting requests of all classes.
pub(super) struct Dispatcher<T> {
    queues: [Queue<T>; 3],
    bound: usize,
    /// When each lane is expected to be free; nothing for an idle one.
    lanes: Vec<Option<Duration>>,
    /// The pass of the class that was served last.
    served: i64,
}

impl<T> Dispatcher<T> {
    /// At most `bound` requests of a class wait.
    pub(super) fn new(lanes: usize, bound: usize) -> Self {
        let queue = || Queue {
            waiting: VecDeque::with_capacity(bound),
            pass: 0,
        };
        Self {
            queues: [queue(), queue(), queue()],
            bound,
            lanes: vec![None; lanes],
            served: 0,
        }
    }

    pub(super) fn waiting(&self, class: Class) -> usize {
        self.queues[class.index()].waiting.len()
    }

    /// Takes a request in, or gives it back with the reason.
    pub(super) fn offer(&mut self, now: Duration, entry: Entry<T>) -> Result<(), (T, Refusal)> {
        if entry.deadline <= now {
            return Err((entry.item, Refusal::DeadlinePassed));
        }
        let waiting = self.waiting(entry.class);
        if waiting >= self.bound {
            return Err((entry.item, Refusal::QueueFull { waiting }));
        }
        if let Some(needs) = self.broken_promise(now, &entry) {
            return Err((entry.item, Refusal::DeadlineCannotBeKept { needs }));
        }
        self.insert(entry);
        Ok(())
    }

    /// Takes a request in again that was begun in vain: it was admitted before.
    pub(super) fn put_back(&mut self, now: Duration, entry: Entry<T>) -> Result<(), T> {
        if entry.deadline <= now || self.waiting(entry.class) >= self.bound {
            return Err(entry.item);
        }
        self.insert(entry);
        Ok(())
    }

    /// What `entry` needs, if its own deadline or that of one that waits behind it would be missed.
    fn broken_promise(&self, now: Duration, entry: &Entry<T>) -> Option<Duration> {
        let cost = entry.cost?;
        let others = Class::ALL
            .into_iter()
            .filter(|&class| class != entry.class)
            .map(|class| (class.weight(), self.backlog(class)))
            .collect::<Vec<_>>();
        let demand = Demand {
            weight: entry.class.weight(),
            lanes: self.lanes.len() as u32,
            free: self.next_free(now),
            others: &others,
        };
        let waiting = self.queues[entry.class.index()]
            .waiting
            .iter()
            .map(|waiting| (waiting.deadline, waiting.cost.unwrap_or(UNKNOWN_COST)));
        admission::broken_promise(now, &demand, (entry.deadline, cost), waiting)
    }

    fn backlog(&self, class: Class) -> Duration {
        let waiting = &self.queues[class.index()].waiting;
        waiting
            .iter()
            .map(|entry| entry.cost.unwrap_or(UNKNOWN_COST))
            .sum()
    }

    /// From now until a lane is expected to be free.
    fn next_free(&self, now: Duration) -> Duration {
        let busy =
            |until: &Option<Duration>| until.map_or(Duration::ZERO, |at| at.saturating_sub(now));
        self.lanes.iter().map(busy).min().unwrap_or_default()
    }

    fn insert(&mut self, entry: Entry<T>) {
        let queue = &mut self.queues[entry.class.index()];
        if queue.waiting.is_empty() {
            // A class that had no work has saved nothing up.
            queue.pass = queue.pass.max(self.served);
        }
        let place = queue.waiting.partition_point(|waiting| {
            (waiting.deadline, waiting.number) < (entry.deadline, entry.number)
        });
        queue.waiting.insert(place, entry);
    }

    /// The next request whose deadline passed while it waited.
    pub(super) fn take_expired(&mut self, now: Duration) -> Option<Entry<T>> {
        let queue = self.queues.iter_mut().find(|queue| {
            queue
                .waiting
                .front()
                .is_some_and(|entry| entry.deadline <= now)
        })?;
        queue.waiting.pop_front()
    }

    /// The next request to run on `lane`. Expired ones are to be taken out before.
    pub(super) fn take(&mut self, now: Duration, lane: usize) -> Option<(Entry<T>, Charge)> {
        let queue = self
            .queues
            .iter_mut()
            .filter(|queue| !queue.waiting.is_empty())
            .min_by_key(|queue| queue.pass)?;
        let entry = queue.waiting.pop_front()?;
        let charged = entry.cost.unwrap_or(UNKNOWN_COST);
        self.served = queue.pass;
        queue.pass += weighted(entry.class, charged);
        self.lanes[lane] = Some(now + charged);
        let charge = Charge {
            class: entry.class,
            charged,
        };
        Some((entry, charge))
    }

    /// What was taken has ended on `lane`, after this time.
    pub(super) fn finished(&mut self, lane: usize, charge: Charge, ran: Duration) {
        self.lanes[lane] = None;
        let queue = &mut self.queues[charge.class.index()];
        queue.pass += weighted(charge.class, ran) - weighted(charge.class, charge.charged);
    }

    /// Takes out a request that nobody waits for any more.
    pub(super) fn withdraw(&mut self, class: Class, number: u64) -> Option<Entry<T>> {
        let waiting = &mut self.queues[class.index()].waiting;
        let place = waiting.iter().position(|entry| entry.number == number)?;
        waiting.remove(place)
    }

    /// Takes out whatever waits.
    pub(super) fn take_any(&mut self) -> Option<Entry<T>> {
        self.queues
            .iter_mut()
            .find_map(|queue| queue.waiting.pop_front())
    }
}

fn weighted(class: Class, span: Duration) -> i64 {
    i64::try_from(span.as_nanos())
        .unwrap_or(i64::MAX / 16)
        .min(i64::MAX / 16)
        * class.stride()
}

#[cfg(test)]
mod tests;
