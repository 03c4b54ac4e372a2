//! Anything that the step may meet, at random.
use proptest::prelude::*;
use triune_core::*;
use zerocopy::FromBytes;

/// Most radians a second that an energy centre may swing at: the highest natural frequency.
pub(crate) const FASTEST: f32 = 2.0 * std::f32::consts::PI * 5.0;

/// 0 to 1, with the ends and the smallest numbers more often than chance.
pub(crate) fn share() -> impl Strategy<Value = f32> {
    prop_oneof![
        1 => Just(0.0_f32),
        1 => Just(1.0_f32),
        1 => Just(f32::MIN_POSITIVE / 4.0),
        7 => 0.0_f32..=1.0,
    ]
}

/// Any bytes at all are a percept: every float may be infinite, not a number or denormal.
pub(crate) fn percept() -> impl Strategy<Value = Percept> {
    let bytes = prop::collection::vec(any::<u8>(), size_of::<Percept>())
        .prop_map(|bytes| Percept::read_from_bytes(&bytes).expect("sized"));
    prop_oneof![1 => bytes, 3 => possible_percept()]
}

/// A percept of which most is within its range, so that much of it is admitted.
fn possible_percept() -> impl Strategy<Value = Percept> {
    let judgements = prop::collection::vec((share(), share(), age()), 14);
    let bytes = (
        any::<[u8; GRID_CELLS]>(),
        any::<[u64; TOKEN_CAPACITY]>(),
        0..=TOKEN_CAPACITY as u32,
    );
    (judgements, bytes, any::<(u64, u32, u32)>()).prop_map(
        |(values, (grid, tokens, count), (crystal, situation, feeling))| {
            let judged = |index: usize, low: f32, high: f32| {
                let (value, confidence, age) = values[index];
                let value = low + (high - low) * value;
                Judgement {
                    value,
                    confidence,
                    age,
                }
            };
            let (band, telling, active) = (values[11], values[12], values[13]);
            Percept {
                hearing: HearingPercept {
                    level: judged(0, -120.0, 0.0),
                    onset: judged(1, 0.0, 1.0),
                    speech: judged(2, 0.0, 1.0),
                    bands: BandLevels {
                        values: std::array::from_fn(|index| {
                            -120.0 * (band.0 + index as f32 / 8.0).fract()
                        }),
                        confidence: band.1,
                        reserved: 0,
                        age: band.2,
                    },
                },
                sight: SightPercept {
                    brightness: judged(3, 0.0, 1.0),
                    motion: judged(4, 0.0, 1.0),
                    grid: LuminanceGrid(grid),
                },
                body: BodyPercept {
                    load: judged(5, 0.0, 1.0),
                    temperature: judged(6, -60.0, 200.0),
                    memory: judged(7, 0.0, 1.0),
                    pressure: judged(8, 0.0, 1.0),
                },
                told: ToldPercept {
                    tokens,
                    count,
                    confidence: telling.1,
                    age: telling.2,
                },
                answers: AnswersPercept {
                    recall: RecallAnswer {
                        crystal,
                        similarity: judged(9, -1.0, 1.0),
                    },
                    activation: ActivationAnswer {
                        situation,
                        feeling,
                        situation_confidence: active.0,
                        feeling_confidence: active.1,
                        age: active.2,
                    },
                },
            }
        },
    )
}

/// Ages from new over a few seconds to never.
fn age() -> impl Strategy<Value = Nanoseconds> {
    prop_oneof![
        2 => Just(0_u64),
        6 => 0_u64..4_000_000_000,
        1 => Just(AGE_NEVER),
    ]
}

/// Time between two cycles, from none to ten seconds.
pub(crate) fn elapsed() -> impl Strategy<Value = Nanoseconds> {
    prop_oneof![1 => Just(0_u64), 4 => 1_u64..10_000_000, 3 => 0_u64..=10_000_000_000]
}

pub(crate) fn consent() -> impl Strategy<Value = Consent> {
    prop::collection::vec(any::<bool>(), Sense::ALL.len()).prop_map(|allowed| {
        Sense::ALL
            .into_iter()
            .zip(allowed)
            .fold(Consent::NONE, |consent, (sense, allowed)| {
                consent.with(sense, allowed)
            })
    })
}

/// Which loops were in time; all of them half of the time.
pub(crate) fn joined() -> impl Strategy<Value = LoopSet> {
    prop_oneof![
        Just(LoopSet::ALL),
        (0_u32..8).prop_map(|bits| LoopSet::from_bits(bits).expect("three loops")),
    ]
}

/// Every parameter anywhere in its range.
pub(crate) fn parameters() -> impl Strategy<Value = Parameters> {
    let rows = Parameters::default().table();
    prop::collection::vec(share(), rows.len()).prop_map(move |shares| {
        let mut parameters = Parameters::default();
        for (row, share) in rows.iter().zip(shares) {
            let value = (row.low + (row.high - row.low) * share).clamp(row.low, row.high);
            parameters.set(row.name, value).expect("within its range");
        }
        parameters
    })
}

/// Any state of which every value is within its range, also one that no life leads to.
pub(crate) fn state() -> impl Strategy<Value = State> {
    let shares = prop::collection::vec(share(), 8 * 5 + 2 + 10 + 3 + 3 + 8 + 5);
    let velocities = prop::collection::vec(-FASTEST..=FASTEST, 7);
    let numbers = prop::collection::vec(any::<u32>(), 7);
    let times = prop::collection::vec(
        prop_oneof![3 => Just(0_u64), 3 => 0_u64..20_000_000_000, 1 => any::<u64>()],
        5,
    );
    (shares, velocities, numbers, times).prop_map(|(shares, velocities, numbers, times)| {
        let mut shares = shares.into_iter();
        let mut share = move || shares.next().expect("enough shares");
        let mut state = State::at_rest(BeingId(u64::from(numbers[0])));
        (state.cycle, state.time) = (times[0], Timestamp(times[1]));
        state.loop_ages = [times[2], times[3], times[4]];
        for average in &mut state.environmental.scene {
            *average = Average {
                now: share(),
                short: share(),
                long: share(),
                confidence: share(),
                evidence: 3_600.0 * share(),
            };
        }
        state.environmental.surprise = share();
        state.environmental.confidence = share();
        let analytical = &mut state.analytical;
        analytical.flux = std::array::from_fn(|_| share() / 9.0);
        analytical.boost = share();
        let channels = [share() + 0.1, share() + 0.1, share() + 0.1];
        let sum = channels.iter().sum::<f32>();
        analytical.elp = Elp {
            ethos: channels[0] / sum,
            logos: channels[1] / sum,
            pathos: channels[2] / sum,
        };
        analytical.meaning = share();
        analytical.novelty = share();
        analytical.confidence = share();
        analytical.situation = numbers[1];
        analytical.feeling = numbers[2];
        analytical.last_flux = numbers[3] % 10;
        analytical.microseconds_to_question = numbers[4];
        let experiential = &mut state.experiential;
        experiential.centres = EnergyCentres(std::array::from_fn(|_| share()));
        experiential.velocities.copy_from_slice(&velocities);
        experiential.arousal = share();
        state.observation = Observation {
            attention: numbers[5] % 4,
            coherence: share(),
            salience: share(),
            usual_salience: share(),
            confidence: share(),
            expression: share(),
            kept: numbers[5],
            microseconds_to_keep: numbers[6],
            consent: numbers[6] & Consent::ALL.bits(),
        };
        state
    })
}
