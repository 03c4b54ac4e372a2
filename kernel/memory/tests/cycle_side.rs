//! What the cycle thread calls: it allocates nothing and meets no page fault, not even when the ring is
//! full.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, draft, small, state};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Duration;
use triune_memory::{Memory, Opened, Options, Remembered};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, counting what each thread asks of it.
struct Counting;

// SAFETY: every call is handed to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: `pointer` came from `alloc` above, that is from the system.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn remembering_allocates_nothing() {
    let root = tempfile::tempdir().unwrap();
    let Opened {
        memory, mut cycle, ..
    } = Memory::open(root.path(), BEING, &small()).unwrap();
    let before = ALLOCATIONS.get();
    let mut outcomes = [0_u32; 3];
    for number in 1..=2000 {
        let moment = draft(number);
        let moment = number.is_multiple_of(2).then_some(&moment);
        match cycle.remember(&state(number), moment) {
            Remembered::State => outcomes[0] += 1,
            Remembered::Moment => outcomes[1] += 1,
            Remembered::MomentDropped => outcomes[2] += 1,
            Remembered::MomentRefused | Remembered::OtherBeing => unreachable!(),
        }
    }
    assert_eq!(ALLOCATIONS.get(), before);
    assert!(outcomes.iter().all(|&count| count > 0), "{outcomes:?}");
    drop(memory);
    assert!(ALLOCATIONS.get() > before, "the counter counts");
}

/// Page faults of this thread so far, minor and major (proc(5), stat).
fn faults() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
    let after_name = stat.rsplit_once(") ").unwrap().1;
    let field = |number: usize| -> u64 {
        let text = after_name.split(' ').nth(number - 3).unwrap();
        text.parse().unwrap()
    };
    field(10) + field(12)
}

/// The first round over history and ring touches every page of both: all of them are there before.
#[test]
fn remembering_meets_no_page_fault() {
    // The system may move a page for reasons of its own, but not each time.
    let met = (0..3).map(|_| {
        let root = common::directory();
        let options = Options {
            history_records: 4000,
            ring_records: 4000,
            flush_window: Duration::from_secs(3600),
            ..small()
        };
        let Opened {
            memory, mut cycle, ..
        } = Memory::open(root.path(), BEING, &options).unwrap();
        // Code and stack are touched, but no more than the first page of each.
        for number in 1..=2 {
            let _ = cycle.remember(&state(number), Some(&draft(number)));
        }
        let _ = faults();
        let before = faults();
        for number in 3..=3900 {
            let _ = cycle.remember(&state(number), Some(&draft(number)));
        }
        let met = faults() - before;
        drop(memory);
        met
    });
    let met: Vec<u64> = met.take_while(|&met| met > 0).collect();
    assert!(met.len() < 3, "page faults in three runs: {met:?}");
}
