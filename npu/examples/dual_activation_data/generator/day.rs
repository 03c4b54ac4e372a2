//! Whole days in one room: taught scenes and, between them, recurring visits of untaught regimes.

use super::random::{between, chance};
use super::regime::Regime;
use super::scene::{Scene, Situation};
use super::senses::Senses;
use super::timeline::{MOMENT_SECONDS, Room};
use fastrand::Rng;
use triune_core::{BeingId, Consent, Nanoseconds, Parameters, State, Tick, Timestamp, step};

/// What really goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    Taught(Situation),
    /// The untaught regime of this number.
    Untaught(usize),
}

/// Share of the visits that one regime has.
const VISIT_SHARE: f32 = 0.12;
/// How long scenes and regimes stay, seconds.
const TAUGHT_SECONDS: (f32, f32) = (10.0, 240.0);
const UNTAUGHT_SECONDS: (f32, f32) = (45.0, 240.0);
const PERIOD: Nanoseconds = 20_000_000;

/// Runs a day of `seconds` with this many untaught regimes and offers every state of it.
pub(crate) fn day(seed: u64, regimes: usize, seconds: f64, mut observe: impl FnMut(&State, Truth)) {
    // As in `scenario::run`: neighbouring seeds must not share a stream.
    let mut rng = Rng::with_seed(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let rng = &mut rng;
    let mut room = Room::draw(rng);
    let regimes = Regime::draw(rng, regimes, &room);
    let noise = between(rng, 0.5, 1.5);
    let mut senses = Senses::new(rng, 0.0, noise);
    let begin = rng.u64(1_000_000_000..1_000_000_000_000);
    let parameters = Parameters::default();
    let mut state = State::at_rest(BeingId::FIRST);
    let mut visits = vec![0_u32; regimes.len()];
    let (mut cycle, cycles) = (0, (seconds * 1e9) as u64 / PERIOD);
    while cycle < cycles {
        let is_untaught = chance(rng, VISIT_SHARE * regimes.len() as f32);
        // The regime that came least often, so that each recurs.
        let least = visits.iter().min().copied().unwrap_or(0);
        let next: Vec<usize> = (0..regimes.len())
            .filter(|&place| visits[place] == least)
            .collect();
        let (truth, situation, length) = if is_untaught {
            let place = next[rng.usize(0..next.len())];
            visits[place] += 1;
            (Truth::Untaught(place), Situation::Quiet, UNTAUGHT_SECONDS)
        } else {
            let situation = Situation::draw(rng);
            (Truth::Taught(situation), situation, TAUGHT_SECONDS)
        };
        let mut scene = Scene::begin(rng, situation);
        let mut visit = match truth {
            Truth::Untaught(place) => Some(regimes[place].clone().begin(rng)),
            Truth::Taught(_) => None,
        };
        let demand = room.demand(rng, situation);
        let span = (between(rng, length.0, length.1) / MOMENT_SECONDS) as u64;
        for _ in 0..span.min(cycles - cycle) {
            cycle += 1;
            let now = cycle * PERIOD;
            let act = match &mut visit {
                Some(visit) => visit.advance(MOMENT_SECONDS),
                None => scene.advance(rng, MOMENT_SECONDS),
            };
            let moment = room.advance(rng, &act, &demand, situation);
            let percept = senses.sample(rng, &moment, now);
            let tick = Tick {
                time: Timestamp(begin + now),
                elapsed: PERIOD,
            };
            state = step(&state, &percept, Consent::ALL, &parameters, tick).0;
            observe(&state, truth);
        }
    }
}
