//! How the senses see a timeline: late, noisy, with gaps, and some of them not at all.

use super::random::{between, chance, normal};
use super::timeline::Moment;
use fastrand::Rng;
use triune_core::{
    AnswersPercept, BandLevels, BodyPercept, GRID_CELLS, HearingPercept, Judgement, LuminanceGrid,
    Nanoseconds, Percept, RecallAnswer, SightPercept, ToldPercept,
};

/// What is said in words now and then; which words does not matter here.
const WORDS: [&str; 4] = [
    "good morning",
    "what do you see there",
    "the light is on",
    "tell me about the house",
];

/// Percepts of one scenario. Nanoseconds count from its beginning.
pub(crate) struct Senses {
    hearing: Option<Hearing>,
    sight: Option<Sight>,
    body: Option<Body>,
    recall: Option<Feed<RecallAnswer>>,
    is_told: bool,
}

/// The newest of one sense, refreshed at its own rate, with gaps.
struct Feed<T> {
    newest: Option<(T, Nanoseconds)>,
    period: Nanoseconds,
    next: Nanoseconds,
    gap_until: Nanoseconds,
    /// In a gap the newest value either goes on ageing or is withdrawn.
    is_withdrawn: bool,
}

impl<T: Copy> Feed<T> {
    fn new(period: Nanoseconds) -> Self {
        Self {
            newest: None,
            period,
            next: 0,
            gap_until: 0,
            is_withdrawn: false,
        }
    }

    /// Whether a new value is due now.
    fn is_due(&mut self, rng: &mut Rng, now: Nanoseconds) -> bool {
        if now < self.next {
            return false;
        }
        self.next = now + self.period;
        // One gap a minute on average, of half a second to six.
        if now >= self.gap_until && chance(rng, self.period as f32 / 60e9) {
            self.gap_until = now + seconds(between(rng, 0.5, 6.0));
            self.is_withdrawn = chance(rng, 0.5);
        }
        if now < self.gap_until && self.is_withdrawn {
            self.newest = None;
        }
        now >= self.gap_until
    }
}

struct Hearing {
    feed: Feed<(HearingPercept, Option<Nanoseconds>)>,
    gain: f32,
    level_noise: f32,
    speech_noise: f32,
    trust: f32,
    onset: Option<(f32, Nanoseconds)>,
}

struct Sight {
    feed: Feed<SightPercept>,
    brightness_noise: f32,
    motion_noise: f32,
}

struct Body {
    feed: Feed<BodyPercept>,
    noise: f32,
    has_temperature: bool,
    has_pressure: bool,
}

fn seconds(span: f32) -> Nanoseconds {
    (f64::from(span) * 1e9) as Nanoseconds
}

impl Senses {
    /// Each of the three senses is missing with probability `missing`; `noise` scales all noise.
    pub(crate) fn new(rng: &mut Rng, missing: f32, noise: f32) -> Self {
        let mut has = |_: &str| !chance(rng, missing);
        let (hears, sees, feels) = (has("hearing"), has("sight"), has("body"));
        Self {
            hearing: hears.then(|| Hearing {
                feed: Feed::new(20_000_000),
                gain: between(rng, -6.0, 6.0),
                level_noise: noise * between(rng, 0.5, 2.5),
                speech_noise: noise * between(rng, 0.03, 0.15),
                trust: between(rng, 0.8, 1.0),
                onset: None,
            }),
            sight: sees.then(|| Sight {
                feed: Feed::new(seconds(1.0 / between(rng, 8.0, 30.0))),
                brightness_noise: noise * between(rng, 0.003, 0.02),
                motion_noise: noise * between(rng, 0.0005, 0.008),
            }),
            body: feels.then(|| Body {
                feed: Feed::new(seconds(between(rng, 0.5, 2.0))),
                noise,
                has_temperature: chance(rng, 0.9),
                has_pressure: chance(rng, 0.8),
            }),
            recall: chance(rng, 0.6).then(|| Feed::new(500_000_000)),
            is_told: chance(rng, 0.3),
        }
    }

    /// What the kernel is given at `now`; `moment` is the truth of then.
    pub(crate) fn sample(&mut self, rng: &mut Rng, moment: &Moment, now: Nanoseconds) -> Percept {
        let told = if self.is_told && chance(rng, 0.001) {
            ToldPercept::from_text(WORDS[rng.usize(0..WORDS.len())])
        } else {
            ToldPercept::ABSENT
        };
        Percept {
            hearing: self
                .hearing
                .as_mut()
                .map_or(HearingPercept::ABSENT, |sense| {
                    sense.sample(rng, moment, now)
                }),
            sight: self
                .sight
                .as_mut()
                .map_or(SightPercept::ABSENT, |sense| sense.sample(rng, moment, now)),
            body: self
                .body
                .as_mut()
                .map_or(BodyPercept::ABSENT, |sense| sense.sample(rng, moment, now)),
            told,
            answers: AnswersPercept {
                recall: self
                    .recall
                    .as_mut()
                    .map_or(RecallAnswer::ABSENT, |feed| recall(feed, rng, now)),
                ..AnswersPercept::ABSENT
            },
        }
    }
}

