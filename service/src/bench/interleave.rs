//! Measures ours and the peer's by turns, so that a noisy machine disturbs both alike.

use std::time::Instant;

/// Turns that each side gets.
const TURNS: usize = 15;

/// Nanoseconds a call, the median over the turns, of each side.
pub(super) fn by_turns(calls: u32, mut ours: impl FnMut(), mut peer: impl FnMut()) -> (f64, f64) {
    let mut figures = (Vec::new(), Vec::new());
    // The first turn only warms caches up.
    for turn in 0..=TURNS {
        let pair = (
            nanoseconds_a_call(calls, &mut ours),
            nanoseconds_a_call(calls, &mut peer),
        );
        if turn > 0 {
            figures.0.push(pair.0);
            figures.1.push(pair.1);
        }
    }
    (median(figures.0), median(figures.1))
}

/// Nanoseconds of single calls, less the clock's own time: half of the calls, and 99 of 100,
/// take no longer.
pub(super) fn quantiles(calls: usize, mut work: impl FnMut()) -> (f64, f64) {
    let clock = sorted((0..calls).map(|_| timed(|| {})).collect());
    let own = clock[calls / 2];
    let spans = sorted((0..calls).map(|_| timed(&mut work)).collect());
    (
        (spans[calls / 2] - own).max(0.0),
        (spans[calls * 99 / 100] - own).max(0.0),
    )
}

fn timed(mut work: impl FnMut()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_nanos() as f64
}

fn nanoseconds_a_call(calls: u32, work: &mut impl FnMut()) -> f64 {
    let began = Instant::now();
    for _ in 0..calls {
        work();
    }
    began.elapsed().as_nanos() as f64 / f64::from(calls)
}

fn sorted(mut figures: Vec<f64>) -> Vec<f64> {
    figures.sort_unstable_by(f64::total_cmp);
    figures
}

pub(super) fn median(figures: Vec<f64>) -> f64 {
    let middle = figures.len() / 2;
    sorted(figures)[middle]
}
