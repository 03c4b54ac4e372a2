//! A hundred thousand steady cycles of a kernel, inline and threaded, recorded and not: no
//! allocation, no page fault, and no system call but the timer's and, threaded, at most two futex
//! calls a loop and cycle.
#![allow(missing_docs)]
use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use triune_core::*;
use triune_engine::*;

const CYCLES: usize = 100_000;
/// Cycles under strace, which makes every system call many times as long: fewer where a cycle
/// makes several.
const TRACED_CYCLES: usize = 100_000;
const TRACED_THREADED_CYCLES: usize = 10_000;
/// One futex call in so many may be one more than a cycle needs: a wait that found the word changed
/// already, or that ended without a reason (futex(2)), and is begun again.
const SLACK: usize = 20;
const WARM_UP: usize = 1_000;
/// The kernel's highest rate, and how many times as fast as it the test is; whether deadlines are
/// kept is not what it is about.
const PERIOD: Nanoseconds = 1_000_000;
const HURRY: u64 = 20;
const BEINGS: usize = 3;
/// Entries of a recording that are kept: a few cycles.
const ENTRIES: usize = 64;
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

/// The machine's clock, many times as fast. The executor goes by the machine's own time, in which
/// the deadlines of the loops lie far ahead: they always join.
struct Hurried;

impl Clock for Hurried {
    fn now(&self) -> Timestamp {
        Timestamp(MonotonicClock.now().0 * HURRY)
    }
    fn sleep_until(&self, deadline: Timestamp) {
        MonotonicClock.sleep_until(Timestamp(deadline.0.div_ceil(HURRY)));
    }
}

struct Senses;

impl PerceptSource for Senses {
    fn sample(&mut self, now: Timestamp, percept: &mut Percept) {
        percept.hearing.level = Judgement::fresh(-((now.0 % 90) as f32), 1.0);
        percept.hearing.speech = Judgement::fresh((now.0 % 10) as f32 / 10.0, 1.0);
    }
}

struct Talk;

impl BeingPort for Talk {
    fn sample(&mut self, now: Timestamp, percept: &mut Percept) {
        percept.told = ToldPercept {
            tokens: [now.0; 16],
            count: 16,
            confidence: 1.0,
            age: 0,
        };
    }
    fn accept(&mut self, state: &State, outputs: &Outputs) {
        std::hint::black_box((state, outputs));
    }
}

/// Keeps the newest entries, while a recording is wanted.
struct Newest {
    wanted: Arc<AtomicBool>,
    entries: Box<[Entry; ENTRIES]>,
    next: usize,
}

impl CycleSink for Newest {
    fn wants_record(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }
    fn record(&mut self, entry: &Entry) {
        self.entries[self.next % ENTRIES] = *entry;
        self.next += 1;
    }
    fn overrun(&mut self, overrun: Overrun) {
        std::hint::black_box(overrun);
    }
    fn event(&mut self, _at: Timestamp, event: KernelEvent) {
        std::hint::black_box(event);
    }
}

enum Either {
    Inline(InlineExecutor),
    Threaded(ThreadedExecutor),
}

impl Executor for Either {
    fn run(&mut self, works: &mut [BeingWork], elapsed: Nanoseconds, by: Timestamp) -> LoopSet {
        match self {
            Self::Inline(executor) => executor.run(works, elapsed, by),
            Self::Threaded(executor) => executor.run(works, elapsed, by),
        }
    }
}

/// A kernel with several beings, which is recorded in half of its cycles.
struct Steady {
    kernel: Kernel<Hurried, Either, Senses, Newest, Talk>,
    recorded: Arc<AtomicBool>,
}

impl Steady {
    fn new(executor: Either) -> Self {
        let recorded = Arc::new(AtomicBool::new(false));
        let resident = |number| Resident {
            being: Being::new(BeingId(number)),
            port: Talk,
        };
        let (kernel, _control) = Kernel::new(KernelSetup {
            residents: (1..=BEINGS as u64).map(resident).collect(),
            clock: Hurried,
            executor,
            source: Senses,
            sink: Newest {
                wanted: Arc::clone(&recorded),
                entries: Box::new([Entry::Left(BeingId(0)); ENTRIES]),
                next: 0,
            },
            settings: KernelSettings {
                period: PERIOD,
                spin: true,
                ..KernelSettings::default()
            },
        })
        .expect("possible settings");
        Self { kernel, recorded }
    }

