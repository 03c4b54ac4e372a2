//! The loops side by side, each on a thread of its own.

use super::batch::Batch;
use super::crew::Crew;
use super::processors::each_has_its_own;
use super::spinner::{Spin, Spinner};
use super::worker::Worker;
use super::{BeingWork, Executor};
use crate::clock::{Clock, MonotonicClock};
use crate::real_time::{RealTimeGrant, RealTimeWish, request_real_time};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread::{Builder, JoinHandle};
use triune_core::{LoopKind, LoopSet, Nanoseconds, Timestamp};

/// Loops, and so threads.
const LOOPS: usize = LoopKind::ALL.len();
/// Time for the rehearsal, in which every thread touches what it will need.
const REHEARSAL: Nanoseconds = 1_000_000_000;

/// How the loops' threads are to run.
#[derive(Clone, Debug, Default)]
pub struct ThreadedSetup {
    /// The processors that each loop's thread is to stay on, by [`LoopKind`]; empty for any.
    pub processors: [Vec<usize>; LOOPS],
    /// SCHED_FIFO priority of the threads, 1 to 99; `None` for ordinary scheduling. Where loops
    /// share a processor with the cycle thread it is to be no higher than that thread's.
    pub priority: Option<u8>,
    /// Beings that there is room for; the loops of further ones run on the cycle thread.
    pub beings: usize,
    /// How the threads wait for each other.
    pub spin: Spin,
}

/// What one loop's thread was granted.
#[derive(Clone, Debug)]
pub struct LoopGrant {
    /// Which loop.
    pub kind: LoopKind,
    /// What its thread asked for and got.
    pub grant: RealTimeGrant,
}

/// Why there is no threaded executor.
#[derive(Debug, thiserror::Error)]
pub enum ExecutorError {
    /// The system gave no thread.
    #[error(
        "no thread for the {kind} loop ({cause}): raise the limit with 'ulimit -u', or run the loops inline"
    )]
    NoThread {
        /// Which loop.
        kind: &'static str,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The thread ended before it began to serve.
    #[error(
        "the thread of the {kind} loop ended before it began: see the log, or run the loops inline"
    )]
    Ended {
        /// Which loop.
        kind: &'static str,
    },
}

/// Tells which loops' threads have failed, from any thread, for as long as one likes.
#[derive(Clone, Debug)]
pub struct FailedLoops(Arc<AtomicU32>);

impl FailedLoops {
    /// The loops whose thread has panicked: they count as late from then on.
    #[must_use]
    pub fn loops(&self) -> LoopSet {
        let failed = self.0.load(Ordering::Acquire);
        LoopKind::ALL.into_iter().fold(LoopSet::NONE, |set, kind| {
            set.with(kind, failed & bit(kind) != 0)
        })
    }
}

/// Runs each loop on a thread of its own, for all beings one after the other.
///
/// The cycle thread copies what the loops need into a mailbox for each, so that a late loop and
/// the next cycle never meet. A loop that has not handed back its mailbox by the deadline did
/// not join; what it makes in the end is thrown away, and it is given work again once it is back.
/// Making the executor allocates and touches all memory that it will use; dropping it waits for
/// the threads to end what they are at.
#[derive(Debug)]
pub struct ThreadedExecutor {
    crew: Crew<Batch, LOOPS>,
    threads: Vec<JoinHandle<()>>,
    grants: Vec<LoopGrant>,
    capacity: usize,
    spinner: Spinner,
}

