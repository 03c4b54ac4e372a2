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

#[test]
fn a_thread_that_was_kept_waiting_shows_it() {
    let mut watch = StallWatch::of_thread(rustix::thread::gettid().as_raw_nonzero().get(), None);
    let waited = watch.since_last();
    assert!(
        waited.waiting.is_none_or(|span| span < 3_600_000_000_000),
        "{waited:?}"
    );
}
