//! Models in a process of their own: whatever becomes of it, every request is answered or refused.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "common/trouble.rs"]
mod trouble;
#[path = "common/workers.rs"]
mod workers;

use common::{mixer, quantised};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use triune_npu::conformance::check_backend;
use triune_npu::scheduler::{AddError, Class, ExecutorStatistics, Refusal, ScheduledBackend};
use triune_npu::worker::{WorkerError, WorkerExecutor, WorkerOptions, WorkerProgram};
use triune_npu::{DeviceFault, RunError};
use trouble::{Command, command, result, troubled};
use workers::{
    PATIENCE, ask, assert_goes_on, executor, kill, options, scheduler, serve_as_told, worker_id,
};

/// Not a test: what the other tests start as their worker.
#[test]
#[ignore = "the worker of the other tests"]
fn child() {
    serve_as_told();
}

/// Options with which a hang is soon noticed.
fn impatient(backend: &str) -> WorkerOptions {
    WorkerOptions {
        first_run_limit: Duration::from_millis(500),
        least_limit: Duration::from_millis(500),
        ..options(backend)
    }
}

#[test]
fn a_backend_in_a_worker_keeps_the_contract_of_all_backends() {
    let scheduler = Arc::new(scheduler(&executor(options("cpu"))));
    let backend = ScheduledBackend::new(Arc::clone(&scheduler), Class::Cycle, PATIENCE);
    for specimen in [mixer(), quantised()] {
        check_backend(&backend, &specimen).unwrap();
    }
    assert_eq!(
        scheduler.statistics().workers,
        ExecutorStatistics::default()
    );
}

#[test]
fn a_request_whose_worker_is_killed_is_put_back_and_answered() {
    let executor = executor(options("1"));
    let scheduler = scheduler(&executor);
    let model = scheduler.add(&troubled("echo")).unwrap();
    let process = worker_id(&scheduler, model);
    let mut slot = scheduler.slot(model).unwrap();
    command(&mut slot, Command::Sleep, 100.0);
    let ticket = slot.submit(Class::Cycle, Instant::now() + PATIENCE);
    while scheduler.statistics().lanes[0].busy == 0.0
        || scheduler.statistics().classes[0].waiting > 0
    {
        std::thread::yield_now();
    }
    kill(process);
    let done = ticket.wait();
    assert_eq!(done.result.map(|answer| answer.late), Ok(false));
    assert_eq!(result(&done.slot), 100.0);
    assert_ne!(worker_id(&scheduler, model), process);
    let statistics = scheduler.statistics();
    assert_eq!(statistics.classes[0].put_back, 1);
    let expected = ExecutorStatistics {
        restarts: 1,
        died: 1,
        ..ExecutorStatistics::default()
    };
    assert_eq!(statistics.workers, expected);
}

#[test]
fn a_model_that_is_killed_from_outside_is_never_set_aside() {
    let scheduler = scheduler(&executor(options("1")));
    let model = scheduler.add(&troubled("echo")).unwrap();
    for _ in 0..5 {
        kill(worker_id(&scheduler, model));
        assert_goes_on(&scheduler, model);
    }
    let workers = scheduler.statistics().workers;
    assert_eq!((workers.died, workers.quarantined), (5, 0));
}

#[test]
fn a_hang_is_killed_and_the_other_model_goes_on() {
    let scheduler = scheduler(&executor(impatient("2")));
    let bad = scheduler.add(&troubled("bad")).unwrap();
    let good = scheduler.add(&troubled("good")).unwrap();
    // It is put back once, hangs again, and is refused.
    let done = ask(&scheduler, bad, Command::Hang, 0.0);
    assert!(
        matches!(done.result, Err(Refusal::WorkerLost { restarts: 1.. })),
        "{:?}",
        done.result
    );
    assert_goes_on(&scheduler, good);
    assert_eq!(scheduler.statistics().workers.killed_overdue, 2);
    let again = ask(&scheduler, bad, Command::Hang, 0.0);
    assert_eq!(
        again.result,
        Err(Refusal::Quarantined),
        "the third in a minute"
    );
    assert_goes_on(&scheduler, good);
    let statistics = scheduler.statistics();
    assert_eq!(statistics.workers.quarantined, 1);
    let set_aside: Vec<_> = statistics
        .models
        .iter()
        .map(|model| model.quarantined)
        .collect();
    assert_eq!(set_aside, [true, false]);
}