    fn cycles(&mut self, count: usize) {
        for recorded in [false, true] {
            self.recorded.store(recorded, Ordering::Relaxed);
            for _ in 0..count / 2 {
                self.kernel.cycle();
            }
        }
    }
}

fn this_thread() -> i32 {
    rustix::thread::gettid().as_raw_nonzero().get()
}

/// An executor, and the threads that cycle with it: the calling one first.
fn executor(threaded: bool) -> (Either, Vec<i32>) {
    // What a cycle thread asks for, without real time: tests share their machine.
    let wish = RealTimeWish {
        lock_memory: true,
        ..RealTimeWish::default()
    };
    let mut threads = vec![request_real_time(&wish).thread];
    if !threaded {
        return (Either::Inline(InlineExecutor), threads);
    }
    let executor = ThreadedExecutor::new(ThreadedSetup {
        beings: BEINGS,
        ..ThreadedSetup::default()
    })
    .expect("threads");
    threads.extend(executor.grants().iter().map(|loops| loops.grant.thread));
    (Either::Threaded(executor), threads)
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
        let counted = steady.kernel.counters().read();
        assert_eq!(counted.cycles, (WARM_UP + CYCLES) as u64);
        assert_eq!(counted.late_joins, [0; 3]);
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

/// A port of a few pages, so that a table of them is not there by chance.
struct Roomy {
    _room: [u64; 512],
}

impl BeingPort for Roomy {
    fn sample(&mut self, _now: Timestamp, _percept: &mut Percept) {}
    fn accept(&mut self, state: &State, outputs: &Outputs) {
        std::hint::black_box((state, outputs));
    }
}

#[test]
fn beings_that_come_fault_no_page_of_the_cycle_thread() {
    if emulated() {
        return;
    }
    let (tell, told) = mpsc::channel();
    let stop = Arc::new(AtomicBool::new(false));
    let ends = Arc::clone(&stop);
    let cycle = std::thread::spawn(move || {
        let (executor, threads) = executor(false);
        let (kernel, control) = Kernel::new(KernelSetup {
            residents: vec![],
            clock: Hurried,
            executor,
            source: Senses,
            sink: Newest {
                wanted: Arc::new(AtomicBool::new(false)),
                entries: Box::new([Entry::Left(BeingId(0)); ENTRIES]),
                next: 0,
            },
            settings: KernelSettings {
                period: PERIOD,
                ..KernelSettings::default()
            },
        })
        .expect("possible settings");
        tell.send((control, threads[0])).expect("told");
        kernel.run(&ends);
    });
    let (control, thread) = told.recv().expect("made");
    let add = |number| {
        let resident = Resident {
            being: Being::new(BeingId(number)),
            port: Roomy { _room: [0; 512] },
        };
        control.add(resident).expect("room");
    };
    // The program's own pages are there once they were run.
    for _ in 0..3 {
        add(1);
        control.remove(BeingId(1)).expect("there");
    }
    page_faults(thread);
    let before = page_faults(thread);
    // As many as there is room for: every seat is taken for the first time.
    for number in 1..=KernelSettings::default().capacity as u64 {
        add(number);
    }
    let faults = page_faults(thread) - before;
    stop.store(true, Ordering::Relaxed);
    cycle.join().expect("joined");
    assert_eq!(faults, 0);
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
    let mut futexes = 0;
    for ((thread, name), &count) in &calls {
        match (&name[..], *thread == threads[0]) {
            ("futex", _) => futexes += count,
            ("clock_nanosleep", true) => assert!(count <= TRACED_THREADED_CYCLES, "{calls:?}"),
            _ => panic!("{name} of {thread}: {calls:?}"),
        }
    }
    let most = 2 * LoopKind::ALL.len() * TRACED_THREADED_CYCLES;
    assert!(
        futexes <= most + most / SLACK,
        "{futexes} futex calls: {calls:?}"
    );
}
