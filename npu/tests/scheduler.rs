//! The scheduler over executors of this process.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "common/trouble.rs"]
mod trouble;

use common::{mixer, quantised};
use std::sync::Arc;
use std::thread::{available_parallelism, sleep};
use std::time::{Duration, Instant};
use triune_npu::conformance::check_backend;
use triune_npu::scheduler::{
    AddError, Class, Executor, InProcessExecutor, ModelId, Refusal, ScheduledBackend, Scheduler,
    SchedulerOptions, Slot, StartError, Ticket,
};
use triune_npu::{Backend, LoadError, PureRustBackend};
use trouble::{Command, Trouble, command, result, troubled};

const PATIENCE: Duration = Duration::from_secs(60);

fn over(backend: impl Backend + 'static, most_waiting: usize) -> Scheduler {
    let executor = InProcessExecutor::new(Arc::new(backend));
    Scheduler::start(SchedulerOptions { most_waiting }, Arc::new(executor)).unwrap()
}

fn slot(scheduler: &Scheduler, model: ModelId, what: Command, with: f32) -> Slot {
    let mut slot = scheduler.slot(model).unwrap();
    command(&mut slot, what, with);
    slot
}

fn submit(slot: Slot, class: Class) -> Ticket {
    slot.submit(class, Instant::now() + PATIENCE)
}

#[test]
fn a_scheduled_backend_keeps_the_contract_of_all_backends() {
    let scheduler = Arc::new(over(PureRustBackend::new(), 4));
    let backend = ScheduledBackend::new(scheduler, Class::Cycle, PATIENCE);
    for specimen in [mixer(), quantised()] {
        check_backend(&backend, &specimen).unwrap();
    }
}

#[test]
fn a_slot_comes_back_with_its_answer_and_is_used_again() {
    let scheduler = over(Trouble { lanes: 1 }, 4);
    let model = scheduler.add(&troubled("echo")).unwrap();
    let mut slot = scheduler.slot(model).unwrap();
    for number in 0..100 {
        command(&mut slot, Command::Echo, number as f32);
        let done = submit(slot, Class::Cycle).wait();
        done.result.unwrap();
        assert_eq!(result(&done.slot), number as f32);
        slot = done.slot;
    }
    let statistics = scheduler.statistics();
    assert_eq!(
        (statistics.lanes[0].runs, statistics.models[0].runs),
        (100, 100)
    );
    assert_eq!(
        (
            statistics.classes[0].offered,
            statistics.classes[0].answered
        ),
        (100, 100)
    );
}

#[test]
fn a_model_that_many_ask_for_is_loaded_once() {
    let scheduler = over(Trouble { lanes: 1 }, 4);
    let model = scheduler.add(&troubled("echo")).unwrap();
    let other = scheduler.add(&troubled("other")).unwrap();
    assert_ne!(model, other);
    assert_eq!(scheduler.add(&troubled("echo")).unwrap(), model);
    assert_eq!(scheduler.statistics().models.len(), 2);
}

#[test]
fn an_answer_can_be_looked_for() {
    let scheduler = over(Trouble { lanes: 1 }, 4);
    let model = scheduler.add(&troubled("echo")).unwrap();
    let mut ticket = submit(slot(&scheduler, model, Command::Sleep, 20.0), Class::Sense);
    let mut looked = 0;
    let done = loop {
        match ticket.poll() {
            Ok(done) => break done,
            Err(again) => ticket = again,
        }
        looked += 1;
        sleep(Duration::from_millis(1));
    };
    assert!(looked > 0 && done.result.unwrap().timing.total >= Duration::from_millis(20));
}

#[test]
fn a_full_queue_refuses_and_an_expired_request_makes_room() {
    let scheduler = over(Trouble { lanes: 1 }, 1);
    let model = scheduler.add(&troubled("echo")).unwrap();
    let ask = |what, within: Duration| {
        let slot = slot(&scheduler, model, what, 300.0);
        slot.submit(Class::Cycle, Instant::now() + within)
    };
    let running = ask(Command::Sleep, PATIENCE);
    while scheduler.statistics().classes[0].waiting > 0 {
        sleep(Duration::from_millis(1));
    }
    let brief = ask(Command::Echo, Duration::from_millis(20));
    let refused = ask(Command::Echo, PATIENCE).wait();
    assert_eq!(refused.result, Err(Refusal::QueueFull { waiting: 1 }));
    let begun = Instant::now();
    assert_eq!(brief.wait().result, Err(Refusal::DeadlinePassed));
    // Not only when the lane was free again: at the deadline.
    assert!(
        scheduler.statistics().lanes[0].runs == 0 || begun.elapsed() > Duration::from_millis(250)
    );
    let fits = ask(Command::Echo, PATIENCE);
    running.wait().result.unwrap();
    fits.wait().result.unwrap();
    let late = ask(Command::Echo, Duration::ZERO).wait();
    assert_eq!(late.result, Err(Refusal::DeadlinePassed));
    let class = scheduler.statistics().classes[0];
    assert_eq!(
        (
            class.offered,
            class.answered,
            class.refused_full,
            class.expired
        ),
        (5, 2, 1, 2)
    );
}