#[test]
fn a_model_that_crashes_is_set_aside_and_can_be_released() {
    let executor = executor(options("1"));
    let scheduler = scheduler(&executor);
    let model = scheduler.add(&troubled("bad")).unwrap();
    let mut refusals = (0..3).map(|_| ask(&scheduler, model, Command::Abort, 0.0).result);
    assert!(matches!(
        refusals.next(),
        Some(Err(Refusal::WorkerLost { .. }))
    ));
    assert_eq!(refusals.next(), Some(Err(Refusal::Quarantined)));
    assert_eq!(refusals.next(), Some(Err(Refusal::Quarantined)));
    assert_eq!(scheduler.statistics().workers.died, 3);
    assert!(executor.release(model));
    assert!(!executor.release(model), "it is not set aside any more");
    assert_goes_on(&scheduler, model);
}

#[test]
fn who_runs_beside_a_model_that_crashes_is_not_blamed() {
    let scheduler = Arc::new(scheduler(&executor(options("3"))));
    let good = scheduler.add(&troubled("good")).unwrap();
    let bad = scheduler.add(&troubled("bad")).unwrap();
    std::thread::scope(|scope| {
        let beside = scope.spawn(|| {
            let mut lost = 0;
            let mut asked = 0;
            // Always under way when the other crashes.
            while scheduler.statistics().workers.quarantined == 0 && asked < 1_000 {
                let done = ask(&scheduler, good, Command::Sleep, 30.0);
                lost += u32::from(done.result.is_err());
                asked += 1;
            }
            (lost, asked)
        });
        for _ in 0..10 {
            std::thread::sleep(Duration::from_millis(40));
            let _ = ask(&scheduler, bad, Command::Abort, 0.0);
        }
        let (_, asked) = beside.join().unwrap();
        assert!(asked < 1_000, "nobody was set aside");
    });
    assert_eq!(
        ask(&scheduler, bad, Command::Echo, 0.0).result,
        Err(Refusal::Quarantined)
    );
    assert_goes_on(&scheduler, good);
}

#[test]
fn faults_come_over_with_their_types() {
    let scheduler = scheduler(&executor(options("1")));
    let model = scheduler.add(&troubled("bad")).unwrap();
    let refusal = |what| ask(&scheduler, model, what, 0.0).result.unwrap_err();
    let tensor = "result".to_owned();
    assert_eq!(
        refusal(Command::NotANumber),
        Refusal::Run(RunError::OutputNotFinite { tensor, index: 0 })
    );
    let why = "on command".to_owned();
    let no_memory = RunError::from(DeviceFault::OutOfMemory(why));
    assert_eq!(refusal(Command::NoMemory), Refusal::Run(no_memory));
    let panicked = RunError::from(DeviceFault::Failed("running the model panicked".to_owned()));
    assert_eq!(refusal(Command::Panic), Refusal::Run(panicked));
    assert_eq!(
        scheduler.statistics().workers,
        ExecutorStatistics::default()
    );
    let done = ask(&scheduler, model, Command::Echo, f32::INFINITY);
    let tensor = "command".to_owned();
    let refused = Refusal::Run(RunError::InputNotFinite { tensor, index: 1 });
    assert_eq!(done.result, Err(refused));
}

#[test]
fn a_lost_device_gets_a_new_worker_and_blames_no_model() {
    let scheduler = scheduler(&executor(options("1")));
    let model = scheduler.add(&troubled("echo")).unwrap();
    for lost in 1..=2 {
        let done = ask(&scheduler, model, Command::LoseDevice, 0.0);
        assert!(
            matches!(done.result, Err(Refusal::WorkerLost { .. })),
            "{:?}",
            done.result
        );
        assert_goes_on(&scheduler, model);
        let workers = scheduler.statistics().workers;
        assert_eq!((workers.devices_lost, workers.quarantined), (2 * lost, 0));
    }
}

#[test]
fn a_model_that_cannot_be_loaded_says_why_and_leaves_the_others() {
    let scheduler = scheduler(&executor(options("1")));
    let good = scheduler.add(&troubled("good")).unwrap();
    let refused = scheduler.add(&troubled("is_refused")).unwrap_err();
    let expected = "trouble cannot read the file of model 'is_refused': it is meant to be; \
                    export it again for this backend";
    assert_eq!(refused.to_string(), expected);
    let aborted = scheduler.add(&troubled("aborts_when_loaded")).unwrap_err();
    assert!(matches!(aborted, AddError::Quarantined { .. }), "{aborted}");
    assert_goes_on(&scheduler, good);
    let other = scheduler.add(&troubled("other")).unwrap();
    assert_goes_on(&scheduler, other);
}

