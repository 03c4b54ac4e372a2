//! Percepts for tests.
use triune_core::*;

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
    let mut kept = Vec::new();
    for _ in 0..cycles {
        let tick = Tick {
            time: being.state.time.after(PERIOD),
            elapsed: PERIOD,
        };
        let (state, outputs) = step(
            &being.state,
            percept,
            being.consent,
            &being.parameters,
            tick,
        );
        being.state = state;
        kept.extend(outputs.crystal);
    }
    kept
}