#[test]
fn what_was_measured_says_which_deadline_cannot_be_kept() {
    let scheduler = over(Trouble { lanes: 1 }, 4);
    let model = scheduler.add(&troubled("slow")).unwrap();
    let ask = |within: Duration| {
        let slot = slot(&scheduler, model, Command::Sleep, 300.0);
        slot.submit(Class::Cycle, Instant::now() + within)
            .wait()
            .result
    };
    ask(PATIENCE).unwrap();
    let refused = ask(Duration::from_millis(200));
    assert!(
        matches!(refused, Err(Refusal::DeadlineCannotBeKept { needs }) if needs >= Duration::from_millis(300)),
        "{refused:?}"
    );
    sleep(Duration::from_millis(150));
    // Nothing was measured for a while, so it is tried: late, but answered.
    assert!(ask(Duration::from_millis(200)).unwrap().late);
}

#[test]
fn a_ticket_that_is_dropped_withdraws_its_request() {
    let scheduler = over(Trouble { lanes: 1 }, 4);
    let model = scheduler.add(&troubled("echo")).unwrap();
    let running = submit(slot(&scheduler, model, Command::Sleep, 100.0), Class::Cycle);
    let waiting = submit(
        slot(&scheduler, model, Command::Echo, 1.0),
        Class::Background,
    );
    drop(waiting);
    running.wait().result.unwrap();
    let statistics = scheduler.statistics();
    assert_eq!(statistics.classes[2].withdrawn, 1);
    assert_eq!(statistics.lanes[0].runs, 1);
}

#[test]
fn a_panic_is_a_refusal_and_the_lane_goes_on() {
    let scheduler = over(Trouble { lanes: 1 }, 4);
    let model = scheduler.add(&troubled("echo")).unwrap();
    let done = submit(slot(&scheduler, model, Command::Panic, 0.0), Class::Cycle).wait();
    assert!(
        matches!(done.result, Err(Refusal::Run(_))),
        "{:?}",
        done.result
    );
    let done = submit(slot(&scheduler, model, Command::Echo, 2.0), Class::Cycle).wait();
    done.result.unwrap();
}

#[test]
fn loading_and_starting_have_typed_errors() {
    let scheduler = over(Trouble { lanes: 2 }, 4);
    let refused = scheduler.add(&troubled("is_refused"));
    assert!(matches!(
        refused,
        Err(AddError::Load(LoadError::Unreadable { .. }))
    ));
    let executor: Arc<dyn Executor> =
        Arc::new(InProcessExecutor::new(Arc::new(Trouble { lanes: 1 })));
    let nothing = Scheduler::start(SchedulerOptions { most_waiting: 0 }, executor);
    assert!(matches!(
        nothing,
        Err(StartError::Nothing {
            option: "most_waiting"
        })
    ));
}

/// Runs in a second of closed-loop asking by two clients for each lane.
fn runs_in_a_while(lanes: usize) -> u64 {
    let scheduler = over(Trouble { lanes }, 64);
    let model = scheduler.add(&troubled("slow")).unwrap();
    let until = Instant::now() + Duration::from_millis(600);
    std::thread::scope(|scope| {
        for _ in 0..2 * lanes {
            scope.spawn(|| {
                let mut slot = slot(&scheduler, model, Command::Sleep, 5.0);
                while Instant::now() < until {
                    slot = submit(slot, Class::Sense).wait().slot;
                }
            });
        }
    });
    scheduler
        .statistics()
        .lanes
        .iter()
        .map(|lane| lane.runs)
        .sum()
}

#[test]
fn three_lanes_do_nearly_three_times_as_much() {
    let (one, three) = (runs_in_a_while(1), runs_in_a_while(3));
    let ratio = three as f64 / one as f64;
    println!("three lanes ran {three} requests of 5 ms, one lane {one}: {ratio:.2} times as many");
    if available_parallelism().map_or(1, usize::from) < 4 {
        println!("skipped: with fewer than four processors others decide how often lanes run");
        return;
    }
    assert!(ratio >= 2.7, "{ratio:.2}");
}

#[test]
fn classes_share_a_lane_by_their_weights() {
    let scheduler = over(Trouble { lanes: 1 }, 64);
    let model = scheduler.add(&troubled("slow")).unwrap();
    let until = Instant::now() + Duration::from_millis(1_500);
    std::thread::scope(|scope| {
        for class in Class::ALL {
            for _ in 0..4 {
                let scheduler = &scheduler;
                scope.spawn(move || {
                    let mut slot = slot(scheduler, model, Command::Sleep, 2.0);
                    while Instant::now() < until {
                        slot = submit(slot, class).wait().slot;
                    }
                });
            }
        }
    });
    let statistics = scheduler.statistics();
    let answered = statistics.classes.map(|class| class.answered as f64);
    let total: f64 = answered.iter().sum();
    for (class, had) in Class::ALL.into_iter().zip(answered) {
        let fair = f64::from(class.weight()) / 13.0;
        // A client that is not woken in time leaves its share to others.
        assert!(
            (had / total - fair).abs() < 0.1,
            "{class}: {:.3} of {fair:.3}",
            had / total
        );
    }
}

#[test]
fn a_wait_with_a_limit_gives_the_ticket_back_while_the_request_runs() {
    let scheduler = over(Trouble { lanes: 1 }, 4);
    let model = scheduler.add(&troubled("echo")).unwrap();
    let ticket = submit(slot(&scheduler, model, Command::Sleep, 200.0), Class::Cycle);
    let ticket = ticket
        .wait_until(Instant::now() + Duration::from_millis(5))
        .unwrap_err();
    let done = ticket.wait_until(Instant::now() + PATIENCE).unwrap();
    done.result.unwrap();
    assert_eq!(result(&done.slot), 200.0);
}