#[test]
fn what_is_no_worker_is_an_error_at_once() {
    let program = |path: &str| {
        let program = WorkerProgram {
            path: PathBuf::from(path),
            arguments: Vec::new(),
            environment: Vec::new(),
        };
        WorkerOptions {
            start_limit: Duration::from_millis(300),
            ..WorkerOptions::new(program)
        }
    };
    let error = |options| WorkerExecutor::start(options).err().unwrap();
    assert!(matches!(
        error(program("/nowhere/worker")),
        WorkerError::Program { .. }
    ));
    assert!(matches!(
        error(program("/bin/true")),
        WorkerError::Ended { .. }
    ));
    let mut silent = program("/bin/sleep");
    silent.program.arguments.push("60".into());
    assert!(matches!(error(silent), WorkerError::Silent));
}

#[test]
fn a_start_that_hangs_can_be_given_up() {
    let program = WorkerProgram {
        path: PathBuf::from("/bin/sleep"),
        arguments: vec!["3600".into()],
        environment: Vec::new(),
    };
    let options = WorkerOptions {
        start_limit: Duration::from_secs(3_600),
        ..WorkerOptions::new(program)
    };
    let began = Instant::now();
    let is_given_up = || began.elapsed() > Duration::from_millis(100);
    let error = WorkerExecutor::start_unless(options, is_given_up).err();
    assert!(matches!(error, Some(WorkerError::GivenUp)), "{error:?}");
}

#[test]
fn a_scheduler_that_is_dropped_ends_its_worker_whatever_it_does() {
    let scheduler = scheduler(&executor(options("1")));
    let model = scheduler.add(&troubled("echo")).unwrap();
    let process = worker_id(&scheduler, model);
    let mut slot = scheduler.slot(model).unwrap();
    command(&mut slot, Command::Sleep, 60_000.0);
    let running = slot.submit(Class::Cycle, Instant::now() + PATIENCE);
    let mut slot = scheduler.slot(model).unwrap();
    command(&mut slot, Command::Echo, 1.0);
    let waiting = slot.submit(Class::Background, Instant::now() + PATIENCE);
    drop(scheduler);
    assert!(running.wait().result.is_err());
    assert_eq!(waiting.wait().result.unwrap_err(), Refusal::Stopped);
    assert!(
        !PathBuf::from(format!("/proc/{process}")).exists(),
        "neither running nor a zombie"
    );
}

/// Requests of every kind from several threads while workers are killed: each ends exactly once.
#[test]
fn every_request_is_answered_or_refused_while_workers_die() {
    let mut options = impatient("3");
    options.quarantine_deaths = usize::MAX;
    let scheduler = Arc::new(scheduler(&executor(options)));
    let models = ["one", "two"].map(|name| scheduler.add(&troubled(name)).unwrap());
    let asked: u64 = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..6)
            .map(|client| {
                let scheduler = &scheduler;
                scope.spawn(move || {
                    let mut random = fastrand::Rng::with_seed(client);
                    let mut slots = models.map(|model| scheduler.slot(model));
                    let class = Class::ALL[client as usize % 3];
                    for _ in 0..60 {
                        let slot = random.choice(&mut slots).unwrap();
                        let mut mine = slot.take().unwrap();
                        let what = match random.u32(..100) {
                            0..2 => Command::Hang,
                            2..5 => Command::Abort,
                            5..8 => Command::LoseDevice,
                            8..40 => Command::Sleep,
                            _ => Command::Echo,
                        };
                        command(&mut mine, what, random.u32(1..8) as f32);
                        let within = Duration::from_millis(random.u64(1..800));
                        let done = mine.submit(class, Instant::now() + within).wait();
                        *slot = Some(done.slot);
                    }
                    60
                })
            })
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .sum()
    });
    let statistics = scheduler.statistics();
    let (mut offered, mut ended, mut answered) = (0, 0, 0);
    for class in statistics.classes {
        assert_eq!(class.waiting, 0);
        offered += class.offered;
        answered += class.answered;
        ended += class.answered + class.refused_full + class.refused_deadline + class.expired;
        ended += class.withdrawn + class.failed + class.lost;
    }
    assert_eq!((offered, ended), (asked, asked), "{statistics:#?}");
    assert!(
        answered > 0 && statistics.workers.restarts > 0,
        "{statistics:#?}"
    );
    for model in models {
        assert_goes_on(&scheduler, model);
    }
}
