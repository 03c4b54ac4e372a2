//! The status and the state as the face shows them.

use crate::status::{Degradation, Sense, SenseState, Status};
use triune_core::State;
use triune_gpu::{
    Body, Condition, FaceScene, Hearing, History, LightVehicle, Part, Rate, Recognised,
    Recognition, Sensed, Sight, Urgency,
};

/// Likeness to speech from which someone is shown as speaking.
const SPEAKING: f32 = 0.5;

/// What the face shows of the moment.
pub(super) fn scene(state: &State, status: &Status, histories: &Histories) -> FaceScene {
    let (hearing, sight, body) = (
        &status.senses.hearing,
        &status.senses.sight,
        &status.senses.body,
    );
    let cycle = &status.cycle;
    let ran = cycle.cycles > 0;
    let recognised = |name: &Option<String>, confidence: Option<f32>| {
        name.clone()
            .zip(confidence)
            .map(|(name, confidence)| Recognised { name, confidence })
    };
    FaceScene {
        vehicle: LightVehicle::of(state),
        rate: Rate {
            wanted_hz: Some(cycle.rate_hz as f32),
            measured_hz: ran.then_some(cycle.hz as f32),
            lateness_p99_us: ran.then_some(cycle.lateness_us.p99 as f32),
            overruns: Some(cycle.overruns),
            skipped: Some(cycle.skipped),
        },
        hearing: sensed(
            &hearing.sense,
            Hearing {
                level_dbfs: hearing.level_dbfs,
                speech: hearing.speech,
                speaking: hearing.speech.map(|speech| speech >= SPEAKING),
            },
        ),
        sight: sensed(
            &sight.sense,
            Sight {
                brightness: sight.brightness,
                motion: sight.motion,
            },
        ),
        body: sensed(
            &body.sense,
            Body {
                temperature_c: body.temperature_c,
                load: body.load,
            },
        ),
        recognition: Recognition {
            backend: status.npu.backend.clone(),
            situation: recognised(&status.npu.situation, status.npu.situation_confidence),
            feeling: recognised(&status.npu.feeling, status.npu.feeling_confidence),
        },
        kept: Some(status.memory.crystals),
        beings: Some(1),
        conditions: Some(status.degraded.iter().map(condition).collect()),
        address: status_address(),
        version: Some(status.version.clone()),
        uptime_s: Some(status.uptime_s),
        level_history: histories.level.clone(),
        salience_history: histories.salience.clone(),
    }
}

/// The last values of what the face draws as lines.
#[derive(Debug, Default)]
pub(super) struct Histories {
    level: History,
    salience: History,
}

impl Histories {
    /// Adds what is now.
    pub(super) fn push(&mut self, state: &State, status: &Status) {
        self.level.push(status.senses.hearing.level_dbfs);
        self.salience
            .push((state.cycle > 0).then_some(state.observation.salience));
    }
}

fn sensed<T>(sense: &Sense, told: T) -> Sensed<T> {
    match sense.state {
        SenseState::Present => Sensed::Present(told),
        SenseState::Absent => Sensed::Absent {
            why: sense.why.clone().unwrap_or_default(),
        },
        SenseState::Refused => Sensed::Refused,
    }
}

fn condition(degraded: &Degradation) -> Condition {
    let (part, urgency) = match degraded.what.as_str() {
        "real time" | "cycle" => (Part::Cycle, Urgency::Notice),
        "hearing" => (Part::Hearing, Urgency::Notice),
        "sight" => (Part::Sight, Urgency::Notice),
        "memory" => (Part::Memory, Urgency::Act),
        _ => (Part::Other, Urgency::Notice),
    };
    Condition {
        part,
        urgency,
        what: degraded.what.clone(),
        why: format!("{}; {}", degraded.why, degraded.remedy),
    }
}

/// The host's name and, where it has one, its first address on a network.
fn status_address() -> Option<String> {
    let name = rustix::system::uname();
    name.nodename()
        .to_str()
        .ok()
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}
