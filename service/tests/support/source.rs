//! The moving figures.

use super::door::Door;
use super::picture::seven_lights;
use super::room::{crystal, level, made_up, motion, speaks, speech, wave};
use super::status::full_status;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use triune::http::{
    ActivationView, ConsentError, CrystalQuery, Crystals, CrystalsError, Detection, DetectionQuery,
    Detections, FrameError, ModelView, ModelsView, PatternNow, ReleaseError, Source, StateView,
    ToldError,
};
use triune::kernel_api::ConsentChange;
use triune::status::{Degradation, Gpu, NpuModel, SenseState, Status};
use triune_core::{Attention, Average, BeingId, Consent, State, Timestamp};

/// A being that sleeps, and is exported.
const ASLEEP: BeingId = BeingId(0xa5);

/// What a test turns.
#[derive(Clone, Debug)]
pub(crate) struct Knobs {
    pub(crate) ready: bool,
    pub(crate) cycling: bool,
    pub(crate) sight: SenseState,
    pub(crate) renderer: bool,
    pub(crate) memory: bool,
    /// Whether something shows that was not taught.
    pub(crate) pattern: bool,
    pub(crate) takes_words: bool,
    pub(crate) consent: Consent,
    /// Whether a change of consent reaches the disk.
    pub(crate) durable: bool,
    pub(crate) drawing_time: Duration,
    pub(crate) detections: Option<Vec<Detection>>,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            ready: true,
            cycling: true,
            sight: SenseState::Present,
            renderer: true,
            memory: true,
            pattern: false,
            takes_words: true,
            consent: Consent::ALL,
            durable: true,
            drawing_time: Duration::ZERO,
            detections: None,
        }
    }
}

/// Figures that move as those of a board in a room where somebody speaks now and then.
pub(crate) struct Rehearsal {
    begun: Instant,
    offset: Duration,
    knobs: Mutex<Knobs>,
    /// In front of what concerns the sleeper's consent.
    pub(crate) door: Door,
    pub(crate) told: Mutex<Vec<String>>,
    pub(crate) drawn: Mutex<u32>,
}

impl Rehearsal {
    pub(crate) fn new(knobs: Knobs) -> Arc<Self> {
        Arc::new(Self {
            begun: Instant::now(),
            offset: Duration::from_secs(4 * 60),
            knobs: Mutex::new(knobs),
            door: Door::default(),
            told: Mutex::default(),
            drawn: Mutex::default(),
        })
    }

    pub(crate) fn knobs(&self) -> MutexGuard<'_, Knobs> {
        self.knobs.lock().expect("knobs")
    }

    fn seconds(&self) -> f64 {
        (self.begun.elapsed() + self.offset).as_secs_f64()
    }
}

impl Source for Rehearsal {
    fn status(&self) -> Status {
        let (now, knobs) = (self.seconds(), self.knobs().clone());
        let mut status = full_status();
        status.ready = knobs.ready;
        status.uptime_s = now;
        status.cycle.hz = 249.7 + 0.5 * f64::from(wave(now, 5.0, 0.0));
        status.cycle.scheduled = (now * 250.0) as u64;
        status.cycle.cycles = status.cycle.scheduled - status.cycle.skipped;
        status.senses.hearing.level_dbfs = Some(level(now));
        status.senses.hearing.speech = Some(speech(now));
        status.senses.hearing.sense.events = (now / 8.0) as u64;
        let sight = &mut status.senses.sight;
        sight.sense.state = knobs.sight;
        if knobs.sight == SenseState::Present {
            sight.frames = (now * 30.0) as u64;
            sight.motion = Some(motion(now));
            sight.brightness = Some(0.4 + 0.1 * wave(now, 60.0, 0.0));
        } else {
            sight.sense.since_s = now - 200.0;
            sight.sense.why = Some("no camera is plugged in: /dev/video0 is not there".to_owned());
            sight.sense.device = None;
            (sight.fps, sight.motion, sight.brightness) = (None, None, None);
        }
        status.npu.age_ms = Some(2.0 + 3.0 * f64::from(wave(now, 0.9, 0.0)));
        status.npu.inferences = (now * 50.0) as u64;
        status.npu.situation = Some(
            if speaks(now) {
                "conversation"
            } else {
                "quiet room"
            }
            .to_owned(),
        );
        status.npu.feeling = Some(if speaks(now) { "engaged" } else { "calm" }.to_owned());
        status.memory.crystals = 100 + (now / 9.0) as u64;
        status.memory.flush_age_ms = Some(now * 1_000.0 % 1_000.0);
        if !knobs.renderer {
            status.gpu = Gpu::default();
        }
        if !knobs.ready {
            status.degraded.push(Degradation {
                what: "memory".to_owned(),
                why: "the data partition is read-only".to_owned(),
                remedy: "check the medium, then restart the board".to_owned(),
            });
        }
        status
    }

