//! Failing on purpose allocates nothing either.
#![allow(missing_docs)]
use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use std::sync::Arc;
use triune_core::*;
use triune_engine::*;

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

struct Steady;

impl PerceptSource for Steady {
    fn sample(&mut self, now: Timestamp, percept: &mut Percept) {
        percept.hearing.level = Judgement::fresh(-((now.0 % 90) as f32), 1.0);
        percept.told = ToldPercept {
            tokens: [now.0; 16],
            count: 16,
            confidence: 1.0,
            age: 0,
        };
    }
}

#[test]
fn every_fault_allocates_nothing_per_cycle() {
    let plan: FaultPlan = "hearing=late:300ms,told=late:20ms@1s..2s,sight=frozen@1s..,body=nan,\
        recall=burst:500/s,activation=out-of-range,told=burst:900/s@3s..,hearing=missing@4s..5s,\
        loop.analytical=late@1s..2s"
        .parse()
        .expect("a plan");
    let faults = plan.begin(Timestamp(0));
    let mut source = FaultySource::new(Steady, Arc::clone(&faults));
    let mut executor = FaultyExecutor::new(InlineExecutor, Arc::clone(&faults));
    let mut works = [BeingWork::new(Being::new(BeingId::FIRST))];
    // An allocation in here aborts the test.
    assert_no_alloc(|| {
        for cycle in 0..6_000 {
            let now = Timestamp(cycle * 1_000_000);
            let mut percept = Percept::ABSENT;
            source.sample(now, &mut percept);
            works[0].percept = admit(&percept, Consent::ALL);
            let _joined = executor.run(&mut works, 1_000_000, now);
        }
    });
    let is_on = |place: usize| {
        let mut times = (0..12).map(|half| Timestamp(half * 500_000_000));
        times.any(|time| faults.report(time)[place].is_active)
    };
    assert!(
        (0..faults.plan().faults.len()).all(is_on),
        "all had their time"
    );
}
