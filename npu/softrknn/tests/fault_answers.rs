//! What becomes of each fault of the NPU's library: a typed answer, nothing held afterwards, and for what
//! takes the process a new worker.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "common/rows.rs"]
mod rows;

use common::specimens::mixer;
use common::{Soft, is_emulated};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use triune_npu::conformance::check_backend;
use triune_npu::scheduler::{
    Class, Executor, ExecutorStatistics, ScheduledBackend, Scheduler, SchedulerOptions,
};
use triune_npu::worker::{WorkerExecutor, WorkerOptions, WorkerProgram, serve};
use triune_npu::{Backend, DeviceFault, RknnBackend, RunError, Tensor};

/// Long enough for anything on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Tells this very program, started again, to serve an NPU of so many cores.
const CORES: &str = "TRIUNE_TEST_CORES";

#[test]
fn every_fault_is_answered_and_nothing_stays_held() {
    let soft = Soft::open();
    rows::walk(&soft, true);
    // As it comes: over ONNX Runtime where that is.
    rows::walk(&soft, false);
    println!("{} faults answered; {}", rows::ROWS.len(), soft.identity());
}

#[test]
fn no_fault_loses_memory() {
    if is_emulated() {
        return;
    }
    let checked = Command::new("valgrind")
        .args(["--leak-check=full", "--errors-for-leak-kinds=definite"])
        .arg("--error-exitcode=9")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "walk_alone", "--ignored", "--nocapture"])
        .arg("--test-threads=1")
        // Valgrind does not know every instruction that ONNX Runtime may choose.
        .env("TRIUNE_SOFTRKNN_ONNXRUNTIME", "none")
        .env("RKNN_LOG_LEVEL", "0")
        .output();
    let checked = match checked {
        Ok(checked) => checked,
        Err(why) => {
            println!("skipped: valgrind is not there: {why}");
            return;
        }
    };
    let report = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{report}");
    assert!(String::from_utf8_lossy(&checked.stdout).contains("nothing is held"));
    let summary = report
        .lines()
        .filter(|line| line.contains("definitely lost:") || line.contains("ERROR SUMMARY"));
    summary.for_each(|line| println!("{line}"));
}

/// Not a test: what the test above runs under the memory checker.
#[test]
#[ignore = "the walk of another test"]
fn walk_alone() {
    let soft = Soft::open();
    rows::walk(&soft, true);
    println!("{} faults answered, nothing is held", rows::ROWS.len());
}

/// Not a test: what the other tests start as their worker.
#[test]
#[ignore = "the worker of the other tests"]
fn child() {
    if let Ok(cores) = std::env::var(CORES) {
        let library = rknnrt::built_library().unwrap();
        let backend = RknnBackend::open(&library, cores.parse().unwrap()).unwrap();
        serve(&backend).unwrap();
    }
}

/// An NPU in a worker of its own.
struct Worker {
    scheduler: Arc<Scheduler>,
    backend: ScheduledBackend,
}

impl Worker {
    fn start(cores: &str, faults: &str) -> Self {
        let program = WorkerProgram::this_program(["--exact", "child", "--ignored", "--nocapture"])
            .with(CORES, cores)
            .with("TRIUNE_SOFTRKNN_FAULTS", faults);
        let options = WorkerOptions {
            first_run_limit: Duration::from_secs(1),
            least_limit: Duration::from_secs(1),
            longest_pause: Duration::from_millis(50),
            ..WorkerOptions::new(program)
        };
        let executor: Arc<dyn Executor> = Arc::new(WorkerExecutor::start(options).unwrap());
        let scheduler = Scheduler::start(SchedulerOptions::default(), executor).unwrap();
        let scheduler = Arc::new(scheduler);
        let backend = ScheduledBackend::new(Arc::clone(&scheduler), Class::Sense, PATIENCE);
        Self { scheduler, backend }
    }

    fn workers(&self) -> ExecutorStatistics {
        self.scheduler.statistics().workers
    }

