//! The scheduler over lanes that only sleep: how much more three do than one, how classes share
//! them, and whether deadlines are kept.

use super::AREA;
use super::sleeping::{Sleeping, sleeper};
use crate::bench::figure::{Figure, Finding, Kind};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};
use triune_npu::scheduler::{
    Class, InProcessExecutor, ModelId, Scheduler, SchedulerOptions, Statistics,
};

/// Lanes of the RK3588's NPU.
const LANES: usize = 3;
/// How long each part is measured.
const SPAN: Duration = Duration::from_secs(4);
/// A deadline that nothing misses here.
const PATIENCE: Duration = Duration::from_secs(10);
/// The default rate's period.
const PERIOD: Duration = Duration::from_millis(4);
/// A cycle's request may take so long in a crowd: three periods.
const WITHIN: Duration = Duration::from_millis(12);

pub(super) fn measure() -> Result<Vec<Finding>, String> {
    let all = &[Class::Sense];
    let one = runs(&ask_all_the_time(1, all, false)?) as f64;
    let three = runs(&ask_all_the_time(LANES, all, false)?) as f64;
    let crowded = ask_all_the_time(LANES, &Class::ALL, false)?;
    let answered = crowded.classes.map(|class| class.answered as f64);
    let total: f64 = answered.iter().sum();
    let shares: Map<String, Value> = Class::ALL
        .into_iter()
        .zip(answered)
        .map(|(class, answered)| (class.to_string(), (answered / total).into()))
        .collect();
    let paced = ask_all_the_time(LANES, &[Class::Sense, Class::Background], true)?;
    let [cycle, ..] = paced.classes;
    let value = three / one.max(1.0);
    let figure = Figure {
        area: AREA,
        value,
        unit: "x one lane",
        peer: "three lanes",
        peer_value: LANES as f64,
        ratio: value / LANES as f64,
        kind: Kind::Limit,
        more: Map::new(),
    };
    let figure = figure
        .with("backend", crowded.backend.name)
        .with("shares", shares)
        .with("fair", "8 : 4 : 1")
        .with("deadline_ms", WITHIN.as_secs_f64() * 1e3)
        .with("deadlines_asked", cycle.offered)
        .with("deadlines_kept", cycle.answered - cycle.late)
        .with("deadlines_missed", cycle.late)
        .with("deadlines_refused", cycle.refused_deadline + cycle.expired);
    Ok(vec![figure.into()])
}

fn runs(statistics: &Statistics) -> u64 {
    statistics.lanes.iter().map(|lane| lane.runs).sum()
}

/// Keeps requests of these classes waiting all the time; beside them, if `paced`, asks once a period
/// for a cycle that has a deadline.
fn ask_all_the_time(lanes: usize, classes: &[Class], paced: bool) -> Result<Statistics, String> {
    let executor = Arc::new(InProcessExecutor::new(Arc::new(Sleeping(lanes))));
    let scheduler = Scheduler::start(SchedulerOptions::default(), executor);
    let scheduler = scheduler.map_err(|error| error.to_string())?;
    let model = scheduler
        .add(&sleeper()?)
        .map_err(|error| error.to_string())?;
    let until = Instant::now() + SPAN;
    let asked: Result<Vec<()>, String> = scope(|scope| {
        let mut clients = Vec::new();
        for &class in classes {
            // One request runs on each lane, one waits for it.
            for _ in 0..2 * lanes {
                let scheduler = &scheduler;
                clients.push(scope.spawn(move || crowd(scheduler, model, class, until)));
            }
        }
        if paced {
            clients.push(scope.spawn(|| pace(&scheduler, model, until)));
        }
        let ended = clients.into_iter().map(|client| client.join());
        ended
            .map(|outcome| outcome.unwrap_or_else(|_| Err("a client panicked".to_owned())))
            .collect()
    });
    asked?;
    Ok(scheduler.statistics())
}

fn crowd(
    scheduler: &Scheduler,
    model: ModelId,
    class: Class,
    until: Instant,
) -> Result<(), String> {
    let mut slot = scheduler.slot(model).ok_or("the model is gone")?;
    while Instant::now() < until {
        let done = slot.submit(class, Instant::now() + PATIENCE).wait();
        done.result.map_err(|refusal| refusal.to_string())?;
        slot = done.slot;
    }
    Ok(())
}

fn pace(scheduler: &Scheduler, model: ModelId, until: Instant) -> Result<(), String> {
    let mut slot = scheduler.slot(model).ok_or("the model is gone")?;
    let mut next = Instant::now();
    while next < until {
        sleep(next.saturating_duration_since(Instant::now()));
        // What is refused is counted by the scheduler.
        slot = slot
            .submit(Class::Cycle, Instant::now() + WITHIN)
            .wait()
            .slot;
        next = (next + PERIOD).max(Instant::now());
    }
    Ok(())
}