    fn state(&self) -> Option<StateView> {
        if !self.knobs().cycling {
            return None;
        }
        let now = self.seconds();
        let sees = self.knobs().sight == SenseState::Present;
        let mut state = State::at_rest(BeingId::FIRST);
        state.cycle = (now * 250.0) as u64;
        state.time = Timestamp((now * 1e9) as u64);
        let known = |now: f32| Average {
            now,
            short: now,
            long: 0.3,
            confidence: 0.95,
            evidence: 60.0,
        };
        let seen = |now: f32| if sees { known(now) } else { Average::default() };
        let presence = speech(now).max(if sees { motion(now) * 5.0 } else { 0.0 });
        state.environmental.scene = [
            known(1.0 + level(now) / 90.0),
            known(speech(now)),
            known(if now % 8.0 < 0.6 {
                1.0 - (now % 8.0) as f32
            } else {
                0.0
            }),
            seen(0.4 + 0.1 * wave(now, 60.0, 0.0)),
            seen(motion(now)),
            known(presence.min(1.0)),
            known(0.36 + 0.02 * wave(now, 40.0, 0.0)),
            known(0.2 + 0.1 * wave(now, 7.0, 0.0)),
        ];
        state.environmental.surprise = 0.1 + 0.3 * speech(now) * wave(now, 8.0, 0.2);
        state.environmental.confidence = 0.9;
        for (index, centre) in state.experiential.centres.0.iter_mut().enumerate() {
            *centre = 0.15 + 0.75 * wave(now, 4.0 + index as f64 * 1.7, 0.13 * index as f64);
        }
        state.experiential.arousal = wave(now, 9.0, 0.0);
        state.analytical.meaning = 0.3 * wave(now, 13.0, 0.0);
        state.analytical.novelty = 0.2 + 0.5 * wave(now, 17.0, 0.0);
        state.analytical.confidence = 0.7;
        state.observation.attention = if speaks(now) {
            Attention::Environmental
        } else {
            Attention::Experiential
        } as u32;
        state.observation.coherence = 0.6 + 0.3 * wave(now, 12.0, 0.0);
        state.observation.salience = (0.15 + 0.6 * speech(now) * wave(now, 8.0, 0.1)).min(1.0);
        state.observation.usual_salience = 0.22;
        state.observation.confidence = 0.9;
        state.observation.kept = 100 + (now / 9.0) as u32;
        let pattern = PatternNow { id: 3, name: None };
        Some(StateView {
            activation: self.knobs().pattern.then(|| ActivationView {
                pattern: Some(pattern),
                ..ActivationView::default()
            }),
            ..StateView::from(&state)
        })
    }

    fn models(&self) -> ModelsView {
        let status = full_status();
        let view = |model: NpuModel| ModelView {
            model,
            licence: "MIT OR Apache-2.0".to_owned(),
            ..ModelView::default()
        };
        ModelsView {
            backend: status.npu.backend,
            models: status.npu.models.into_iter().map(view).collect(),
        }
    }

    fn release_model(&self, name: &str) -> Result<(), ReleaseError> {
        let models = self.models().models;
        let model = models.iter().find(|one| one.model.name == name);
        match model.map(|one| one.model.state.as_str()) {
            None => Err(ReleaseError::NoSuchModel(name.to_owned())),
            Some("set aside") => Ok(()),
            Some(_) => Err(ReleaseError::NotSetAside(name.to_owned())),
        }
    }

    fn detections(&self, query: &DetectionQuery) -> Detections {
        let now = self.seconds();
        let now_ns = (now * 1e9) as u64;
        let mut events = self
            .knobs()
            .detections
            .clone()
            .unwrap_or_else(|| made_up(now));
        events.retain(|event| event.start_ns > query.since_ns);
        let extra = events.len().saturating_sub(query.limit);
        Detections {
            now_ns,
            events: events.split_off(extra),
        }
    }

    fn frame_png(&self, width: u32, height: u32) -> Result<Vec<u8>, FrameError> {
        let knobs = self.knobs().clone();
        if !knobs.renderer {
            return Err(FrameError::Absent {
                why: "no graphics device was found".to_owned(),
            });
        }
        std::thread::sleep(knobs.drawing_time);
        *self.drawn.lock().expect("count") += 1;
        let centres = self.state().map_or([0.0; 7], |state| {
            let mut values = [0.0; 7];
            for (value, (_, centre)) in values.iter_mut().zip(state.experiential.centres.named()) {
                *value = centre.value;
            }
            values
        });
        Ok(seven_lights(width, height, centres))
    }

    fn is_awake(&self, being: BeingId) -> bool {
        being == BeingId::FIRST
    }

    fn consent(&self, being: BeingId) -> Result<Consent, ConsentError> {
        match being {
            BeingId::FIRST => Ok(self.knobs().consent),
            ASLEEP => {
                self.door.pass();
                Err(ConsentError::InUse(being))
            }
            _ => Err(ConsentError::NoSuchBeing(being)),
        }
    }

    fn change_consent(
        &self,
        being: BeingId,
        change: &ConsentChange,
    ) -> Result<Consent, ConsentError> {
        let consent = change.apply(self.consent(being)?);
        self.knobs().consent = consent;
        if !self.knobs().durable {
            return Err(ConsentError::NotDurable {
                why: "the disk is full: free some space".to_owned(),
            });
        }
        Ok(consent)
    }

    fn told(&self, being: BeingId, words: &str) -> Result<usize, ToldError> {
        match being {
            BeingId::FIRST => {}
            ASLEEP => return Err(ToldError::Asleep(being)),
            _ => return Err(ToldError::NoSuchBeing(being)),
        }
        if !self.knobs().takes_words {
            return Err(ToldError::Full);
        }
        match words.split_whitespace().count() {
            0 => Err(ToldError::NoWords),
            count => {
                self.told.lock().expect("words").push(words.to_owned());
                Ok(count)
            }
        }
    }

    fn crystals(&self, query: &CrystalQuery) -> Result<Crystals, CrystalsError> {
        if !self.knobs().memory {
            return Err(CrystalsError::Absent {
                why: "no data folder was given".to_owned(),
            });
        }
        let now = self.seconds();
        let newest = 100 + (now / 9.0) as u64;
        let crystals = (1..=newest)
            .rev()
            .map(|sequence| crystal(sequence, now - (sequence as f64 - 100.0) * 9.0))
            .filter(|crystal| query.before.is_none_or(|before| crystal.sequence < before))
            .filter(|crystal| query.kind.is_none_or(|kind| crystal.kind == kind.name()))
            .take(query.limit)
            .collect();
        Ok(Crystals { crystals })
    }
}
