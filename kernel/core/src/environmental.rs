//! The environmental loop: fuses what is heard, seen and felt into a scene.

use crate::judgement::Judgement;
use crate::numbers::{blend, nanoseconds, seconds, unit};
use crate::parameters::Parameters;
use crate::percept::Percept;
use crate::state::{Average, EnvironmentalState, SCENE_FEATURES, SceneFeature, State};
use crate::time::Nanoseconds;

/// Sound level that counts as no loudness at all, decibels relative to full scale:
/// the self-noise of a small electret microphone lies near it.
const SILENCE_DECIBELS: f32 = -90.0;
/// Temperature that counts as no heat, degrees Celsius.
const COOL: f32 = 30.0;
/// Temperature that counts as full heat, degrees Celsius: the RK3588's throttling begins near it.
const HOT: f32 = 90.0;
/// Moving share of the picture that is full evidence of presence.
const MOTION_OF_A_PERSON: f32 = 0.2;
/// How long presence outlasts its evidence, seconds.
const PRESENCE_RELEASE_SECONDS: f32 = 3.0;
/// Scales the root-mean-square departure of the scene to a surprise of 0 to 1.
const SURPRISE_GAIN: f32 = 2.0;

/// One evidence: a value in 0..1 and the trust in it.
#[derive(Clone, Copy)]
struct Evidence {
    value: f32,
    trust: f32,
}

pub(crate) fn advance(
    state: &State,
    percept: &Percept,
    parameters: &Parameters,
    elapsed: Nanoseconds,
) -> EnvironmentalState {
    let before = &state.environmental;
    let step = seconds(elapsed);
    let evidence = scene(before, percept, parameters, step);
    let mut after = EnvironmentalState::default();
    let mut departure = 0.0;
    let mut trust = 0.0;
    for (index, evidence) in evidence.iter().enumerate() {
        let average = follow(&before.scene[index], *evidence, parameters, step);
        let distance = average.now - average.long;
        departure += average.confidence * distance * distance;
        trust += average.confidence;
        after.scene[index] = average;
    }
    after.confidence = unit(trust / SCENE_FEATURES as f32);
    after.surprise = if trust > 0.0 {
        unit(SURPRISE_GAIN * (departure / trust).sqrt())
    } else {
        0.0
    };
    after
}

/// What each sense says of each feature in this cycle.
fn scene(
    before: &EnvironmentalState,
    percept: &Percept,
    parameters: &Parameters,
    step: f32,
) -> [Evidence; SCENE_FEATURES] {
    let stale_after = nanoseconds(parameters.stale_after_seconds);
    let heard = |judgement: &Judgement, value: f32| Evidence {
        value: unit(value),
        trust: judgement.trust(stale_after),
    };
    let hearing = &percept.hearing;
    let sight = &percept.sight;
    let body = &percept.body;
    let speech = heard(&hearing.speech, hearing.speech.value);
    let motion = heard(&sight.motion, sight.motion.value);
    let ringing = parameters.onset_decay_seconds
        / (parameters.onset_decay_seconds + seconds(hearing.onset.age));
    let onset = Evidence {
        // An onset that is long past is not doubtful but over: its trust is that of the level.
        value: unit(hearing.onset.value * ringing),
        trust: hearing.level.trust(stale_after),
    };
    let held = before.scene[SceneFeature::Presence as usize].now
        * (1.0 - blend(step, PRESENCE_RELEASE_SECONDS));
    let presence = Evidence {
        value: unit(
            (speech.value * speech.trust)
                .max(motion.value / MOTION_OF_A_PERSON * motion.trust)
                .max(held),
        ),
        trust: speech.trust.max(motion.trust),
    };
    let strain = [&body.load, &body.memory, &body.pressure]
        .map(|judgement| heard(judgement, judgement.value))
        .into_iter()
        .fold(
            Evidence {
                value: 0.0,
                trust: 0.0,
            },
            |worst, next| Evidence {
                value: worst
                    .value
                    .max(if next.trust > 0.0 { next.value } else { 0.0 }),
                trust: worst.trust.max(next.trust),
            },
        );
    [
        heard(&hearing.level, 1.0 - hearing.level.value / SILENCE_DECIBELS),
        speech,
        onset,
        heard(&sight.brightness, sight.brightness.value),
        motion,
        presence,
        heard(
            &body.temperature,
            (body.temperature.value - COOL) / (HOT - COOL),
        ),
        strain,
    ]
}

/// Moves both averages towards the evidence. The long one is a plain mean until it has
/// seen as much evidence as its time constant, so that a new sense is no lasting surprise.
fn follow(before: &Average, evidence: Evidence, parameters: &Parameters, step: f32) -> Average {
    if evidence.trust <= 0.0 {
        return Average {
            now: before.short,
            confidence: 0.0,
            ..*before
        };
    }
    let trusted = step * evidence.trust;
    let short_span = parameters.short_average_seconds.min(before.evidence);
    let long_span = parameters.long_average_seconds.min(before.evidence);
    let towards =
        |average: f32, span: f32| unit(average + (evidence.value - average) * blend(trusted, span));
    Average {
        now: evidence.value,
        short: towards(before.short, short_span),
        long: towards(before.long, long_span),
        confidence: evidence.trust,
        evidence: (before.evidence + trusted).min(parameters.long_average_seconds),
    }
}
