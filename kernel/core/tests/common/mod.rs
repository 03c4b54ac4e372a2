//! What the tests of the step share.
#![allow(dead_code, reason = "each test takes what it needs")]

pub(crate) mod any;
pub(crate) mod ranges;

use triune_core::*;
use zerocopy::IntoBytes;

/// The default cycle: 4 ms.
pub(crate) const PERIOD: Nanoseconds = 4_000_000;

/// A percept in which every sense is present and quiet.
pub(crate) fn quiet() -> Percept {
    let mut percept = Percept::ABSENT;
    percept.hearing.level = Judgement::fresh(-70.0, 1.0);
    percept.hearing.onset = Judgement {
        value: 0.0,
        confidence: 1.0,
        age: AGE_NEVER,
    };
    percept.hearing.speech = Judgement::fresh(0.0, 1.0);
    percept.hearing.bands = BandLevels {
        values: [-80.0; BAND_COUNT],
        confidence: 1.0,
        reserved: 0,
        age: 0,
    };
    percept.sight.brightness = Judgement::fresh(0.4, 1.0);
    percept.sight.motion = Judgement::fresh(0.0, 1.0);
    percept.sight.grid = LuminanceGrid([102; GRID_CELLS]);
    percept.body.load = Judgement::fresh(0.1, 1.0);
    percept.body.temperature = Judgement::fresh(40.0, 1.0);
    percept.body.memory = Judgement::fresh(0.2, 1.0);
    percept.body.pressure = Judgement::fresh(0.0, 1.0);
    percept
}

/// Runs `cycles` cycles with one percept; gives the last state and every kept moment.
pub(crate) fn run(being: &mut Being, percept: &Percept, cycles: u64) -> Vec<CrystalDraft> {
    run_joined(being, percept, LoopSet::ALL, cycles)
}

/// The same with the loops of `joined` in time only.
pub(crate) fn run_joined(
    being: &mut Being,
    percept: &Percept,
    joined: LoopSet,
    cycles: u64,
) -> Vec<CrystalDraft> {
    (0..cycles)
        .filter_map(|_| cycle(being, percept, joined).crystal)
        .collect()
}

/// Runs one cycle and gives what it hands out.
pub(crate) fn cycle(being: &mut Being, percept: &Percept, joined: LoopSet) -> Outputs {
    let tick = Tick {
        time: being.state.time.after(PERIOD),
        elapsed: PERIOD,
    };
    let (state, outputs) = step_joined(
        &being.state,
        percept,
        joined,
        being.consent,
        &being.parameters,
        tick,
    );
    being.state = state;
    outputs
}

/// All that a cycle hands out, bit for bit.
pub(crate) fn output_bytes(outputs: &Outputs) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(draft) = &outputs.crystal {
        bytes.extend(draft.as_bytes());
    }
    if let Some(question) = &outputs.question {
        bytes.extend(question.being.as_bytes());
        bytes.extend(question.cycle.to_le_bytes());
        bytes.extend(question.time.as_bytes());
        bytes.extend(question.embedding.as_bytes());
    }
    bytes
}
