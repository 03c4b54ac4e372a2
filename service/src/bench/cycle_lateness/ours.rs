//! Our side: the engine's timer with a real step on each beat.

use crate::bench::stalls::{INTERVAL, StallList};
use rustix::thread::ClockId;
use rustix::time::clock_gettime;
use std::hint::black_box;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};
use triune_core::{Being, BeingId, Judgement, Percept, Tick, Timestamp, step};
use triune_engine::{
    Clock, CycleTimer, Explanation, MonotonicClock, Overrun, RealTimeWish, request_real_time,
};

/// Overruns that may wait to be looked at: more than the deadlines of one look.
const WAITING: usize = 1_024;

/// One slice.
pub(super) struct Slice {
    /// How late each wake-up was, counted from the first deadline that it missed as
    /// `cyclictest` counts.
    pub(super) microseconds: Vec<f64>,
    /// The thread's processor time over wall time.
    pub(super) busy: f64,
    /// SCHED_FIFO priority in force; `None` for ordinary scheduling.
    pub(super) priority: Option<u8>,
    pub(super) memory_locked: bool,
    /// What the system refused.
    pub(super) refused: Vec<String>,
    /// Deadlines that were lost, and whether the machine accounts for them.
    pub(super) stalls: Vec<Explanation>,
}

/// Runs one slice on a thread of its own.
pub(super) fn run(
    processor: usize,
    priority: u8,
    interval: Duration,
    length: Duration,
    spin: bool,
) -> Result<Slice, String> {
    let wish = RealTimeWish {
        priority: Some(priority),
        processors: vec![processor],
        lock_memory: true,
        shallow_idle: true,
    };
    let (overruns, waiting) = rtrb::RingBuffer::new(WAITING);
    let (tell, told) = sync_channel(1);
    let thread = std::thread::Builder::new()
        .name("lateness".to_owned())
        .spawn(move || cycle(&wish, interval, length, spin, &tell, overruns))
        .map_err(|error| error.to_string())?;
    let ended = "the measuring thread ended early";
    // No witness: the peer has none beside it either.
    let thread_id = told.recv().map_err(|_| ended)?;
    let mut stalls = StallList::of(thread_id, processor, None, waiting);
    while !thread.is_finished() {
        std::thread::sleep(INTERVAL);
        stalls.look();
    }
    let slice = thread.join().map_err(|_| ended)?;
    Ok(Slice {
        stalls: stalls.found(),
        ..slice
    })
}

fn cycle(
    wish: &RealTimeWish,
    interval: Duration,
    length: Duration,
    spin: bool,
    tell: &SyncSender<i32>,
    mut overruns: rtrb::Producer<Overrun>,
) -> Slice {
    let grant = request_real_time(wish);
    // Who waits for it has nothing to do without it.
    let _ = tell.send(grant.thread);
    let period = interval.as_nanos() as u64;
    let mut being = Being::new(BeingId::FIRST);
    let mut latenesses = Vec::with_capacity((length.as_nanos() / interval.as_nanos()) as usize + 1);
    let began = Instant::now();
    let busy_before = thread_time();
    let mut timer = CycleTimer::new(MonotonicClock.now(), period, spin);
    while began.elapsed() < length {
        let beat = timer.wait(&MonotonicClock);
        let lateness = beat.skipped * period + beat.lateness();
        latenesses.push(lateness);
        let mut percept = Percept::ABSENT;
        percept.hearing.level = Judgement::fresh(-40.0, 1.0);
        let tick = Tick {
            time: beat.started,
            elapsed: (beat.skipped + 1) * period,
        };
        let (state, outputs) = step(
            &being.state,
            &percept,
            being.consent,
            &being.parameters,
            tick,
        );
        black_box(outputs);
        being.state = state;
        if beat.skipped > 0 {
            // A full ring loses a line of the list, no figure.
            let _ = overruns.push(Overrun {
                cycle: state.cycle,
                deadline: Timestamp(beat.started.0.saturating_sub(lateness)),
                lateness,
                cost: 0,
                skipped: beat.skipped,
            });
        }
    }
    let busy = thread_time().saturating_sub(busy_before);
    Slice {
        microseconds: latenesses.iter().map(|&late| late as f64 / 1e3).collect(),
        busy: busy.as_secs_f64() / began.elapsed().as_secs_f64(),
        priority: grant.priority,
        memory_locked: grant.memory_locked,
        refused: grant.refused,
        stalls: Vec::new(),
    }
}

/// Processor time of the calling thread.
fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}
