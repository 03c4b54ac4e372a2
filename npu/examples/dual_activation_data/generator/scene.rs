//! What happens in each situation, free of noise.

use super::random::{Bout, Wander, between, chance};
use fastrand::Rng;

/// What is going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Situation {
    Quiet = 0,
    Conversation = 1,
    Movement = 2,
    Machine = 3,
    Darkness = 4,
    Strain = 5,
}

impl Situation {
    pub(crate) const NAMES: [&str; 6] = [
        "quiet",
        "conversation",
        "movement",
        "machine",
        "darkness",
        "strain",
    ];

    /// Drawn with the weights that a lived-in room might have.
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        const WEIGHTS: [(Situation, f32); 6] = [
            (Situation::Quiet, 0.25),
            (Situation::Conversation, 0.20),
            (Situation::Movement, 0.17),
            (Situation::Machine, 0.14),
            (Situation::Darkness, 0.12),
            (Situation::Strain, 0.12),
        ];
        let mut left = rng.f32();
        for (situation, weight) in WEIGHTS {
            left -= weight;
            if left < 0.0 {
                return situation;
            }
        }
        Self::Strain
    }
}

/// What a scene does in one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act {
    /// Sound level above the room's floor, decibels.
    pub(crate) loudness: f32,
    /// Whether somebody's voice sounds, or how like a voice the sound is; 0 to 1.
    pub(crate) voice: f32,
    /// Strength of a sound that sets in at this moment, 0 for none.
    pub(crate) onset: f32,
    /// Moving share of the picture.
    pub(crate) motion: f32,
    /// Share of the room's light.
    pub(crate) light: f32,
    /// How much somebody turns to the kernel or to others before it, 0 to 1. Hidden.
    pub(crate) interaction: f32,
}

impl Act {
    pub(crate) const NOTHING: Self = Self {
        loudness: 0.0,
        voice: 0.0,
        onset: 0.0,
        motion: 0.0,
        light: 1.0,
        interaction: 0.0,
    };
}

/// A scene that goes on.
pub(crate) enum Scene {
    Quiet { stir: Bout },
    Conversation(Conversation),
    Movement(Movement),
    Machine(Machine),
    Darkness(Darkness),
}

impl Scene {
    /// A scene of this kind; a board under strain has one of the other scenes around it.
    pub(crate) fn begin(rng: &mut Rng, situation: Situation) -> Self {
        match situation {
            Situation::Quiet => Self::Quiet {
                stir: Bout::new(rng, (0.2, 1.0), (4.0, 20.0)),
            },
            Situation::Conversation => Self::Conversation(Conversation::begin(rng)),
            Situation::Movement => Self::Movement(Movement::begin(rng)),
            Situation::Machine => Self::Machine(Machine::begin(rng)),
            Situation::Darkness => Self::Darkness(Darkness::begin(rng)),
            Situation::Strain => {
                let around = [
                    Situation::Quiet,
                    Situation::Quiet,
                    Situation::Quiet,
                    Situation::Conversation,
                    Situation::Movement,
                    Situation::Machine,
                    Situation::Darkness,
                ];
                let chosen = around[rng.usize(0..around.len())];
                Self::begin(rng, chosen)
            }
        }
    }

    /// The next moment.
    pub(crate) fn advance(&mut self, rng: &mut Rng, seconds: f32) -> Act {
        match self {
            Self::Quiet { stir } => {
                let stirs = stir.advance(rng, seconds, 1.0);
                Act {
                    loudness: if stirs { 6.0 } else { 0.0 },
                    ..Act::NOTHING
                }
            }
            Self::Conversation(scene) => scene.advance(rng, seconds),
            Self::Movement(scene) => scene.advance(rng, seconds),
            Self::Machine(scene) => scene.advance(rng, seconds),
            Self::Darkness(scene) => scene.advance(rng, seconds),
        }
    }
}

/// People speak in turns; the livelier, the shorter the pauses and the more they gesture.
pub(crate) struct Conversation {
    loudness: f32,
    turn: Bout,
    gesture: Bout,
    gesture_size: f32,
    liveliness: Wander,
}

impl Conversation {
    fn begin(rng: &mut Rng) -> Self {
        let in_view = chance(rng, 0.75);
        let mean = between(rng, 0.2, 0.95);
        Self {
            loudness: between(rng, 8.0, 30.0),
            turn: Bout::new(rng, (0.8, 4.0), (0.2, 2.4)),
            gesture: Bout::new(rng, (0.3, 2.0), (1.0, 8.0)),
            gesture_size: if in_view {
                between(rng, 0.004, 0.05)
            } else {
                0.0
            },
            liveliness: Wander::new(rng, mean, 0.2, 6.0),
        }
    }

    fn advance(&mut self, rng: &mut Rng, seconds: f32) -> Act {
        let liveliness = self.liveliness.advance(rng, seconds);
        let was_on = self.turn.is_on;
        let speaks = self.turn.advance(rng, seconds, 0.5 + 2.0 * liveliness);
        let gestures = self.gesture.advance(rng, seconds, 0.5 + 2.0 * liveliness);
        let size = self.gesture_size * (0.5 + liveliness);
        Act {
            loudness: if speaks {
                self.loudness + 8.0 * (liveliness - 0.5)
            } else {
                1.0
            },
            voice: if speaks { 1.0 } else { 0.0 },
            onset: if speaks && !was_on {
                0.2 + 0.3 * liveliness
            } else {
                0.0
            },
            motion: if gestures { size } else { 0.0 },
            interaction: liveliness,
            ..Act::NOTHING
        }
    }
}