    /// Loads the mixer and runs it so often.
    fn run(&self, times: usize) -> Vec<Result<(), RunError>> {
        let specimen = mixer();
        let loaded = self.backend.load(&specimen.bytes, &specimen.manifest);
        let mut model = loaded.unwrap();
        let inputs: Vec<_> = specimen.inputs.iter().map(Tensor::view).collect();
        let run = |_| {
            let outputs = &specimen.manifest.outputs;
            let mut outputs: Vec<_> = outputs.iter().map(Tensor::zero).collect();
            let mut views: Vec<_> = outputs.iter_mut().map(Tensor::view_mut).collect();
            model.run(&inputs, &mut views)?;
            assert_eq!(outputs, specimen.outputs);
            Ok(())
        };
        (0..times).map(run).collect()
    }
}

#[test]
fn an_npu_of_three_cores_in_a_worker_keeps_the_contract() {
    if is_emulated() {
        return;
    }
    let worker = Worker::start("3", "");
    assert_eq!(worker.backend.name(), "rknn (soft runtime)");
    check_backend(&worker.backend, &mixer()).unwrap();
    assert_eq!(worker.scheduler.statistics().lanes.len(), 3);
    assert_eq!(worker.workers(), ExecutorStatistics::default());
}

// A model runs once when it is loaded: the third run is the second of ours. A new worker counts anew.

#[test]
fn a_hang_is_killed_and_its_request_answered_by_the_next_worker() {
    if is_emulated() {
        return;
    }
    let worker = Worker::start("1", "hang@run:3");
    assert_eq!(worker.run(2), [Ok(()), Ok(())]);
    let expected = ExecutorStatistics {
        restarts: 1,
        killed_overdue: 1,
        ..ExecutorStatistics::default()
    };
    assert_eq!(worker.workers(), expected);
}

#[test]
fn a_crash_gets_a_new_worker_that_answers_the_request() {
    if is_emulated() {
        return;
    }
    let worker = Worker::start("1", "crash@run:3");
    assert_eq!(worker.run(2), [Ok(()), Ok(())]);
    let expected = ExecutorStatistics {
        restarts: 1,
        died: 1,
        ..ExecutorStatistics::default()
    };
    assert_eq!(worker.workers(), expected);
}

#[test]
fn a_lost_device_gets_a_new_worker_that_answers_the_request() {
    if is_emulated() {
        return;
    }
    let worker = Worker::start("1", "device-lost@run:3");
    assert_eq!(worker.run(2), [Ok(()), Ok(())]);
    let expected = ExecutorStatistics {
        restarts: 1,
        devices_lost: 1,
        ..ExecutorStatistics::default()
    };
    assert_eq!(worker.workers(), expected);
}

#[test]
fn a_time_out_is_told_and_the_worker_goes_on() {
    if is_emulated() {
        return;
    }
    let worker = Worker::start("1", "timeout@run:3");
    let outcomes = worker.run(3);
    assert_eq!((&outcomes[0], &outcomes[2]), (&Ok(()), &Ok(())));
    assert!(
        matches!(&outcomes[1], Err(RunError::Device(DeviceFault::TimedOut(why))) if why.contains("rknn_run")),
        "{outcomes:?}"
    );
    assert_eq!(worker.workers(), ExecutorStatistics::default());
}

#[test]
fn what_is_not_a_number_is_told_with_its_output() {
    if is_emulated() {
        return;
    }
    // A fault that would be seen at loading already: so it is told there.
    let worker = Worker::start("1", "nan@output:0");
    let specimen = mixer();
    let refused = worker.backend.load(&specimen.bytes, &specimen.manifest);
    let refused = refused.map(drop).unwrap_err().to_string();
    assert!(
        refused.contains("'sum' is not a finite number"),
        "{refused}"
    );
    assert_eq!(worker.workers(), ExecutorStatistics::default());
}
