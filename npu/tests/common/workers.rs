//! Workers for tests: the very program of the test, started again.
#![allow(dead_code, reason = "each test uses a part")]

use crate::trouble::{Command, Trouble, command, result};
use std::ffi::OsString;
use std::sync::Arc;
use std::time::{Duration, Instant};
use triune_npu::PureRustBackend;
use triune_npu::scheduler::{Class, Done, Executor, ModelId, Scheduler, SchedulerOptions};
use triune_npu::worker::{WorkerExecutor, WorkerOptions, WorkerProgram, serve};

/// Tells this very program, started again, with what to serve.
const BACKEND: &str = "TRIUNE_TEST_BACKEND";
/// Long enough for anything on a slow machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What every test of workers has as its ignored test `child`: serves as the environment says.
pub(crate) fn serve_as_told() {
    match std::env::var(BACKEND).as_deref() {
        Ok("cpu") => serve(&PureRustBackend::new()).unwrap(),
        Ok(lanes) => serve(&Trouble {
            lanes: lanes.parse().unwrap(),
        })
        .unwrap(),
        Err(_) => {}
    }
}

/// This very program, to serve. An emulated one is started by its emulator: the kernel cannot.
fn this_program() -> WorkerProgram {
    let arguments = ["--exact", "child", "--ignored", "--nocapture"];
    let Some(emulator) = emulator() else {
        return WorkerProgram::this_program(arguments);
    };
    let own = std::env::current_exe().unwrap().into_os_string();
    WorkerProgram {
        path: emulator.into(),
        arguments: std::iter::once(own)
            .chain(arguments.map(Into::into))
            .collect(),
        environment: Vec::new(),
    }
}

/// What emulates this program, if anything does: the kernel tells its own processor through the
/// emulator too.
pub(crate) fn emulator() -> Option<OsString> {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/arch").unwrap_or_default();
    let is_emulated = std::env::consts::ARCH == "aarch64" && kernel.trim() == "x86_64";
    let runner = || std::env::var_os("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER");
    is_emulated.then(|| runner().unwrap_or_else(|| "qemu-aarch64".into()))
}

pub(crate) fn options(backend: &str) -> WorkerOptions {
    let program = this_program().with(BACKEND, backend);
    WorkerOptions {
        // A machine that is busy with other things is no hang.
        first_run_limit: PATIENCE,
        least_limit: PATIENCE,
        longest_pause: Duration::from_millis(50),
        // Printing where a panic came from takes longer than anything else here.
        ..WorkerOptions::new(program.with("RUST_BACKTRACE", "0"))
    }
}

pub(crate) fn executor(options: WorkerOptions) -> Arc<WorkerExecutor> {
    Arc::new(WorkerExecutor::start(options).unwrap())
}

pub(crate) fn scheduler(executor: &Arc<WorkerExecutor>) -> Scheduler {
    let executor = Arc::clone(executor) as Arc<dyn Executor>;
    Scheduler::start(SchedulerOptions::default(), executor).unwrap()
}

pub(crate) fn ask(scheduler: &Scheduler, model: ModelId, what: Command, with: f32) -> Done {
    let mut slot = scheduler.slot(model).unwrap();
    command(&mut slot, what, with);
    slot.submit(Class::Sense, Instant::now() + PATIENCE).wait()
}

/// Asks for an echo until there is one: the worker may just be dying or starting.
pub(crate) fn assert_goes_on(scheduler: &Scheduler, model: ModelId) {
    let done = ask(scheduler, model, Command::Echo, 4.5);
    done.result.unwrap();
    assert_eq!(result(&done.slot), 4.5);
}

pub(crate) fn worker_id(scheduler: &Scheduler, model: ModelId) -> i32 {
    let done = ask(scheduler, model, Command::Identify, 0.0);
    done.result.unwrap();
    result(&done.slot) as i32
}

pub(crate) fn kill(process: i32) {
    let process = rustix::process::Pid::from_raw(process).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
}
