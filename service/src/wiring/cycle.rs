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
    pub(super) grant: Arc<RealTimeGrant>,
    pub(super) thread: JoinHandle<Being>,
}

/// Ends the service when the cycle ends, also by a panic.
struct EndOfCycle(Stop);

impl Drop for EndOfCycle {
    fn drop(&mut self) {
        if !self.0.is_set() {
            log::error!("the cycle has ended; the service ends with it");
            self.0.set();
        }
    }
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
    let thread = std::thread::Builder::new()
        .name("cycle".to_owned())
        .spawn(move || {
            let grant = Arc::new(request_real_time(&wish));
            let _ = tell.send(Arc::clone(&grant));
            // A service without its cycle ends; the supervisor of the machine starts it again.
            let _end = EndOfCycle(stop.clone());
            // The grant is held to the end: dropping it lets the processors sleep deeply again.
            let being = engine.run(stop.flag());
            drop(grant);
            being
        })?;
    let grant = told.recv().unwrap_or_else(|_| {
        let mut none = RealTimeGrant::default();
        none.refused
            .push("the cycle thread ended before it began: see the log".to_owned());
        Arc::new(none)
    });
    for refused in &grant.refused {
        log::warn!("cycle: {refused}");
    }
    Ok(Cycle {
        counters,
        page,
        grant,
        thread,
    })
}
