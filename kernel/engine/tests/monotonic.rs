//! The real clock and what the system grants.
#![allow(missing_docs)]
use triune_core::Timestamp;
use triune_engine::*;

#[test]
fn sleeping_never_ends_before_the_deadline() {
    let clock = MonotonicClock;
    for _ in 0..20 {
        let deadline = clock.now().after(500_000);
        clock.sleep_until(deadline);
        assert!(clock.now() >= deadline);
    }
    clock.sleep_until(Timestamp(0));
}

#[test]
fn what_is_not_granted_is_told_with_its_reason() {
    let grant = std::thread::spawn(|| {
        request_real_time(&RealTimeWish {
            priority: Some(10),
            processors: vec![9_999],
            lock_memory: false,
            shallow_idle: false,
        })
    })
    .join()
    .expect("joined");
    assert!(!grant.refused.is_empty());
    assert!(
        grant.refused.iter().any(|why| why.contains("9999")),
        "{:?}",
        grant.refused
    );
    assert!(!grant.processors.is_empty());
    assert_eq!(
        grant.priority.is_none(),
        grant.refused.iter().any(|why| why.contains("SCHED_FIFO")),
        "granted or told why not: {grant:?}"
    );
}

/// Runs `test` on a thread of its own, which real time may be asked for.
fn on_a_thread<T: Send + 'static>(test: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::spawn(test).join().expect("joined")
}

#[test]
fn processors_that_are_not_there_are_named() {
    let grant = on_a_thread(|| {
        let there = request_real_time(&RealTimeWish::default()).processors[0];
        request_real_time(&RealTimeWish {
            processors: vec![there, 999],
            ..RealTimeWish::default()
        })
    });
    assert_eq!(grant.processors, grant.wish.processors[..1]);
    assert_eq!(grant.refused.len(), 1, "{:?}", grant.refused);
    assert!(grant.refused[0].contains("[999]"), "{:?}", grant.refused);
}

#[test]
fn round_robin_is_not_told_as_fifo() {
    use thread_priority::*;
    let grant = on_a_thread(|| {
        let value = ThreadPriorityValue::try_from(50_u8).expect("a priority");
        set_thread_priority_and_policy(
            thread_native_id(),
            ThreadPriority::Crossplatform(value),
            ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::RoundRobin),
        )
        .is_ok()
        .then(|| request_real_time(&RealTimeWish::default()))
    });
    match grant {
        Some(grant) => assert_eq!(grant.priority, None),
        None => println!("skipped: this user may not ask for SCHED_RR"),
    }
}

/// Kilobytes of locked memory that the system counts (proc_pid_status(5)).
fn locked_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmLck:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[test]
fn memory_is_said_to_be_locked_when_the_system_counts_it() {
    let grant = request_real_time(&RealTimeWish {
        lock_memory: true,
        ..RealTimeWish::default()
    });
    let is_locked = locked_kilobytes().is_some_and(|kilobytes| kilobytes > 0);
    assert_eq!(grant.memory_locked, is_locked);
    assert_eq!(grant.refused.is_empty(), is_locked, "{:?}", grant.refused);
}

/// Two busy threads on one processor: each waits while the other runs.
#[test]
fn a_thread_that_was_kept_waiting_shows_it() {
    use std::sync::atomic::{AtomicBool, Ordering};
    static STOP: AtomicBool = AtomicBool::new(false);
    let (tell, told) = std::sync::mpsc::channel();
    let first = request_real_time(&RealTimeWish::default()).processors[0];
    let busy: Vec<_> = (0..2)
        .map(|_| {
            let tell = tell.clone();
            std::thread::spawn(move || {
                let grant = request_real_time(&RealTimeWish {
                    processors: vec![first],
                    ..RealTimeWish::default()
                });
                tell.send(grant.thread).expect("told");
                while !STOP.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            })
        })
        .collect();
    let mut watch = StallWatch::of_thread(told.recv().expect("a thread"), Some(first));
    told.recv().expect("the other");
    // Many times what a scheduler lets one of them run on.
    std::thread::sleep(std::time::Duration::from_millis(200));
    let lost = watch.since_last();
    STOP.store(true, Ordering::Relaxed);
    for thread in busy {
        thread.join().expect("joined");
    }
    match lost.waiting {
        Some(waiting) => assert!(waiting > 0, "{lost:?}"),
        None => println!("skipped: this system counts no run queue (CONFIG_SCHED_INFO)"),
    }
}
