//! The status and the state as the face shows them.

use super::household::ConsentCell;
use crate::status::{Degradation, Sense as SenseStatus, SenseState, Status};
use triune_core::{Sense, State, Timestamp};
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
        beings: Some(status.beings.awake),
        conditions: Some(status.degraded.iter().map(condition).collect()),
        address: host_name(),
        version: Some(status.version.clone()),
        uptime_s: Some(status.uptime_s),
        level_history: histories.level.clone(),
        salience_history: histories.salience.clone(),
    }
}

/// Since when the first being may hear, see and feel; `None` for what it may not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Admitted([Option<Timestamp>; 3]);

impl Admitted {
    /// As its consent stands.
    pub(super) fn by(consent: &ConsentCell) -> Self {
        Self([Sense::Hear, Sense::See, Sense::Feel].map(|sense| consent.allowed_since(sense)))
    }
}

/// The last values of what the face draws as lines.
#[derive(Debug, Default)]
pub(super) struct Histories {
    level: History,
    salience: History,
    /// Under which consent they were noted, and up to which cycle of the being's life.
    admitted: Admitted,
    cycle: u64,
}

impl Histories {
    /// Adds what is now.
    pub(super) fn push(&mut self, state: &State, status: &Status, admitted: Admitted) {
        // A life that was erased counts its cycles no further.
        if state.cycle < self.cycle {
            *self = Self::default();
        }
        self.forget(admitted);
        self.cycle = state.cycle;
        self.level.push(status.senses.hearing.level_dbfs);
        self.salience
            .push((state.cycle > 0).then_some(state.observation.salience));
    }

    /// Forgets what has been refused since, with what was made of it.
    pub(super) fn forget(&mut self, admitted: Admitted) {
        let refused: [bool; 3] = std::array::from_fn(|sense| {
            let (before, now) = (self.admitted.0[sense], admitted.0[sense]);
            before.is_some() && before != now
        });
        if refused[0] {
            self.level = History::new();
        }
        // What stands out is judged by all senses together.
        if refused.contains(&true) {
            self.salience = History::new();
        }
        self.admitted = admitted;
    }
}

fn sensed<T>(sense: &SenseStatus, told: T) -> Sensed<T> {
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

/// The host's name, under which a person finds the page.
fn host_name() -> Option<String> {
    let name = rustix::system::uname();
    name.nodename()
        .to_str()
        .ok()
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use triune_core::{BeingId, Consent};

    fn moment(cycle: u64) -> (State, Status) {
        let mut state = State::at_rest(BeingId::FIRST);
        state.cycle = cycle;
        let mut status = Status::default();
        status.senses.hearing.level_dbfs = Some(-30.0);
        (state, status)
    }

    fn lengths(histories: &Histories) -> (usize, usize) {
        (histories.level.len(), histories.salience.len())
    }

    #[test]
    fn the_lines_of_the_face_forget_what_was_refused() {
        let consent = ConsentCell::new(Consent::ALL);
        let mut histories = Histories::default();
        let (state, status) = moment(5);
        histories.push(&state, &status, Admitted::by(&consent));
        consent.set(Consent::ALL.with(Sense::See, false));
        histories.forget(Admitted::by(&consent));
        assert_eq!(lengths(&histories), (1, 0));
        consent.set(Consent::ALL);
        histories.push(&state, &status, Admitted::by(&consent));
        assert_eq!(lengths(&histories), (2, 1), "a grant forgets nothing");
        // Refused and allowed between two looks.
        consent.set(Consent::ALL.with(Sense::Hear, false));
        consent.set(Consent::ALL);
        histories.forget(Admitted::by(&consent));
        assert_eq!(lengths(&histories), (0, 0));
    }

    #[test]
    fn the_lines_of_the_face_forget_a_life_that_was_erased() {
        let refused = ConsentCell::new(Consent::NONE);
        let mut histories = Histories::default();
        for cycle in [900, 901, 2] {
            let (state, status) = moment(cycle);
            histories.push(&state, &status, Admitted::by(&refused));
        }
        assert_eq!(lengths(&histories), (1, 1));
    }

    #[test]
    fn the_face_counts_the_beings_that_cycle() {
        let (state, mut status) = moment(5);
        status.beings.awake = 8;
        let scene = scene(&state, &status, &Histories::default());
        assert_eq!(scene.beings, Some(8));
    }
}
