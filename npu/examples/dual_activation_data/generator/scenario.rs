//! One scenario through the kernel's step, cut into labelled windows.

use super::labels::{FORESIGHT, Feeling, feeling};
use super::random::between;
use super::scene::Situation;
use super::senses::Senses;
use super::timeline::{MOMENT_SECONDS, timeline};
use fastrand::Rng;
use triune_core::{BeingId, Consent, Nanoseconds, Parameters, State, Tick, Timestamp, step};
use triune_npu::StateWindow;

/// How hard the scenarios of a set are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Difficulty {
    /// Each sense is missing for a whole scenario with a probability up to this.
    pub(crate) missing: (f32, f32),
    /// Noise, as a share of the usual.
    pub(crate) noise: (f32, f32),
}

/// A window of states and what it shows.
pub(crate) struct Example {
    pub(crate) elements: Vec<f32>,
    pub(crate) situation: Situation,
    pub(crate) feeling: Feeling,
}

/// One state that the kernel reached, with the truth of its moment.
pub(crate) struct Labelled<'a> {
    pub(crate) state: &'a State,
    pub(crate) situation: Situation,
    pub(crate) feeling: Feeling,
}

/// Runs the scenario of this number and offers every state of it at the rate at which an
/// observer would take them.
pub(crate) fn run(
    seed: u64,
    number: u64,
    difficulty: Difficulty,
    mut observe: impl FnMut(&Labelled<'_>),
) {
    // Scenarios of one seed must not share a stream: the number is spread over all bits first
    // (the increment of SplitMix64; Steele, Lea and Flood 2014).
    let mut rng = Rng::with_seed(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let rng = &mut rng;
    let seconds = between(rng, 45.0, 110.0);
    let moments = timeline(rng, seconds + FORESIGHT);
    let missing = between(rng, difficulty.missing.0, difficulty.missing.1);
    let noise = between(rng, difficulty.noise.0, difficulty.noise.1);
    let mut senses = Senses::new(rng, missing, noise);
    let period: Nanoseconds = 1_000_000_000 / [50, 100, 200, 250][rng.usize(0..4)];
    let observing: Nanoseconds = [
        0,
        62_500_000,
        100_000_000,
        100_000_000,
        125_000_000,
        250_000_000,
    ][rng.usize(0..6)];
    let begin = rng.u64(1_000_000_000..1_000_000_000_000);
    let parameters = Parameters::default();
    let mut state = State::at_rest(BeingId::FIRST);
    let mut next = 0;
    for cycle in 1..=(f64::from(seconds) * 1e9) as u64 / period {
        let now = cycle * period;
        let index = (now as f32 / 1e9 / MOMENT_SECONDS) as usize;
        let percept = senses.sample(rng, &moments[index.min(moments.len() - 1)], now);
        let tick = Tick {
            time: Timestamp(begin + now),
            elapsed: period,
        };
        state = step(&state, &percept, Consent::ALL, &parameters, tick).0;
        if now >= next {
            next += observing.max(period);
            observe(&Labelled {
                state: &state,
                situation: moments[index].situation,
                feeling: feeling(&moments, index),
            });
        }
    }
}

/// The windows of the scenario of this number, one every second or two.
pub(crate) fn examples(seed: u64, number: u64, difficulty: Difficulty) -> Vec<Example> {
    let mut pauses = Rng::with_seed(!seed ^ number);
    let mut window = StateWindow::new();
    let mut due = Timestamp(0);
    let mut examples = Vec::new();
    run(seed, number, difficulty, |labelled| {
        if window.observe(labelled.state) && window.is_full() && labelled.state.time >= due {
            let pause = between(&mut pauses, 1.0, 2.2);
            due = labelled
                .state
                .time
                .after((f64::from(pause) * 1e9) as Nanoseconds);
            let mut elements = vec![0.0; triune_npu::WINDOW_SHAPE.iter().product()];
            if window.write(&mut elements) {
                let Labelled {
                    situation, feeling, ..
                } = *labelled;
                examples.push(Example {
                    elements,
                    situation,
                    feeling,
                });
            }
        }
    });
    examples
}