/// Somebody walks about: towards the kernel, away, or past it.
pub(crate) struct Movement {
    walk: Bout,
    size: f32,
    approach: Wander,
    step_loudness: f32,
    step_seconds: f32,
    next_step: f32,
    word: Bout,
}

impl Movement {
    fn begin(rng: &mut Rng) -> Self {
        let audible = chance(rng, 0.6);
        let mean = between(rng, 0.1, 0.8);
        Self {
            walk: Bout::new(rng, (1.0, 6.0), (0.3, 3.0)),
            size: between(rng, 0.02, 0.18),
            approach: Wander::new(rng, mean, 0.25, 5.0),
            step_loudness: if audible {
                between(rng, 5.0, 18.0)
            } else {
                0.0
            },
            step_seconds: between(rng, 0.45, 0.65),
            next_step: 0.0,
            word: Bout::new(rng, (0.4, 1.2), (6.0, 30.0)),
        }
    }

    fn advance(&mut self, rng: &mut Rng, seconds: f32) -> Act {
        let approach = self.approach.advance(rng, seconds);
        let walks = self.walk.advance(rng, seconds, 0.5 + approach);
        let speaks = self.word.advance(rng, seconds, 0.5 + approach);
        self.next_step -= seconds;
        let steps = walks && self.step_loudness > 0.0 && self.next_step <= 0.0;
        if steps {
            self.next_step = self.step_seconds;
        }
        let stepping = walks && self.next_step > self.step_seconds - 0.1;
        let voice_loudness = if speaks { 14.0 } else { 0.0 };
        let step_loudness = if stepping {
            self.step_loudness * (0.5 + approach)
        } else {
            0.0
        };
        Act {
            loudness: step_loudness.max(voice_loudness),
            voice: if speaks { 1.0 } else { 0.0 },
            onset: if steps { 0.15 + 0.35 * approach } else { 0.0 },
            motion: if walks {
                self.size * (0.4 + 1.6 * approach)
            } else {
                0.0
            },
            interaction: approach,
            ..Act::NOTHING
        }
    }
}

/// A machine hums or music plays; nobody is there.
pub(crate) struct Machine {
    loudness: f32,
    swell: Wander,
    beat: Option<Beat>,
    likeness: Wander,
    shaking: f32,
}

struct Beat {
    seconds: f32,
    next: f32,
    strength: f32,
}

impl Machine {
    fn begin(rng: &mut Rng) -> Self {
        let is_music = chance(rng, 0.5);
        let likeness = if is_music {
            between(rng, 0.05, 0.55)
        } else {
            between(rng, 0.0, 0.15)
        };
        Self {
            loudness: between(rng, 10.0, 36.0),
            swell: Wander::new(rng, 0.5, 0.15, 2.0),
            beat: is_music.then(|| Beat {
                seconds: between(rng, 0.3, 0.7),
                next: 0.0,
                strength: between(rng, 0.2, 0.6),
            }),
            likeness: Wander::new(rng, likeness, 0.12, 1.5),
            shaking: if chance(rng, 0.2) {
                between(rng, 0.002, 0.03)
            } else {
                0.0
            },
        }
    }

    fn advance(&mut self, rng: &mut Rng, seconds: f32) -> Act {
        let mut onset = 0.0;
        let mut pulse = 0.0;
        if let Some(beat) = &mut self.beat {
            beat.next -= seconds;
            if beat.next <= 0.0 {
                beat.next = beat.seconds;
                onset = if chance(rng, 0.7) {
                    beat.strength * between(rng, 0.6, 1.2)
                } else {
                    0.0
                };
            }
            pulse = 6.0 * beat.next / beat.seconds - 3.0;
        }
        Act {
            loudness: self.loudness + pulse + 8.0 * (self.swell.advance(rng, seconds) - 0.5),
            voice: self.likeness.advance(rng, seconds),
            onset,
            motion: self.shaking,
            ..Act::NOTHING
        }
    }
}

/// The light is out; mostly still, but not always.
pub(crate) struct Darkness {
    light: f32,
    hum: f32,
    murmur: Option<Bout>,
    stir: Option<Bout>,
    stir_size: f32,
}

impl Darkness {
    fn begin(rng: &mut Rng) -> Self {
        let murmurs = chance(rng, 0.15);
        let stirs = chance(rng, 0.2);
        Self {
            light: between(rng, 0.0, 0.15),
            hum: if chance(rng, 0.3) {
                between(rng, 3.0, 15.0)
            } else {
                0.0
            },
            murmur: murmurs.then(|| Bout::new(rng, (0.5, 2.0), (2.0, 10.0))),
            stir: stirs.then(|| Bout::new(rng, (0.5, 2.0), (3.0, 12.0))),
            stir_size: between(rng, 0.005, 0.05),
        }
    }

    fn advance(&mut self, rng: &mut Rng, seconds: f32) -> Act {
        let mut on = |bout: &mut Option<Bout>| {
            bout.as_mut()
                .is_some_and(|bout| bout.advance(rng, seconds, 1.0))
        };
        let murmurs = on(&mut self.murmur);
        let stirs = on(&mut self.stir);
        Act {
            loudness: self.hum.max(if murmurs { 8.0 } else { 0.0 }),
            voice: if murmurs { 1.0 } else { 0.0 },
            motion: if stirs { self.stir_size } else { 0.0 },
            light: self.light,
            interaction: if murmurs { 0.4 } else { 0.05 },
            ..Act::NOTHING
        }
    }
}
