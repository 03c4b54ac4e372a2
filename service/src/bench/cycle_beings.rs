//! `cycle.beings`: how many beings a kernel sustains at 1000 Hz, each with its memory.

use super::figure::{Figure, Finding, Kind};
use super::stalls::{INTERVAL, StallList, summary};
use super::world::{Ends, Moving, Rings};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};
use triune_core::{Being, BeingId};
use triune_engine::{
    CountersView, Explanation, InlineExecutor, Kernel, KernelSettings, KernelSetup, MonotonicClock,
    RealTimeWish, Resident, request_real_time,
};
use triune_memory::{Memories, Options};

const AREA: &str = "cycle.beings";
/// One cycle in nanoseconds: 1000 Hz.
const PERIOD: u64 = 1_000_000;
/// What we mean to sustain.
const GOAL: u64 = 64;
/// How long it must be sustained.
const LENGTH: Duration = Duration::from_secs(60);
const PRIORITY: u8 = 80;
/// Overruns that may wait to be looked at.
const WAITING: usize = 4_096;

/// How one trial went.
struct Trial {
    beings: u64,
    counted: CountersView,
    stalls: Vec<Explanation>,
    priority: Option<u8>,
    crystals: u64,
}

impl Trial {
    /// Whether every overrun was the machine's.
    fn is_sustained(&self) -> bool {
        self.stalls.iter().all(|stall| stall.explained)
    }
}

pub(super) fn measure() -> Result<Vec<Finding>, String> {
    let mut beings = GOAL;
    loop {
        let trial = sustain(beings)?;
        if trial.is_sustained() || beings == 1 {
            return Ok(vec![figure(trial).into()]);
        }
        beings /= 2;
    }
}

fn figure(trial: Trial) -> Figure {
    let us = |span: u64| span as f64 / 1e3;
    let sustained = if trial.is_sustained() {
        trial.beings
    } else {
        0
    };
    let counted = &trial.counted;
    let mut figure = Figure::less_is_better(
        AREA,
        "beings",
        sustained as f64,
        "the goal of 64 beings",
        GOAL as f64,
        Kind::Limit,
    )
    .with("rate_hz", 1_000)
    .with("seconds", LENGTH.as_secs())
    .with("executor", "inline")
    .with("fifo_priority", trial.priority)
    .with("scheduled", counted.scheduled)
    .with("cycles", counted.cycles)
    .with("skipped", counted.skipped)
    .with("overruns", counted.overruns)
    .with("cost_us_p50", us(counted.cost.p50))
    .with("cost_us_p99", us(counted.cost.p99))
    .with("lateness_us_p50", us(counted.lateness.p50))
    .with("lateness_us_p99", us(counted.lateness.p99))
    .with("crystals_kept", trial.crystals)
    .with("stalls", summary(trial.stalls));
    // More is better here.
    figure.ratio = sustained as f64 / GOAL as f64;
    figure
}

/// Runs so many beings, each remembering, for the whole length.
fn sustain(beings: u64) -> Result<Trial, String> {
    let failed = |error: &dyn std::fmt::Display| error.to_string();
    let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
    let options = Options {
        history_records: 1_000,
        ..Options::default()
    };
    let memories = Memories::open(folder.path(), &options).map_err(|error| failed(&error))?;
    let mut residents = Vec::new();
    let mut kept = Vec::new();
    for id in (1..=beings).map(BeingId) {
        let opened = memories.open_being(id).map_err(|error| failed(&error))?;
        residents.push(Resident {
            being: Being::new(id),
            port: Ends(Some(opened.cycle)),
        });
        kept.push(opened.memory);
    }
    let processor = std::thread::available_parallelism().map_or(1, usize::from) - 1;
    let (give, overruns) = rtrb::RingBuffer::new(WAITING);
    let (tell, told) = sync_channel(1);
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let thread = std::thread::Builder::new()
        .name("beings".to_owned())
        .spawn(move || {
            let grant = request_real_time(&RealTimeWish {
                priority: Some(PRIORITY),
                processors: vec![processor],
                lock_memory: true,
                shallow_idle: true,
            });
            let made = Kernel::new(KernelSetup {
                residents,
                clock: MonotonicClock,
                executor: InlineExecutor,
                source: Moving(0),
                sink: Rings {
                    entries: None,
                    overruns: give,
                },
                settings: KernelSettings {
                    period: PERIOD,
                    ..KernelSettings::default()
                },
            });
            match made {
                Ok((kernel, _control)) => {
                    let _ = tell.send(Ok((kernel.counters(), grant.thread, grant.priority)));
                    drop(kernel.run(&stopped));
                }
                Err(error) => {
                    let _ = tell.send(Err(error.to_string()));
                }
            }
        })
        .map_err(|error| failed(&error))?;
    let ended = |_| "the measured thread ended early".to_owned();
    let (counters, id, priority) = told.recv().map_err(|error| ended(error.to_string()))??;
    let mut stalls = StallList::of(id, processor, priority, overruns);
    let began = Instant::now();
    while began.elapsed() < LENGTH {
        std::thread::sleep(INTERVAL);
        stalls.look();
    }
    stop.store(true, Ordering::Relaxed);
    thread.join().map_err(|_| ended(String::new()))?;
    stalls.look();
    let crystals = kept.iter().map(|memory| memory.view().len()).sum();
    Ok(Trial {
        beings,
        counted: counters.read(),
        stalls: stalls.found(),
        priority,
        crystals,
    })
}
