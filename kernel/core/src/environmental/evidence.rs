//! What each sense says of each feature of the scene in one cycle.

use crate::judgement::Judgement;
use crate::numbers::{blend, nanoseconds, seconds, unit};
use crate::parameters::Parameters;
use crate::percept::{BodyPercept, HearingPercept, Percept};
use crate::state::{EnvironmentalState, SCENE_FEATURES, SceneFeature};
use crate::time::Nanoseconds;

/// A value in 0 to 1 and the trust in it, 0 to 1.
#[derive(Clone, Copy)]
pub(super) struct Evidence {
    pub(super) value: f32,
    pub(super) trust: f32,
}

/// The evidence for each feature, indexed by [`SceneFeature`].
pub(super) fn scene(
    before: &EnvironmentalState,
    percept: &Percept,
    parameters: &Parameters,
    step: f32,
) -> [Evidence; SCENE_FEATURES] {
    let stale_after = nanoseconds(parameters.stale_after_seconds);
    let judged = |judgement: &Judgement, value: f32| Evidence {
        value: unit(value),
        trust: judgement.trust(stale_after),
    };
    let (hearing, sight, body) = (&percept.hearing, &percept.sight, &percept.body);
    let speech = judged(&hearing.speech, hearing.speech.value);
    let motion = judged(&sight.motion, sight.motion.value);
    let (cool, hot) = (parameters.cool_celsius, parameters.hot_celsius);
    // Loudness is linear in decibels, as sensation is in the logarithm of the stimulus (Fechner
    // 1860, Elemente der Psychophysik); heat is linear in the headroom that it takes.
    [
        judged(
            &hearing.level,
            1.0 - hearing.level.value / parameters.silence_decibels,
        ),
        speech,
        onset(hearing, parameters, stale_after),
        judged(&sight.brightness, sight.brightness.value),
        motion,
        presence(before, speech, motion, parameters, step),
        judged(
            &body.temperature,
            (body.temperature.value - cool) / (hot - cool),
        ),
        strain(body, stale_after),
    ]
}

/// The newest onset rings on, `tau / (tau + age)`: the implicit Euler rule for an exponential decay
/// in one step. An onset that is long past is not doubtful but over, and hearing that has met none
/// says so: the trust is that of the level, and the onset's own confidence weighs its strength.
fn onset(hearing: &HearingPercept, parameters: &Parameters, stale_after: Nanoseconds) -> Evidence {
    let ringing = 1.0 - blend(seconds(hearing.onset.age), parameters.onset_decay_seconds);
    Evidence {
        value: unit(hearing.onset.value * hearing.onset.confidence * ringing),
        trust: hearing.level.trust(stale_after),
    }
}

/// Somebody is there as far as the better of voice and movement says, and for a while after.
fn presence(
    before: &EnvironmentalState,
    speech: Evidence,
    motion: Evidence,
    parameters: &Parameters,
    step: f32,
) -> Evidence {
    let held = before.scene[SceneFeature::Presence as usize].now
        * (1.0 - blend(step, parameters.presence_release_seconds));
    let heard = speech.value * speech.trust;
    let seen = motion.value / parameters.presence_motion * motion.trust;
    Evidence {
        value: unit(heard.max(seen).max(held)),
        trust: speech.trust.max(motion.trust),
    }
}

/// The one of load, memory and pressure that strains the most, as far as it is trusted; a doubtful
/// value does not borrow the trust of a sure one.
fn strain(body: &BodyPercept, stale_after: Nanoseconds) -> Evidence {
    let mut worst = Evidence {
        value: 0.0,
        trust: 0.0,
    };
    for judgement in [&body.load, &body.memory, &body.pressure] {
        let next = Evidence {
            value: unit(judgement.value),
            trust: judgement.trust(stale_after),
        };
        let (weight, most) = (next.value * next.trust, worst.value * worst.trust);
        if weight > most || (weight == most && next.trust > worst.trust) {
            worst = next;
        }
    }
    worst
}