impl ThreadedExecutor {
    /// Starts the threads. To be called on the cycle thread once it has its processors, since
    /// whether spinning helps depends on them.
    ///
    /// # Errors
    /// [`ExecutorError`] when the system gives no threads. That it does not grant real time is
    /// not an error: see [`Self::grants`].
    pub fn new(setup: ThreadedSetup) -> Result<Self, ExecutorError> {
        let capacity = setup.beings;
        let (crew, workers) = Crew::new(std::array::from_fn(|_| Batch::new(capacity)));
        let mut executor = Self {
            crew,
            threads: Vec::with_capacity(LOOPS),
            grants: Vec::with_capacity(LOOPS),
            capacity,
            spinner: Spinner::Never,
        };
        let mut starts = Vec::with_capacity(LOOPS);
        // An error on the way drops the executor, which sends those home that have started.
        for ((kind, worker), processors) in
            LoopKind::ALL.into_iter().zip(workers).zip(setup.processors)
        {
            let wish = RealTimeWish {
                priority: setup.priority,
                processors,
                ..RealTimeWish::default()
            };
            let (thread, start) = start(kind, worker, wish)?;
            executor.threads.push(thread);
            starts.push((kind, start));
        }
        let mut spins = Vec::with_capacity(LOOPS);
        for (kind, Start { grant, spin }) in starts {
            let grant = grant
                .recv()
                .map_err(|_| ExecutorError::Ended { kind: kind.name() })?;
            executor.grants.push(LoopGrant { kind, grant });
            spins.push(spin);
        }
        let spin = executor.useful_spin(setup.spin);
        executor.spinner = Spinner::new(spin);
        for tell in spins {
            // A thread that is gone shows in its grant or as a failed loop.
            let _ = tell.send(Spinner::new(spin));
        }
        executor.rehearse();
        Ok(executor)
    }

    /// What each loop's thread was granted.
    #[must_use]
    pub fn grants(&self) -> &[LoopGrant] {
        &self.grants
    }

    /// Tells which loops have failed, also after the executor has moved elsewhere.
    #[must_use]
    pub fn failed(&self) -> FailedLoops {
        FailedLoops(self.crew.failed())
    }

    fn useful_spin(&self, wanted: Spin) -> Spin {
        let cycle = request_real_time(&RealTimeWish::default()).processors;
        let threads: Vec<&[usize]> = self
            .grants
            .iter()
            .map(|loops| &loops.grant.processors[..])
            .chain([&cycle[..]])
            .collect();
        if each_has_its_own(&threads) {
            wanted
        } else {
            Spin::Never
        }
    }

    /// Runs every slot once, so that code, stacks and clocks have been touched by every thread.
    fn rehearse(&mut self) {
        let deadline = MonotonicClock.now().after(REHEARSAL);
        self.crew.run(Batch::use_all, deadline, &mut self.spinner);
    }
}

impl Executor for ThreadedExecutor {
    fn run(
        &mut self,
        works: &mut [BeingWork],
        elapsed: Nanoseconds,
        deadline: Timestamp,
    ) -> LoopSet {
        let (roomed, further) = works.split_at_mut(self.capacity.min(works.len()));
        let fill = |batch: &mut Batch| batch.fill(roomed, elapsed);
        let arrived = self.crew.run(fill, deadline, &mut self.spinner);
        let mut joined = LoopSet::NONE;
        for kind in LoopKind::ALL {
            let in_time = arrived & bit(kind) != 0
                && self
                    .crew
                    .with(kind as usize, |batch| batch.hand_out(kind, roomed))
                    .is_some();
            joined = joined.with(kind, in_time);
            if in_time {
                for work in &mut *further {
                    work.loops.run(
                        kind,
                        &work.being.state,
                        &work.percept,
                        &work.being.parameters,
                        elapsed,
                    );
                }
            }
        }
        joined
    }
}

impl Drop for ThreadedExecutor {
    fn drop(&mut self) {
        self.crew.stop();
        for thread in self.threads.drain(..) {
            // A panic of the job was caught and is told by `failed`.
            let _ = thread.join();
        }
    }
}

/// The ends by which a thread that has started tells and is told.
struct Start {
    grant: mpsc::Receiver<RealTimeGrant>,
    spin: mpsc::Sender<Spinner>,
}

fn start(
    kind: LoopKind,
    worker: Worker<Batch>,
    wish: RealTimeWish,
) -> Result<(JoinHandle<()>, Start), ExecutorError> {
    let (tell_grant, grant) = mpsc::channel();
    let (spin, told_spin) = mpsc::channel();
    let thread = Builder::new()
        .name(kind.name().to_owned())
        .spawn(move || {
            // Dropped when the executor is not made after all: then there is nothing to serve.
            let told = tell_grant.send(request_real_time(&wish)).is_ok();
            if told && let Ok(spinner) = told_spin.recv() {
                worker.serve(spinner, |batch| batch.run(kind));
            }
        })
        .map_err(|cause| ExecutorError::NoThread {
            kind: kind.name(),
            cause,
        })?;
    Ok((thread, Start { grant, spin }))
}

/// The worker of a loop.
const fn bit(kind: LoopKind) -> u32 {
    1 << kind as u32
}
