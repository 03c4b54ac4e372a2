//! Loading and unloading over and over leaves nothing: no memory, no file, no thread.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::specimens::mixer;
use common::{Soft, floats};
use rknpu2_sys::_rknn_query_cmd as ask;
use std::fs;
use std::time::{Duration, Instant};

/// A number of this process, as the kernel tells it.
fn status(field: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// One life of a context, with everything that it can hold.
fn live(soft: &Soft) {
    let context = soft.load(&mixer()).unwrap();
    soft.give_mixer(context);
    let mut output = soft.attribute(context, ask::RKNN_QUERY_OUTPUT_ATTR, 0);
    let memory = soft.bind(context, &mut output).unwrap();
    soft.run(context).unwrap();
    assert_eq!(floats(common::contents(memory)), [0.0, 10.0]);
    assert_eq!(floats(&soft.output(context, 0, true).unwrap()), [0.0, 10.0]);
    soft.destroy_memory(context, memory).unwrap();
    soft.destroy(context).unwrap();
}

#[test]
fn lives_leave_nothing_behind() {
    let soft = Soft::open();
    for _ in 0..300 {
        live(&soft);
    }
    let (memory, files) = (status("VmRSS"), open_files());
    for _ in 0..1000 {
        live(&soft);
    }
    assert_eq!(soft.held(), [0; 4]);
    assert_eq!(open_files(), files);
    // Less than 5 kB a life; one loaded model takes more. What ends later holds its memory a while.
    let grown = status("VmRSS").saturating_sub(memory);
    assert!(grown < 4096, "{grown} kB more after 1000 lives");
    // A model's thread ends by itself after its context.
    let patience = Instant::now();
    while status("Threads") > 16 && patience.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(status("Threads") <= 16, "{} threads", status("Threads"));
}
