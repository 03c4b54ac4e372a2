//! The cycle thread.

use super::household::FaultDesk;
use super::outlets::Outlets;
use super::percepts::Percepts;
use super::port::Port;
use super::rhythm::{burst, policy};
use super::running::StartError;
use super::stop::Stop;
use crate::settings::Settings;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use triune_board::{BEINGS_MAX, ExecutorSpec};
use triune_engine::{
    Counters, Executor, FaultyExecutor, FaultySource, InlineExecutor, Kernel, KernelControl,
    KernelSettings, KernelSetup, LoopGrant, MonotonicClock, RealTimeGrant, RealTimeWish, Resident,
    Spin, ThreadedExecutor, ThreadedSetup, request_real_time,
};

/// The running cycle, as other threads see it.
pub(super) struct Cycle {
    pub(super) counters: Arc<Counters>,
    pub(super) grant: Arc<RealTimeGrant>,
    pub(super) control: KernelControl<Port>,
    pub(super) loop_grants: Vec<LoopGrant>,
    pub(super) thread: JoinHandle<Vec<Resident<Port>>>,
}

/// What the kernel is made of, on its way to the cycle thread.
pub(super) struct CycleParts {
    pub(super) residents: Vec<Resident<Port>>,
    pub(super) percepts: Percepts,
    pub(super) outlets: Outlets,
    pub(super) faults: FaultDesk,
}

/// What the cycle thread tells when the kernel is made.
struct Made {
    control: KernelControl<Port>,
    grant: Arc<RealTimeGrant>,
    loop_grants: Vec<LoopGrant>,
}

type Tell = SyncSender<Result<Made, String>>;

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
    parts: CycleParts,
    stop: Stop,
) -> Result<Cycle, StartError> {
    let priority = settings.board.priorities.cycle;
    let wish = RealTimeWish {
        priority: Some(priority),
        processors: processors.first().copied().into_iter().collect(),
        lock_memory: true,
        shallow_idle: true,
    };
    let spec = settings.board.kernel;
    let kernel = KernelSettings {
        period: settings.period(),
        spin: settings.spin,
        policy: policy(spec.overrun),
        capacity: BEINGS_MAX as usize,
        burst: Some(burst(&spec)),
    };
    let loops = ThreadedSetup {
        processors: loop_processors(processors),
        priority: Some(priority),
        beings: spec.beings_in_burst as usize,
        spin: Spin::Calibrated,
    };
    let (tell, told) = sync_channel(1);
    let thread = std::thread::Builder::new()
        .name("cycle".to_owned())
        .spawn(move || {
            // The grant is held to the end: dropping it lets the processors sleep deeply again.
            let grant = Arc::new(request_real_time(&wish));
            // Loops' threads are started from here: they are placed after this thread's place.
            match spec.executor {
                ExecutorSpec::Inline => run(
                    InlineExecutor,
                    Vec::new(),
                    kernel,
                    parts,
                    &grant,
                    &tell,
                    &stop,
                ),
                ExecutorSpec::Threaded => match ThreadedExecutor::new(loops) {
                    Ok(executor) => {
                        let grants = executor.grants().to_vec();
                        run(executor, grants, kernel, parts, &grant, &tell, &stop)
                    }
                    Err(error) => {
                        let _ = tell.send(Err(error.to_string()));
                        Vec::new()
                    }
                },
            }
        })?;
    let made = told
        .recv()
        .unwrap_or_else(|_| Err("its thread ended before it began: see the log".to_owned()))
        .map_err(StartError::Kernel)?;
    for refused in &made.grant.refused {
        log::warn!("cycle: {refused}");
    }
    for LoopGrant { kind, grant } in &made.loop_grants {
        for refused in &grant.refused {
            log::warn!("{} loop: {refused}", kind.name());
        }
    }
    Ok(Cycle {
        counters: made.control.counters(),
        grant: made.grant,
        control: made.control,
        loop_grants: made.loop_grants,
        thread,
    })
}

/// Makes the kernel on this thread, tells of it, and cycles until the end.
fn run<E: Executor>(
    executor: E,
    loop_grants: Vec<LoopGrant>,
    settings: KernelSettings,
    parts: CycleParts,
    grant: &Arc<RealTimeGrant>,
    tell: &Tell,
    stop: &Stop,
) -> Vec<Resident<Port>> {
    let CycleParts {
        residents,
        percepts,
        outlets,
        faults,
    } = parts;
    let made = Kernel::new(KernelSetup {
        residents,
        clock: MonotonicClock,
        executor: FaultyExecutor::new(executor, faults.loops),
        source: FaultySource::new(percepts, faults.shared),
        sink: outlets,
        settings,
    });
    match made {
        Ok((kernel, control)) => {
            let _ = tell.send(Ok(Made {
                control,
                grant: Arc::clone(grant),
                loop_grants,
            }));
            // A service without its cycle ends; the supervisor of the machine starts it again.
            let _end = EndOfCycle(stop.clone());
            kernel.run(stop.flag())
        }
        Err(error) => {
            let _ = tell.send(Err(error.to_string()));
            Vec::new()
        }
    }
}

/// One processor for each loop, from the cycle's in turn: the cycle's own is taken last.
fn loop_processors(cycle: &[usize]) -> [Vec<usize>; 3] {
    let mut others: Vec<usize> = cycle.iter().skip(1).copied().collect();
    others.extend(cycle.first());
    std::array::from_fn(|index| match others.len() {
        0 => Vec::new(),
        count => vec![others[index % count]],
    })
}
