//! What remembering costs the cycle thread, beside a plain copy.

use super::AREA;
use crate::bench::figure::{Figure, Kind};
use crate::bench::interleave::{by_turns, quantiles};
use crate::bench::spread::Spread;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};
use triune_core::{BeingId, CrystalDraft, Embedding, EnergyCentres, State, Timestamp};
use triune_memory::{CycleSide, Memory, Options};

const CALLS: u32 = 50_000;
/// Moments that are kept, and the time between two of them: that of a cycle at 1000 Hz.
const KEPT: usize = 1_000;
const PAUSE: Duration = Duration::from_millis(1);
/// Calls that are timed one by one.
const SINGLE_CALLS: usize = 200_000;

pub(super) fn measure(folder: &Path) -> Result<Figure, String> {
    let opened = Memory::open(folder, BeingId::FIRST, &Options::default())
        .map_err(|error| error.to_string())?;
    let mut side = opened.cycle;
    let mut state = State::at_rest(BeingId::FIRST);
    // As long as the live history, so that both write to memory of the same size.
    let records = Options::default().history_records;
    let mut copies = vec![state; records];
    let mut place = 0;
    let mut copied = state;
    let mut copy = || {
        copied.cycle += 1;
        place = (place + 1) % records;
        copies[place] = *black_box(&copied);
        black_box(&copies[place]);
    };
    let mut write = || {
        state.cycle += 1;
        let _remembered = black_box(side.remember(black_box(&state), None));
    };
    let (ours, peer) = by_turns(CALLS, &mut write, &mut copy);
    let (p50, p99) = quantiles(SINGLE_CALLS, write);
    let (peer_p50, peer_p99) = quantiles(SINGLE_CALLS, copy);
    let (kept_p50, kept_p99) = kept(&mut side, state);
    opened.memory.close().map_err(|error| error.to_string())?;
    Ok(
        Figure::less_is_better(AREA, "ns", ours, "memcpy of the state", peer, Kind::Limit)
            .with("p50_ns", p50)
            .with("p99_ns", p99)
            .with("peer_p50_ns", peer_p50)
            .with("peer_p99_ns", peer_p99)
            .with("kept_p50_ns", kept_p50)
            .with("kept_p99_ns", kept_p99)
            .with("what", "a state remembered; kept: with a moment beside it")
            .with("record_bytes", size_of::<State>()),
    )
}

/// Half of the moments that are kept, and 99 of 100, take no longer than this; nanoseconds with the clock's
/// own time.
fn kept(side: &mut CycleSide, mut state: State) -> (f64, f64) {
    let mut draft = CrystalDraft {
        being: state.being,
        told: 0,
        cycle: 0,
        time: Timestamp(0),
        kind: 0,
        salience: 0.0,
        confidence: 0.0,
        coherence: 0.0,
        centres: EnergyCentres([0.0; 7]),
        flux: 0,
        embedding: Embedding::ZERO,
    };
    let spans = (0..KEPT).map(|_| {
        state.cycle += 1;
        draft.cycle = state.cycle;
        std::thread::sleep(PAUSE);
        let began = Instant::now();
        let _remembered = black_box(side.remember(black_box(&state), Some(black_box(&draft))));
        began.elapsed().as_nanos() as f64
    });
    let spread = Spread::of(spans.collect());
    (spread.p50(), spread.p99())
}
