//! The cycle thread.

use super::outlets::Outlets;
use super::percepts::Percepts;
use super::stop::Stop;
use crate::settings::Settings;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use triune_core::Being;
use triune_engine::{
    Change, Counters, Engine, EngineSetup, MonotonicClock, RealTimeGrant, RealTimeWish, StatePage,
    request_real_time,
};

/// The running cycle, as other threads see it.
pub(super) struct Cycle {
    pub(super) counters: Arc<Counters>,
    pub(super) page: Arc<StatePage>,
    pub(super) grant: Grant,
    pub(super) thread: JoinHandle<Being>,
}

/// What was wished for and what was granted.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) wish: RealTimeWish,
    pub(super) thread: i32,
    pub(super) priority: Option<u8>,
    pub(super) processors: Vec<usize>,
    pub(super) memory_locked: bool,
    pub(super) refused: Vec<String>,
}

/// Starts the cycle thread.
pub(super) fn start(
    settings: &Settings,
    processors: &[usize],
    being: Being,
    percepts: Percepts,
    outlets: Outlets,
    changes: rtrb::Consumer<Change>,
    stop: Stop,
) -> std::io::Result<Cycle> {
    let wish = RealTimeWish {
        priority: Some(settings.board.priorities.cycle),
        processors: processors.first().copied().into_iter().collect(),
        lock_memory: true,
        shallow_idle: true,
    };
    let engine = Engine::new(EngineSetup {
        being,
        clock: MonotonicClock,
        source: percepts,
        sink: outlets,
        changes,
        period: settings.period(),
        spin: settings.spin,
    });
    let (counters, page) = (engine.counters(), engine.page());
    let (tell, told) = mpsc::sync_channel(1);
    let wished = wish.clone();
    let thread = std::thread::Builder::new()
        .name("cycle".to_owned())
        .spawn(move || {
            // Held to the end: dropping it lets the processors sleep deeply again.
            let grant: RealTimeGrant = request_real_time(&wished);
            let _ = tell.send(Grant {
                wish: wished,
                thread: grant.thread,
                priority: grant.priority,
                processors: grant.processors.clone(),
                memory_locked: grant.memory_locked,
                refused: grant.refused.clone(),
            });
            engine.run(stop.flag())
        })?;
    let grant = told.recv().unwrap_or_else(|_| Grant {
        wish,
        thread: 0,
        priority: None,
        processors: Vec::new(),
        memory_locked: false,
        refused: vec!["the cycle thread ended before it began".to_owned()],
    });
    Ok(Cycle {
        counters,
        page,
        grant,
        thread,
    })
}
