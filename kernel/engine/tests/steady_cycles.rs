//! A hundred thousand steady cycles, inline and threaded: no allocation, no page fault, and no
//! system call but the timer's and, threaded, at most two futex calls a loop and cycle.
#![allow(missing_docs)]
use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::sync::mpsc;
use triune_core::*;
use triune_engine::*;

const CYCLES: usize = 100_000;
/// Cycles under strace, which makes every system call many times as long: fewer where a cycle
/// makes several.
const TRACED_CYCLES: usize = 100_000;
const TRACED_THREADED_CYCLES: usize = 20_000;
const WARM_UP: usize = 1_000;
/// A short period, so that the test is; whether deadlines are kept is not what it is about.
const PERIOD: Nanoseconds = 20_000;
/// Loops may take so long: they always join.
const PATIENCE: Nanoseconds = 60_000_000_000;
const BEINGS: usize = 3;
/// Set in the process that strace watches: `inline` or `threaded`.
const CHILD: &str = "TRIUNE_STEADY_CYCLES";

/// Counts what the watched threads allocate and free while they cycle.
struct Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
static WATCHED: [AtomicI32; 4] = [const { AtomicI32::new(0) }; 4];
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

impl Counting {
    fn count() {
        if COUNTS.load(Ordering::Relaxed) {
            let thread = this_thread();
            if WATCHED
                .iter()
                .any(|watched| watched.load(Ordering::Relaxed) == thread)
            {
                ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

// SAFETY: everything is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count();
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        Self::count();
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Steps beings as an engine does: wait, sense, run the loops, observe, publish.
struct Steady {
    executor: Box<dyn Executor>,
    works: Vec<BeingWork>,
    pages: Vec<StatePage>,
    timer: CycleTimer,
}

impl Steady {
    fn new(executor: Box<dyn Executor>) -> Self {
        let being = |number| Being::new(BeingId(number));
        Self {
            executor,
            works: (1..=BEINGS as u64)
                .map(|number| BeingWork::new(being(number)))
                .collect(),
            pages: (1..=BEINGS as u64)
                .map(|number| StatePage::new(BeingId(number)))
                .collect(),
            timer: CycleTimer::new(MonotonicClock.now(), PERIOD, true),
        }
    }

    fn cycle(&mut self) {
        let beat = self.timer.wait(&MonotonicClock);
        let tick = Tick {
            time: beat.started,
            elapsed: PERIOD,
        };
        for work in &mut self.works {
            let mut percept = Percept::ABSENT;
            percept.hearing.level = Judgement::fresh(-((beat.started.0 % 90) as f32), 1.0);
            percept.hearing.speech = Judgement::fresh((beat.started.0 % 10) as f32 / 10.0, 1.0);
            percept.told = ToldPercept {
                tokens: [beat.started.0; 16],
                count: 16,
                confidence: 1.0,
                age: 0,
            };
            work.percept = admit(&percept, work.being.consent);
        }
        let deadline = beat.started.after(PATIENCE);
        let joined = self.executor.run(&mut self.works, PERIOD, deadline);
        assert_eq!(joined, LoopSet::ALL);
        for (work, page) in self.works.iter_mut().zip(&self.pages) {
            let being = &work.being;
            let (state, _) = integrate(
                &being.state,
                &work.loops,
                joined,
                &work.percept,
                being.consent,
                &being.parameters,
                tick,
            );
            work.being.state = state;
            page.publish(&state);
        }
    }

    fn cycles(&mut self, count: usize) {
        for _ in 0..count {
            self.cycle();
        }
    }
}

fn this_thread() -> i32 {
    rustix::thread::gettid().as_raw_nonzero().get()
}

/// An executor, and the threads that cycle with it: the calling one first.
fn executor(threaded: bool) -> (Box<dyn Executor>, Vec<i32>) {
    // What a cycle thread asks for, without real time: tests share their machine.
    let wish = RealTimeWish {
        lock_memory: true,
        ..RealTimeWish::default()
    };
    let mut threads = vec![request_real_time(&wish).thread];
    if !threaded {
        return (Box::new(InlineExecutor), threads);
    }
    let executor = ThreadedExecutor::new(ThreadedSetup {
        beings: BEINGS,
        ..ThreadedSetup::default()
    })
    .expect("threads");
    threads.extend(executor.grants().iter().map(|loops| loops.grant.thread));
    (Box::new(executor), threads)
}

/// Whether this program is run by a user-mode emulator, whose own page faults and system calls
/// would be counted: the emulator shows the program as `/proc/self/exe`, but is what runs.
fn emulated() -> bool {
    let runs = std::fs::read_link(format!("/proc/self/task/{}/exe", this_thread()));
    let emulated = runs.ok() != std::env::current_exe().ok();
    if emulated {
        println!("skipped: an emulator's own page faults and calls would be counted");
    }
    emulated
}

/// Page faults of a thread of this process so far, minor and major
/// (fields 10 and 12 of `/proc/.../stat`, proc_pid_stat(5)).
fn page_faults(thread: i32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/self/task/{thread}/stat")).expect("a thread");
    // The second field is the thread's name in parentheses and may hold anything.
    let (_, fields) = stat.rsplit_once(')').expect("a name");
    let field = |number: usize| -> u64 {
        let text = fields.split_whitespace().nth(number - 3).expect("a field");
        text.parse().expect("a number")
    };
    field(10) + field(12)
}

/// Cycles on a thread of its own. Before and after the steady part the thread waits, so that
/// its counters can be read from outside without disturbing them.
fn allocations_and_faults(threaded: bool) -> (u64, Vec<u64>) {
    let (tell, told) = mpsc::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    let cycle = std::thread::spawn(move || {
        let (executor, threads) = executor(threaded);
        let mut steady = Steady::new(executor);
        steady.cycles(WARM_UP);
        tell.send(threads).expect("told");
        wait.recv().expect("told to go on");
        COUNTS.store(true, Ordering::SeqCst);
        steady.cycles(CYCLES);
        COUNTS.store(false, Ordering::SeqCst);
        tell.send(vec![]).expect("told");
        wait.recv().expect("told to go on");
    });
    let threads = told.recv().expect("warmed up");
    let count = || threads.iter().map(|&thread| page_faults(thread)).collect();
    let before: Vec<u64> = count();
    for (watched, thread) in WATCHED.iter().zip(&threads) {
        watched.store(*thread, Ordering::SeqCst);
    }
    ALLOCATIONS.store(0, Ordering::SeqCst);
    go_on.send(()).expect("told");
    told.recv().expect("cycled");
    let after: Vec<u64> = count();
    let allocations = ALLOCATIONS.load(Ordering::SeqCst);
    go_on.send(()).expect("told");
    cycle.join().expect("joined");
    let faults = after
        .iter()
        .zip(&before)
        .map(|(after, before)| after - before);
    (allocations, faults.collect())
}

/// System calls between the two marks of the first thread, by thread and name.
type Calls = BTreeMap<(i32, String), usize>;

/// Runs the child under strace; `None` if there is no strace or it may not trace.
fn traced(kind: &str) -> Option<(Calls, Vec<i32>)> {
    if emulated() {
        return None;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("calls");
    let output = Command::new("strace")
        .args(["-f", "-qq", "-s", "0", "-o"])
        .arg(&log)
        .arg(std::env::current_exe().expect("this test"))
        .args(["--exact", "the_child_that_strace_watches", "--nocapture"])
        .env(CHILD, kind)
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: strace is not installed (apt-get install strace)");
            return None;
        }
        Err(error) => panic!("strace: {error}"),
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() && complaint.contains("Operation not permitted") {
        println!("skipped: strace may not trace here ({})", complaint.trim());
        return None;
    }
    assert!(output.status.success(), "{said}\n{complaint}");
    let threads: Vec<i32> = said
        .lines()
        .find_map(|line| line.split_once("threads:"))
        .expect("the child tells its threads")
        .1
        .split_whitespace()
        .map(|id| id.parse().expect("an id"))
        .collect();
    let log = std::fs::read_to_string(log).expect("a log");
    let mut calls = Calls::new();
    let mut marks = 0;
    for line in log.lines() {
        let (thread, call) = line.split_once(' ').expect("a thread");
        let thread: i32 = thread.parse().expect("an id");
        let Some((name, _)) = call.trim_start().split_once('(') else {
            continue;
        };
        if name == "getppid" && thread == threads[0] {
            marks += 1;
        } else if marks == 1 && threads.contains(&thread) && !name.starts_with('<') {
            *calls.entry((thread, name.to_owned())).or_default() += 1;
        }
    }
    assert_eq!(marks, 2, "both marks");
    Some((calls, threads))
}

#[test]
fn the_child_that_strace_watches() {
    let Ok(kind) = std::env::var(CHILD) else {
        return;
    };
    let threaded = kind == "threaded";
    let (executor, threads) = executor(threaded);
    assert_eq!(threads[0], this_thread());
    let ids: Vec<_> = threads.iter().map(i32::to_string).collect();
    println!("threads: {}", ids.join(" "));
    let mut steady = Steady::new(executor);
    steady.cycles(WARM_UP);
    // A call that nothing else makes marks the steady part.
    let _ = rustix::process::getppid();
    steady.cycles(if threaded {
        TRACED_THREADED_CYCLES
    } else {
        TRACED_CYCLES
    });
    let _ = rustix::process::getppid();
}

#[test]
fn steady_cycles_allocate_nothing_and_fault_no_page() {
    let emulated = emulated();
    for threaded in [false, true] {
        let (allocations, faults) = allocations_and_faults(threaded);
        assert_eq!(allocations, 0, "threaded: {threaded}");
        assert!(
            emulated || faults.iter().all(|&faults| faults == 0),
            "threaded: {threaded}, page faults by thread: {faults:?}"
        );
    }
}

/// Uses 96 KiB of stack, deeper than any cycle does.
#[inline(never)]
fn use_stack() {
    let mut bytes = [1_u8; 96 * 1024];
    std::hint::black_box(&mut bytes);
}

#[test]
fn the_stack_of_a_real_time_thread_is_there_before_it_is_used() {
    if emulated() {
        return;
    }
    let faults = std::thread::spawn(|| {
        let wish = RealTimeWish {
            lock_memory: true,
            ..RealTimeWish::default()
        };
        let grant = request_real_time(&wish);
        // Counting allocates: what that needs is there after the first time.
        page_faults(grant.thread);
        let before = page_faults(grant.thread);
        use_stack();
        page_faults(grant.thread) - before
    })
    .join()
    .expect("joined");
    assert_eq!(faults, 0);
}

#[test]
fn an_inline_cycle_makes_the_timers_call_only() {
    let Some((calls, threads)) = traced("inline") else {
        return;
    };
    let timer = (threads[0], "clock_nanosleep".to_owned());
    let sleeps = calls.get(&timer).copied().unwrap_or(0);
    assert!(sleeps <= TRACED_CYCLES, "{calls:?}");
    assert!(calls.keys().all(|call| *call == timer), "{calls:?}");
}

#[test]
fn a_threaded_cycle_makes_at_most_two_futex_calls_a_loop_besides() {
    let Some((calls, threads)) = traced("threaded") else {
        return;
    };
    for ((thread, name), &count) in &calls {
        let most = match (&name[..], *thread == threads[0]) {
            ("clock_nanosleep", true) => TRACED_THREADED_CYCLES,
            ("futex", true) => 2 * LoopKind::ALL.len() * TRACED_THREADED_CYCLES,
            ("futex", false) => 2 * TRACED_THREADED_CYCLES,
            _ => 0,
        };
        assert!(count <= most, "{name} of {thread}: {calls:?}");
    }
}
