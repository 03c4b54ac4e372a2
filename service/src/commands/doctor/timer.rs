//! The timer: what is granted, and how late the machine wakes a thread.

use super::examination::{Examination, Verdict};
use crate::settings::Settings;
use triune_board::Topology;
use triune_engine::{
    Clock, CycleTimer, Histogram, MonotonicClock, RealTimeGrant, RealTimeWish, request_real_time,
};

/// Cycles that are waited for: 2 s at 250 Hz.
const BEATS: u32 = 500;

pub(super) fn examine(settings: &Settings) -> Examination {
    let cores = match settings.board.cores.resolve(&Topology::read()) {
        Ok(cores) => cores,
        Err(error) => return Examination::failed("timer", error),
    };
    let wish = RealTimeWish {
        priority: Some(settings.board.priorities.cycle),
        processors: cores.cycle.first().copied().into_iter().collect(),
        lock_memory: false,
        shallow_idle: true,
    };
    let (period, spin) = (settings.period(), settings.spin);
    let measured = std::thread::spawn(move || {
        let grant = request_real_time(&wish);
        let lateness = Histogram::default();
        let mut skipped = 0;
        let mut timer = CycleTimer::new(MonotonicClock.now(), period, spin);
        for _ in 0..BEATS {
            let beat = timer.wait(&MonotonicClock);
            lateness.record(beat.lateness());
            skipped += beat.skipped;
        }
        (grant, lateness.quantiles(), skipped)
    })
    .join();
    let Ok((grant, late, skipped)) = measured else {
        return Examination::failed("timer", "the thread that measures panicked");
    };
    let us = |nanoseconds: u64| nanoseconds as f64 / 1e3;
    let mut findings = vec![format!(
        "lateness: p50 {:.0}, p99 {:.0}, max {:.0} us over {BEATS} cycles at {} Hz, {skipped} skipped",
        us(late.p50),
        us(late.p99),
        us(late.max),
        settings.rate_hz
    )];
    findings.extend(grant.refused.iter().map(|why| format!("refused: {why}")));
    Examination {
        part: "timer",
        verdict: if grant.priority.is_some() {
            Verdict::Fine
        } else {
            Verdict::Failed
        },
        device: describe(&grant),
        findings,
    }
}

fn describe(grant: &RealTimeGrant) -> String {
    let scheduler = grant.priority.map_or_else(
        || "SCHED_OTHER, no real time".to_owned(),
        |priority| format!("SCHED_FIFO {priority}"),
    );
    format!("{scheduler} on processors {:?}", grant.processors)
}
