//! Regimes that the recogniser was never taught: they recur, and each has a character of its own.

use super::random::{between, chance};
use super::scene::{Act, Scene, Situation};
use super::timeline::Room;
use fastrand::Rng;

/// Something that goes on and off in time: sound, likeness to a voice, motion and light, each
/// with a level for either half and a place of its own in the period.
#[derive(Clone, Debug)]
pub(crate) struct Regime {
    seconds: f32,
    on_share: f32,
    /// Decibels above the room's floor while on, and while off.
    loudness: [f32; 2],
    voice: [f32; 2],
    onset: f32,
    motion: [f32; 2],
    /// Share of the room's light.
    light: [f32; 2],
    /// Where in the period motion and light go on.
    motion_shift: f32,
    light_shift: f32,
}

/// Least distance of a regime's character to every taught scene and to the other regimes.
pub(crate) const LEAST_DISTANCE: f32 = 0.65;
/// Taught scenes that a new regime is compared with.
const TAUGHT_SCENES: usize = 400;
/// How long a character is taken, in moments of `SECONDS`.
const MOMENTS: usize = 300;
const SECONDS: f32 = 0.05;

/// What the senses could tell of a scene: mean and standard deviation of loudness (as a share of
/// 45 dB), voice, square root of motion, and brightness; and the mean strength of onsets a second.
type Character = [f32; 9];

impl Regime {
    /// Regimes for this room, drawn from wide ranges; each is far from all that is taught in
    /// whatever room and from the others.
    pub(crate) fn draw(rng: &mut Rng, count: usize, room: &Room) -> Vec<Self> {
        let mut taken: Vec<Character> = (0..TAUGHT_SCENES)
            .map(|_| {
                let elsewhere = Room::draw(rng);
                let situation = Situation::draw(rng);
                let mut scene = Scene::begin(rng, situation);
                character(&elsewhere, || scene.advance(rng, SECONDS))
            })
            .collect();
        let mut regimes = Vec::new();
        while regimes.len() < count {
            let regime = Self::any(rng);
            let mut visit = regime.clone().begin(rng);
            let mine = character(room, || visit.advance(SECONDS));
            if taken
                .iter()
                .all(|other| distance(&mine, other) >= LEAST_DISTANCE)
            {
                taken.push(mine);
                regimes.push(regime);
            }
        }
        regimes
    }

    fn any(rng: &mut Rng) -> Self {
        let mut pair = |low: f32, high: f32, steady: f32| {
            let on = between(rng, low, high);
            let off = if chance(rng, steady) {
                on
            } else {
                between(rng, low, high)
            };
            [on, off]
        };
        let loudness = pair(0.0, 45.0, 0.4);
        let voice = pair(0.0, 1.0, 0.5);
        let motion = pair(0.0, 1.0, 0.5).map(|motion| motion * motion);
        let light = pair(0.0, 2.5, 0.5);
        Self {
            seconds: between(rng, 0.5, 6.0),
            on_share: between(rng, 0.2, 0.8),
            loudness,
            voice,
            onset: if chance(rng, 0.5) {
                between(rng, 0.1, 1.0)
            } else {
                0.0
            },
            motion,
            light,
            motion_shift: rng.f32(),
            light_shift: rng.f32(),
        }
    }

    /// One visit: no visit is quite like another.
    pub(crate) fn begin(mut self, rng: &mut Rng) -> Visit {
        let louder = between(rng, -1.5, 1.5);
        for loudness in &mut self.loudness {
            *loudness = (*loudness + louder).max(0.0);
        }
        let mut vary = |value: &mut f32| *value *= between(rng, 0.93, 1.07);
        vary(&mut self.seconds);
        vary(&mut self.onset);
        for pair in [&mut self.voice, &mut self.motion, &mut self.light] {
            pair.iter_mut().for_each(&mut vary);
        }
        Visit {
            at: self.seconds * rng.f32(),
            regime: self,
        }
    }
}

/// One visit of a regime.
pub(crate) struct Visit {
    regime: Regime,
    at: f32,
}

impl Visit {
    /// The next moment.
    pub(crate) fn advance(&mut self, seconds: f32) -> Act {
        let regime = &self.regime;
        let phase = |at: f32, shift: f32| {
            usize::from((at / regime.seconds + shift).fract() >= regime.on_share)
        };
        let was = phase(self.at, 0.0);
        self.at += seconds;
        let sounds = phase(self.at, 0.0);
        Act {
            loudness: regime.loudness[sounds],
            voice: regime.voice[sounds].min(1.0),
            onset: if was == 1 && sounds == 0 {
                regime.onset.min(1.0)
            } else {
                0.0
            },
            motion: regime.motion[phase(self.at, regime.motion_shift)].min(1.0),
            light: regime.light[phase(self.at, regime.light_shift)],
            interaction: 0.0,
        }
    }
}

fn character(room: &Room, mut advance: impl FnMut() -> Act) -> Character {
    let (mut sums, mut squares, mut onsets) = ([0.0_f32; 4], [0.0_f32; 4], 0.0);
    for _ in 0..MOMENTS {
        let act = advance();
        let seen = [
            (room.floor + act.loudness) / 45.0,
            act.voice,
            act.motion.sqrt(),
            (room.light * act.light).min(1.0),
        ];
        for (place, value) in seen.into_iter().enumerate() {
            sums[place] += value;
            squares[place] += value * value;
        }
        onsets += act.onset;
    }
    let mut character = [0.0; 9];
    let count = MOMENTS as f32;
    for place in 0..4 {
        let mean = sums[place] / count;
        character[place] = mean;
        character[4 + place] = (squares[place] / count - mean * mean).max(0.0).sqrt();
    }
    character[8] = (onsets / (count * SECONDS)).min(1.0);
    character
}

fn distance(one: &Character, other: &Character) -> f32 {
    one.iter()
        .zip(other)
        .map(|(one, other)| (one - other) * (one - other))
        .sum::<f32>()
        .sqrt()
}
