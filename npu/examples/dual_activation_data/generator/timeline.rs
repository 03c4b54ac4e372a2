//! The course of one scenario, free of noise.

use super::random::{between, chance};
use super::scene::{Act, Scene, Situation};
use super::shock::Shocks;
use fastrand::Rng;

/// Seconds between two moments.
pub(crate) const MOMENT_SECONDS: f32 = 0.02;

/// The truth of one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Sound level, decibels relative to full scale.
    pub(crate) level: f32,
    /// Likeness to speech, 0 to 1.
    pub(crate) speech: f32,
    /// Strength of an onset at this moment, 0 for none.
    pub(crate) onset: f32,
    /// Mean luminance, 0 to 1.
    pub(crate) brightness: f32,
    /// Moving share of the picture, 0 to 1.
    pub(crate) motion: f32,
    /// Busy share of the processor.
    pub(crate) load: f32,
    /// Degrees Celsius.
    pub(crate) temperature: f32,
    /// Used share of memory.
    pub(crate) memory: f32,
    /// Share of time in which something waited for the processor.
    pub(crate) pressure: f32,
    /// What is going on.
    pub(crate) situation: Situation,
    /// Hidden: how much somebody turns to the kernel or to others before it.
    pub(crate) interaction: f32,
    /// Hidden: something startling began.
    pub(crate) startles: bool,
}

/// A room with a board in it: what stays while scenes come and go.
pub(crate) struct Room {
    /// Decibels relative to full scale while nothing sounds.
    pub(crate) floor: f32,
    pub(crate) light: f32,
    board: Board,
    shocks: Shocks,
    speech: f32,
}

struct Board {
    load: f32,
    temperature: f32,
    memory: f32,
    pressure: f32,
    idle_load: f32,
    idle_temperature: f32,
    idle_memory: f32,
}

/// What work asks of the board.
pub(crate) struct Demand {
    load: f32,
    temperature: f32,
    memory: f32,
    pressure: f32,
    warming_seconds: f32,
    fan: f32,
}

/// The moments of a scenario that lasts `seconds`.
pub(crate) fn timeline(rng: &mut Rng, seconds: f32) -> Vec<Moment> {
    let mut room = Room::draw(rng);
    let mut moments = Vec::new();
    let count = (seconds / MOMENT_SECONDS) as usize;
    while moments.len() < count {
        let situation = Situation::draw(rng);
        let mut scene = Scene::begin(rng, situation);
        let demand = room.demand(rng, situation);
        let span = (between(rng, 6.0, 25.0) / MOMENT_SECONDS) as usize;
        for _ in 0..span.min(count - moments.len()) {
            let act = scene.advance(rng, MOMENT_SECONDS);
            moments.push(room.advance(rng, &act, &demand, situation));
        }
    }
    moments
}

impl Room {
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        Self {
            floor: between(rng, -74.0, -50.0),
            light: between(rng, 0.15, 0.7),
            board: Board::idle(rng),
            shocks: Shocks::new(),
            speech: 0.0,
        }
    }

    /// What this situation asks of the board.
    pub(crate) fn demand(&self, rng: &mut Rng, situation: Situation) -> Demand {
        self.board.demand(rng, situation)
    }

    /// The next moment, in which the scene does `act`.
    pub(crate) fn advance(
        &mut self,
        rng: &mut Rng,
        act: &Act,
        demand: &Demand,
        situation: Situation,
    ) -> Moment {
        let jolt = self.shocks.advance(rng, MOMENT_SECONDS);
        self.board.follow(rng, demand);
        // The likeness rises and falls as hearing's does: evidence gathers and fades.
        let lag = if act.voice > self.speech { 0.3 } else { 0.6 };
        self.speech += (act.voice - self.speech) * MOMENT_SECONDS / lag;
        Moment {
            level: self.floor + add_levels(&[0.0, act.loudness, jolt.loudness, demand.fan]),
            speech: self.speech,
            onset: act.onset.max(jolt.onset),
            brightness: (self.light * act.light + jolt.flash).min(1.0),
            motion: act.motion.max(jolt.motion).min(1.0),
            load: self.board.load,
            temperature: self.board.temperature,
            memory: self.board.memory,
            pressure: self.board.pressure,
            situation,
            interaction: act.interaction,
            startles: jolt.startles,
        }
    }
}

/// Levels of sounds that do not know of each other, in decibels: their powers add.
fn add_levels(levels: &[f32]) -> f32 {
    let power: f32 = levels
        .iter()
        .filter(|&&level| level > 0.0)
        .map(|level| 10.0_f32.powf(level / 10.0))
        .sum();
    10.0 * power.max(1.0).log10()
}

impl Board {
    fn idle(rng: &mut Rng) -> Self {
        let idle_load = between(rng, 0.05, 0.35);
        let idle_temperature = between(rng, 36.0, 56.0);
        let idle_memory = between(rng, 0.1, 0.55);
        Self {
            load: idle_load,
            temperature: idle_temperature,
            memory: idle_memory,
            pressure: 0.02,
            idle_load,
            idle_temperature,
            idle_memory,
        }
    }

    fn demand(&self, rng: &mut Rng, situation: Situation) -> Demand {
        if situation == Situation::Strain {
            let load = between(rng, 0.75, 1.0);
            return Demand {
                load,
                temperature: between(rng, 64.0, 95.0).max(self.idle_temperature + 10.0),
                memory: if chance(rng, 0.4) {
                    between(rng, 0.7, 0.97)
                } else {
                    self.idle_memory
                },
                pressure: between(rng, 0.1, 0.9),
                warming_seconds: between(rng, 5.0, 25.0),
                fan: if chance(rng, 0.6) {
                    between(rng, 3.0, 14.0)
                } else {
                    0.0
                },
            };
        }
        // Other work goes on at times without being strain.
        let load = if chance(rng, 0.2) {
            between(rng, 0.4, 0.75)
        } else {
            self.idle_load
        };
        Demand {
            load,
            temperature: self.idle_temperature + 18.0 * (load - self.idle_load),
            memory: self.idle_memory,
            pressure: 0.02 + 0.2 * (load - self.idle_load),
            warming_seconds: between(rng, 10.0, 30.0),
            fan: 0.0,
        }
    }

    fn follow(&mut self, rng: &mut Rng, demand: &Demand) {
        let towards = |value: &mut f32, target: f32, seconds: f32| {
            *value += (target - *value) * MOMENT_SECONDS / seconds;
        };
        towards(&mut self.load, demand.load, 1.0);
        towards(
            &mut self.temperature,
            demand.temperature,
            demand.warming_seconds,
        );
        towards(&mut self.memory, demand.memory, 4.0);
        // PSI's avg10 is an average over ten seconds (Linux Documentation/accounting/psi.rst).
        towards(&mut self.pressure, demand.pressure, 10.0);
        self.load = (self.load + between(rng, -0.004, 0.004)).clamp(0.0, 1.0);
    }
}
