//! Asks the system for real time and reads back what was granted.

use rustix::mm::{MlockAllFlags, mlockall};
use rustix::thread::{CpuSet, Pid, gettid, sched_getaffinity, sched_setaffinity};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::Arc;
use thread_priority::{
    RealtimeThreadSchedulePolicy, ScheduleParams, ThreadSchedulePolicy,
    set_thread_priority_and_policy, thread_native_id, thread_schedule_policy_param,
};

/// What a thread would like to have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RealTimeWish {
    /// SCHED_FIFO priority, 1 to 99; `None` for ordinary scheduling.
    pub priority: Option<u8>,
    /// The processors to stay on; empty for any.
    pub processors: Vec<usize>,
    /// Whether the process's memory is to be locked.
    pub lock_memory: bool,
    /// Whether processors are to stay out of deep sleep while this process lives
    /// (`/dev/cpu_dma_latency`; Linux, Documentation/power/pm_qos_interface.rst).
    pub shallow_idle: bool,
}

/// What it got, as read back from the system.
#[derive(Clone, Debug, Default)]
pub struct RealTimeGrant {
    /// What was asked for.
    pub wish: RealTimeWish,
    /// Kernel id of the thread.
    pub thread: i32,
    /// SCHED_FIFO priority in force; `None` for ordinary scheduling.
    pub priority: Option<u8>,
    /// Processors that the thread may run on.
    pub processors: Vec<usize>,
    /// Whether memory is locked, where that was asked for.
    pub memory_locked: bool,
    /// Why something was not granted, with a remedy; empty when all was.
    pub refused: Vec<String>,
    /// Keeps the wish for shallow idle states alive, until the last copy of the grant goes.
    _idle: Option<Arc<File>>,
}

/// Stack that is touched ahead of time, bytes: a sixteenth of what a
/// thread of the standard library has (2 MiB), and many times what a cycle uses (state, percept and
/// outputs are about 2 KiB together, the deepest chain of calls holds a few copies of them).
const STACK: usize = 128 * 1024;
/// The smallest page of the machines that we run on.
const PAGE: usize = 4096;

/// Asks for `wish` on the calling thread. What is refused is not an error: it is told.
///
/// A thread that wishes for a priority or for locked memory also touches the next 128 KiB of its
/// stack: the kernel gives stack pages on first use only, locked or not (`MCL_ONFAULT`), and
/// each would be a page fault in the middle of a cycle. Such a thread needs that much stack left.
#[must_use]
pub fn request_real_time(wish: &RealTimeWish) -> RealTimeGrant {
    let mut grant = RealTimeGrant {
        wish: wish.clone(),
        thread: gettid().as_raw_nonzero().get(),
        ..Default::default()
    };
    pin(wish, &mut grant);
    raise(wish, &mut grant);
    if wish.lock_memory {
        let asked =
            mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT);
        grant.memory_locked = counts_locked_memory();
        let why = match asked {
            Err(error) => Some(error.to_string()),
            Ok(()) if !grant.memory_locked => Some("the system counts none".to_owned()),
            Ok(()) => None,
        };
        grant.refused.extend(why.map(|why| format!(
            "memory is not locked ({why}): raise the limit with 'ulimit -l unlimited' or run with CAP_IPC_LOCK"
        )));
    }
    if wish.shallow_idle {
        match hold_idle_latency() {
            Ok(file) => grant._idle = Some(Arc::new(file)),
            Err(error) => grant.refused.push(format!(
                "/dev/cpu_dma_latency is not held ({error}): wake-ups may take longer"
            )),
        }
    }
    if wish.priority.is_some() || wish.lock_memory {
        touch_stack();
    }
    grant
}

/// Whether any memory of this process is locked (`VmLck`; proc_pid_status(5)).
fn counts_locked_memory() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let locked = status.lines().find_map(|line| line.strip_prefix("VmLck:"));
    let kilobytes = locked.and_then(|count| count.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.is_some_and(|kilobytes| kilobytes > 0)
}

#[inline(never)]
fn touch_stack() {
    let mut pages = [0_u8; STACK];
    for page in pages.chunks_mut(PAGE) {
        page[0] = 1;
    }
    // Without a reader the array would be removed.
    std::hint::black_box(&mut pages);
}

fn pin(wish: &RealTimeWish, grant: &mut RealTimeGrant) {
    let mut asked = Ok(());
    if !wish.processors.is_empty() {
        let mut set = CpuSet::new();
        for &processor in wish.processors.iter().filter(|&&p| p < CpuSet::MAX_CPU) {
            set.set(processor);
        }
        asked = sched_setaffinity(None::<Pid>, &set);
        if let Err(error) = asked {
            grant.refused.push(format!(
                "processors {:?} were refused ({error}): name existing ones in the board's roles",
                wish.processors
            ));
        }
    }
    if let Ok(set) = sched_getaffinity(None::<Pid>) {
        grant.processors = (0..CpuSet::MAX_CPU)
            .filter(|&cpu| set.is_set(cpu))
            .collect();
    }
    // The system takes those that exist and passes over the others (sched_setaffinity(2)).
    let is_missing = |processor: &usize| !grant.processors.contains(processor);
    let missing: Vec<usize> = wish.processors.iter().copied().filter(is_missing).collect();
    if asked.is_ok() && !missing.is_empty() {
        grant.refused.push(format!(
            "processors {missing:?} are not to be had, the thread runs on {:?}: name existing ones in the board's roles",
            grant.processors
        ));
    }
}

fn raise(wish: &RealTimeWish, grant: &mut RealTimeGrant) {
    if cfg!(miri) {
        // The interpreter knows no scheduling policies.
        return;
    }
    let thread = thread_native_id();
    let fifo = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
    if let Some(priority) = wish.priority {
        let asked = thread_priority::ThreadPriorityValue::try_from(priority).and_then(|value| {
            set_thread_priority_and_policy(
                thread,
                thread_priority::ThreadPriority::Crossplatform(value),
                fifo,
            )
            .map_err(|error| format!("{error:?}"))
        });
        if let Err(error) = asked {
            grant.refused.push(format!(
                "SCHED_FIFO {priority} was refused ({error}): run as root, or grant CAP_SYS_NICE or an rtprio limit"
            ));
        }
    }
    if let Ok((policy, ScheduleParams { sched_priority })) = thread_schedule_policy_param(thread)
        && policy == fifo
    {
        grant.priority = u8::try_from(sched_priority).ok();
    }
}

/// The kernel keeps the request as long as the file stays open.
fn hold_idle_latency() -> std::io::Result<File> {
    let mut file = OpenOptions::new()
        .write(true)
        .open("/dev/cpu_dma_latency")?;
    file.write_all(&0_i32.to_ne_bytes())?;
    Ok(file)
}
