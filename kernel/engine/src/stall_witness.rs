//! A witness of the machine's own stalls: a thread that does nothing but wake up.

use crate::clock::{Clock, MonotonicClock};
use crate::real_time::{RealTimeWish, request_real_time};
use crate::timer::CycleTimer;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;
use triune_core::{Nanoseconds, Timestamp};

/// Time between two wake-ups: half of the shortest cycle, so that a stall that costs a cycle its deadline
/// costs the witness one too.
const PERIOD: Nanoseconds = 500_000;
/// A wake-up that is so late is a gap.
const GAP: Nanoseconds = 200_000;
/// Gaps that may wait to be taken in.
const WAITING: usize = 4_096;
/// How long a gap is remembered.
const REMEMBERED: Nanoseconds = 10_000_000_000;

/// Why there is no witness.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessError {
    /// A thread that is not above the watched one waits for it as for the machine.
    #[error(
        "a witness needs SCHED_FIFO priority {0} on the same processor, and it was not granted"
    )]
    NotAbove(u8),
    /// The system has no thread to give.
    #[error("no thread for a witness: {0}")]
    NoThread(String),
}

/// A thread above a real-time thread, on the same processor. Nothing in the watched thread can delay it
/// and it does no work of its own, so whenever it wakes late, the machine stood still: interrupts, the
/// system's own work, or a hypervisor that ran something else, whether or not any of them was counted.
///
/// It wakes 2000 times a second, and the watched thread waits for it a few microseconds each time.
#[derive(Debug)]
pub struct StallWitness {
    arriving: rtrb::Consumer<Range<Timestamp>>,
    gaps: VecDeque<Range<Timestamp>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl StallWitness {
    /// A witness on `processor` for a thread of the SCHED_FIFO priority `priority` there.
    ///
    /// # Errors
    /// See [`WitnessError`].
    pub fn above(priority: u8, processor: usize) -> Result<Self, WitnessError> {
        let above = priority.saturating_add(1);
        let wish = RealTimeWish {
            priority: Some(above),
            processors: vec![processor],
            ..RealTimeWish::default()
        };
        let (give, arriving) = rtrb::RingBuffer::new(WAITING);
        let (tell, told) = sync_channel(1);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name("stall-witness".to_owned())
            .spawn(move || {
                let grant = request_real_time(&wish);
                let is_above =
                    grant.priority == wish.priority && grant.processors == wish.processors;
                if tell.send(is_above).is_ok() && is_above {
                    watch(give, &stopped);
                }
            })
            .map_err(|error| WitnessError::NoThread(error.to_string()))?;
        let witness = Self {
            arriving,
            gaps: VecDeque::new(),
            stop,
            thread: Some(thread),
        };
        match told.recv() {
            Ok(true) => Ok(witness),
            _ => Err(WitnessError::NotAbove(above)),
        }
    }

    /// How much of `span` the machine stood still. To be asked within 10 s.
    pub fn stalled(&mut self, span: Range<Timestamp>) -> Nanoseconds {
        while let Ok(gap) = self.arriving.pop() {
            let forgotten = Timestamp(gap.end.0.saturating_sub(REMEMBERED));
            while self.gaps.front().is_some_and(|old| old.end < forgotten) {
                self.gaps.pop_front();
            }
            self.gaps.push_back(gap);
        }
        self.gaps
            .iter()
            .map(|gap| {
                let (from, to) = (gap.start.max(span.start), gap.end.min(span.end));
                to.0.saturating_sub(from.0)
            })
            .sum()
    }
}

impl Drop for StallWitness {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic there has been told; there is nothing to save.
            let _ = thread.join();
        }
    }
}

fn watch(mut gaps: rtrb::Producer<Range<Timestamp>>, stop: &AtomicBool) {
    let clock = MonotonicClock;
    let mut timer = CycleTimer::new(clock.now(), PERIOD, false);
    while !stop.load(Ordering::Relaxed) {
        let beat = timer.wait(&clock);
        let late = beat.skipped * PERIOD + beat.lateness();
        if late >= GAP {
            let missed = Timestamp(beat.started.0.saturating_sub(late));
            // A full ring: nobody has asked for long.
            let _ = gaps.push(missed..beat.started);
        }
    }
}
