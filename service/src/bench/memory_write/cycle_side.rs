//! What remembering costs the cycle thread, beside a plain copy.

use super::AREA;
use crate::bench::figure::{Figure, Kind};
use crate::bench::interleave::{by_turns, quantiles};
use std::hint::black_box;
use std::path::Path;
use triune_core::{BeingId, State};
use triune_memory::{Memory, Options};

const CALLS: u32 = 50_000;

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
    let copy = || {
        copied.cycle += 1;
        place = (place + 1) % records;
        copies[place] = *black_box(&copied);
        black_box(&copies[place]);
    };
    let mut write = || {
        state.cycle += 1;
        let _remembered = black_box(side.remember(black_box(&state), None));
    };
    let (ours, peer) = by_turns(CALLS, &mut write, copy);
    let (p50, p99) = quantiles(200_000, write);
    opened.memory.close().map_err(|error| error.to_string())?;
    Ok(
        Figure::less_is_better(AREA, "ns", ours, "memcpy of the state", peer, Kind::Limit)
            .with("p50_ns", p50)
            .with("p99_ns", p99)
            .with("record_bytes", size_of::<State>()),
    )
}
