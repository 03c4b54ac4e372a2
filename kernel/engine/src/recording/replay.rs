//! Runs a recording through the step again.

use super::entry::Entry;
use super::error::RecordingError;
use super::reader::Reader;
use std::collections::BTreeMap;
use std::io::Read;
use triune_core::{BeingId, LoopSet, Parameters, State, StateHash, Tick, step_joined};
use zerocopy::FromZeros;

/// Where a replay first departed from its recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Cycle of the being's life.
    pub cycle: u64,
    /// Hash that was recorded.
    pub recorded: StateHash,
    /// Hash that came out now.
    pub replayed: StateHash,
}

/// What a replay found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReplayReport {
    /// Cycles that were replayed.
    pub cycles: u64,
    /// Deadlines that were lost when it was recorded.
    pub skipped: u64,
    /// The last state.
    pub state: State,
    /// Where it first departed; `None` if every cycle was the same, bit for bit.
    pub difference: Option<Difference>,
    /// Whether the recorder was killed before it wrote the end mark.
    pub cut_short: bool,
    /// Whether the end mark, if there is one, states other figures than were found.
    pub end_disagrees: bool,
}

/// Replays every cycle; calls `progress` with the number of cycles done after each.
///
/// # Errors
/// [`RecordingError`] where the recording cannot be read. A difference is not an error.
pub fn replay<R: Read>(
    reader: &mut Reader<R>,
    mut progress: impl FnMut(u64, &State),
) -> Result<ReplayReport, RecordingError> {
    let header = *reader.header();
    let mut beings: BTreeMap<BeingId, (State, Parameters)> = BTreeMap::new();
    beings.insert(header.state.being, (header.state, header.parameters));
    let mut cycle = (Tick::new_zeroed(), LoopSet::ALL);
    let mut report = ReplayReport {
        cycles: 0,
        skipped: 0,
        state: header.state,
        difference: None,
        cut_short: false,
        end_disagrees: false,
    };
    while let Some(entry) = reader.next_entry()? {
        match entry {
            Entry::Joined(start) => {
                beings.insert(start.state.being, (start.state, start.parameters));
            }
            Entry::Left(being) => {
                beings.remove(&being);
            }
            Entry::Parameters(being, changed) => {
                if let Some((_, parameters)) = beings.get_mut(&being) {
                    *parameters = changed;
                }
            }
            Entry::Cycle(record) => {
                cycle = (record.tick, record.joined);
                report.cycles += 1;
                report.skipped += record.skipped;
            }
            Entry::Step(record) => {
                let Some((state, parameters)) = beings.get_mut(&record.being) else {
                    continue;
                };
                let (tick, joined) = cycle;
                (*state, _) = step_joined(
                    state,
                    &record.percept,
                    joined,
                    record.consent,
                    parameters,
                    tick,
                );
                report.state = *state;
                let (recorded, replayed) = (record.state.hash(), state.hash());
                if report.difference.is_none() && replayed != recorded {
                    report.difference = Some(Difference {
                        cycle: state.cycle,
                        recorded,
                        replayed,
                    });
                }
                progress(report.cycles, state);
            }
        }
    }
    report.cut_short = reader.was_cut_short();
    report.end_disagrees = reader.end().is_some_and(|(cycles, hash)| {
        cycles != report.cycles || report.difference.is_none() && hash != report.state.hash()
    });
    Ok(report)
}