impl Hearing {
    fn sample(&mut self, rng: &mut Rng, moment: &Moment, now: Nanoseconds) -> HearingPercept {
        if self.feed.is_due(rng, now) {
            let level = normal(rng, moment.level + self.gain, self.level_noise).clamp(-120.0, 0.0);
            let speech = normal(rng, moment.speech, self.speech_noise).clamp(0.0, 1.0);
            // One in ten onsets is missed, and twice a minute one is heard where none was.
            if moment.onset > 0.05 && !chance(rng, 0.1) {
                self.onset = Some((
                    (moment.onset + between(rng, -0.1, 0.1)).clamp(0.0, 1.0),
                    now,
                ));
            } else if chance(rng, 0.02 / 30.0) {
                self.onset = Some((between(rng, 0.05, 0.3), now));
            }
            let heard = HearingPercept {
                level: Judgement::fresh(level, self.trust),
                onset: self.onset.map_or(Judgement::ABSENT, |(strength, _)| {
                    Judgement::fresh(strength, self.trust)
                }),
                speech: Judgement::fresh(speech, self.trust),
                bands: BandLevels::ABSENT,
            };
            self.feed.newest = Some(((heard, self.onset.map(|(_, time)| time)), now));
        }
        let Some(((heard, onset), taken)) = self.feed.newest else {
            return HearingPercept::ABSENT;
        };
        let mut heard = heard.aged(now - taken);
        if let Some(onset) = onset {
            heard.onset.age = now - onset;
        }
        heard
    }
}

impl Sight {
    fn sample(&mut self, rng: &mut Rng, moment: &Moment, now: Nanoseconds) -> SightPercept {
        if self.feed.is_due(rng, now) {
            // A dark picture is amplified, and its noise with it.
            let grain = if moment.brightness < 0.08 { 2.0 } else { 1.0 };
            let brightness = normal(rng, moment.brightness, self.brightness_noise).clamp(0.0, 1.0);
            let moved = normal(rng, 0.0, self.motion_noise * grain).abs();
            let seen_motion = moment.motion * between(rng, 0.6, 1.2);
            let seen = SightPercept {
                brightness: Judgement::fresh(brightness, 1.0),
                motion: Judgement::fresh((seen_motion + moved).clamp(0.0, 1.0), 1.0),
                grid: LuminanceGrid([(brightness * 255.0) as u8; GRID_CELLS]),
            };
            self.feed.newest = Some((seen, now));
        }
        self.feed
            .newest
            .map_or(SightPercept::ABSENT, |(seen, taken)| seen.aged(now - taken))
    }
}

impl Body {
    fn sample(&mut self, rng: &mut Rng, moment: &Moment, now: Nanoseconds) -> BodyPercept {
        if self.feed.is_due(rng, now) {
            let share = |rng: &mut Rng, value: f32, noise: f32| {
                Judgement::fresh(normal(rng, value, noise).clamp(0.0, 1.0), 1.0)
            };
            let felt = BodyPercept {
                load: share(rng, moment.load, 0.06 * self.noise),
                temperature: if self.has_temperature {
                    Judgement::fresh(normal(rng, moment.temperature, 0.6 * self.noise), 1.0)
                } else {
                    Judgement::ABSENT
                },
                memory: share(rng, moment.memory, 0.01 * self.noise),
                pressure: if self.has_pressure {
                    share(rng, moment.pressure, 0.02 * self.noise)
                } else {
                    Judgement::ABSENT
                },
            };
            self.feed.newest = Some((felt, now));
        }
        self.feed
            .newest
            .map_or(BodyPercept::ABSENT, |(felt, taken)| felt.aged(now - taken))
    }
}

/// Memory's answers tell nothing of the scenario; they make the kernel's novelty lifelike.
fn recall(feed: &mut Feed<RecallAnswer>, rng: &mut Rng, now: Nanoseconds) -> RecallAnswer {
    if feed.is_due(rng, now) {
        let answer = RecallAnswer {
            crystal: 1,
            similarity: Judgement::fresh(between(rng, 0.5, 0.98), 1.0),
        };
        feed.newest = Some((answer, now));
    }
    feed.newest
        .map_or(RecallAnswer::ABSENT, |(answer, taken)| RecallAnswer {
            similarity: answer.similarity.aged(now - taken),
            ..answer
        })
}
