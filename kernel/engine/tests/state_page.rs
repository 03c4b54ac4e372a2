//! Readers of the state page see whole states only.
#![allow(missing_docs)]
use std::sync::atomic::{AtomicBool, Ordering};
use triune_core::*;
use triune_engine::StatePage;

#[test]
fn a_reader_never_sees_half_a_state() {
    let page = StatePage::new(BeingId(3));
    let done = AtomicBool::new(false);
    let states = if cfg!(miri) { 50 } else { 100_000 };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut last = 0;
                while !done.load(Ordering::Relaxed) {
                    let state = page.read();
                    assert_eq!(state.being, BeingId(3));
                    assert_eq!(state.time.0, state.cycle * 2);
                    assert_eq!(u64::from(state.observation.kept), state.cycle);
                    assert!(
                        state.cycle >= last,
                        "went back from {last} to {}",
                        state.cycle
                    );
                    last = state.cycle;
                }
            });
        }
        let mut state = State::at_rest(BeingId(3));
        for cycle in 0..states {
            state.cycle = cycle;
            state.time = Timestamp(cycle * 2);
            state.observation.kept = cycle as u32;
            page.publish(&state);
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(page.read().cycle, states - 1);
}
