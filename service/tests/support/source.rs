//! The moving figures.

use super::picture::seven_lights;
use serde_json::{Map, json};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use triune::http::{
    ConsentChange, ConsentError, CrystalQuery, CrystalView, Crystals, CrystalsError, Detection,
    DetectionQuery, Detections, FrameError, Source, StateView, ToldError,
};
use triune::kernel_api::{BeingsCount, BurstView, IndexView, KernelView, LoopView, WearView};
use triune::status::{
    Body, Cost, Cycle, Degradation, Display, Gpu, Hearing, Lateness, Memory, Npu, PartState,
    Process, RealTime, RealTimeAsked, Recording, Sense, SenseState, Senses, Sight, Stall, Status,
};
use triune_core::{Attention, Average, BeingId, Consent, CrystalKind, State, Timestamp};

/// A being that lies in memory and senses nothing.
const ASLEEP: BeingId = BeingId(0xa5);

const SECOND: u64 = 1_000_000_000;

/// What a test turns.
#[derive(Clone, Debug)]
pub(crate) struct Knobs {
    pub(crate) ready: bool,
    pub(crate) cycling: bool,
    pub(crate) sight: SenseState,
    pub(crate) renderer: bool,
    pub(crate) memory: bool,
    pub(crate) takes_words: bool,
    pub(crate) consent: Consent,
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
            takes_words: true,
            consent: Consent::ALL,
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
    pub(crate) told: Mutex<Vec<String>>,
    pub(crate) drawn: Mutex<u32>,
}

impl Rehearsal {
    pub(crate) fn new(knobs: Knobs) -> Arc<Self> {
        Arc::new(Self {
            begun: Instant::now(),
            offset: Duration::from_secs(4 * 60),
            knobs: Mutex::new(knobs),
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

/// A wave between 0 and 1 with a period of `seconds`.
fn wave(now: f64, seconds: f64, shift: f64) -> f32 {
    (0.5 + 0.5 * (std::f64::consts::TAU * (now / seconds + shift)).sin()) as f32
}

/// Somebody speaks for 3 of every 8 seconds.
fn speaks(now: f64) -> bool {
    now % 8.0 < 3.0
}

/// Something moves for 4 of every 11 seconds.
fn moves(now: f64) -> bool {
    now % 11.0 < 4.0
}

fn speech(now: f64) -> f32 {
    if speaks(now) {
        0.75 + 0.2 * wave(now, 0.7, 0.0)
    } else {
        0.04 + 0.04 * wave(now, 3.0, 0.3)
    }
}

fn level(now: f64) -> f32 {
    let voice = if speaks(now) {
        28.0 * wave(now, 0.43, 0.1) * (0.6 + 0.4 * wave(now, 1.7, 0.0))
    } else {
        0.0
    };
    -62.0 + voice + 3.0 * wave(now, 0.19, 0.0)
}

fn motion(now: f64) -> f32 {
    if moves(now) {
        0.08 + 0.12 * wave(now, 1.3, 0.0)
    } else {
        0.002
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
        Some(StateView::from(&state))
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

    fn consent(&self, being: BeingId) -> Result<Consent, ConsentError> {
        match being {
            BeingId::FIRST => Ok(self.knobs().consent),
            ASLEEP => Err(ConsentError::Asleep(being)),
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

fn crystal(sequence: u64, age: f64) -> CrystalView {
    let kind = CrystalKind::ALL[(sequence % 6) as usize];
    let mut centres = [0.0; 7];
    for (index, centre) in centres.iter_mut().enumerate() {
        *centre = wave(sequence as f64, 5.0 + index as f64, 0.0);
    }
    CrystalView {
        sequence,
        being: BeingId::FIRST.to_string(),
        cycle: sequence * 2_250,
        kind: kind.name().to_owned(),
        age_s: Some(age),
        unix_ms: None,
        salience: 0.3 + 0.6 * wave(sequence as f64, 7.0, 0.0),
        confidence: 0.9,
        coherence: 0.7,
        centres,
        summary: (kind == CrystalKind::Words).then(|| "good evening, how are you".to_owned()),
    }
}

/// The speech, motion and light of the last minutes.
fn made_up(now: f64) -> Vec<Detection> {
    let mut events = Vec::new();
    let mut add = |kind: &str, every: f64, lasts: f64, details: Map<String, serde_json::Value>| {
        let newest = (now / every) as u64;
        for turn in newest.saturating_sub(12)..=newest {
            let start = turn as f64 * every;
            let ended = now > start + lasts;
            events.push(Detection {
                id: turn * 10 + kind.len() as u64 % 10 + u64::from(kind == "speech"),
                kind: kind.to_owned(),
                start_ns: (start * SECOND as f64) as u64,
                end_ns: ended.then_some(((start + lasts) * SECOND as f64) as u64),
                confidence: 0.8 + 0.15 * wave(turn as f64, 5.0, 0.0),
                details: details.clone(),
            });
        }
    };
    let map = |value: serde_json::Value| value.as_object().cloned().unwrap_or_default();
    add("speech", 8.0, 3.0, map(json!({"level_dbfs": -31.5})));
    add("motion", 11.0, 4.0, map(json!({"share": 0.14})));
    add(
        "brightness",
        60.0,
        0.4,
        map(json!({"from": 0.21, "to": 0.48})),
    );
    events.sort_by_key(|event| event.start_ns);
    events
}

/// A kernel that has had something to do.
fn kernel() -> KernelView {
    let late = |name: &str, late| LoopView {
        name: name.to_owned(),
        late,
        priority: Some(90),
        cpu: Some(7),
        refused: Vec::new(),
    };
    KernelView {
        rate_hz: 250,
        rate_now_hz: 125.0,
        executor: "threaded".to_owned(),
        overrun: "degrade".to_owned(),
        level: 1,
        caught_up: 5,
        beings: 3,
        waiting: 1,
        beings_steady: 3,
        beings_in_burst: 4,
        burst: BurstView {
            active: false,
            bursts: 2,
            spent_s: 12.5,
            last_end: Some("time".to_owned()),
            longest_s: 10.0,
        },
        loops: vec![
            late("environmental", 0),
            late("analytical", 2),
            late("experiential", 0),
        ],
    }
}

/// A status with every field set.
pub(crate) fn full_status() -> Status {
    let present = |device: &str| Sense {
        state: SenseState::Present,
        since_s: 231.5,
        device: Some(device.to_owned()),
        events: 12,
        ..Sense::default()
    };
    Status {
        kernel: Some(kernel()),
        beings: BeingsCount {
            awake: 3,
            waiting: 1,
            asleep: 2,
        },
        faults: vec!["sight=frozen".to_owned()],
        version: "0.1.0".to_owned(),
        board: "qemu-aarch64".to_owned(),
        ready: true,
        degraded: vec![Degradation {
            what: "real time".to_owned(),
            why: "the system refused SCHED_FIFO: cycles may start late under load".to_owned(),
            remedy: "give the service CAP_SYS_NICE, or start it as the board image does".to_owned(),
        }],
        uptime_s: 240.0,
        being: "0000000000000001".to_owned(),
        real_time: RealTime {
            wanted: true,
            granted: false,
            asked: RealTimeAsked {
                priority: 90,
                cpu: Some(6),
                memory_locked: true,
                shallow_idle: true,
            },
            shallow_idle: false,
            scheduler: "other".to_owned(),
            priority: 0,
            memory_locked: true,
            cpu: Some(6),
            why: Some("operation not permitted".to_owned()),
        },
        cycle: Cycle {
            rate_hz: 250,
            hz: 249.9,
            scheduled: 60_000,
            cycles: 59_998,
            skipped: 2,
            overruns: 1,
            lateness_us: Lateness {
                p50: 57.5,
                p99: 340.0,
                p999: 1_250.0,
                max: 5_125.5,
            },
            cost_us: Cost {
                p50: 3.5,
                p99: 8.25,
                max: 61.0,
            },
            stalls: vec![Stall {
                cycle: 41_233,
                late_us: 5_125.5,
                run_queue_us: Some(5_000.0),
                steal_us: None,
                explained: true,
            }],
        },
        senses: Senses {
            hearing: Hearing {
                sense: present("hw:0,0 simulated microphone"),
                level_dbfs: Some(-42.5),
                speech: Some(0.75),
            },
            sight: Sight {
                sense: present("/dev/video0 simulated camera"),
                frames: 6_000,
                fps: Some(29.5),
                brightness: Some(0.5),
                motion: Some(0.125),
            },
            body: Body {
                sense: present("linux"),
                load: Some(0.25),
                temperature_c: Some(51.5),
                memory: Some(0.375),
                pressure: Some(0.0625),
            },
        },
        npu: Npu {
            backend: Some("rknn".to_owned()),
            state: PartState::Running,
            situation: Some("conversation".to_owned()),
            situation_confidence: Some(0.875),
            feeling: Some("engaged".to_owned()),
            feeling_confidence: Some(0.75),
            confidence: Some(0.75),
            age_ms: Some(3.5),
            inferences: 12_000,
            inference_us: Some(412.5),
        },
        gpu: Gpu {
            device: Some("llvmpipe".to_owned()),
            fps: Some(30.0),
            frame_ms: Some(12.5),
        },
        display: Display {
            state: PartState::Running,
            device: Some("card0 Virtual-1".to_owned()),
            mode: Some("1280x720 at 60 Hz".to_owned()),
        },
        memory: Memory {
            state: PartState::Running,
            crystals: 126,
            dropped: 0,
            oldest_sequence: 4,
            newest_sequence: 129,
            durable_sequence: 125,
            wear: WearView {
                bytes_today: 3_000_000,
                bytes_per_day: Some(12_000_000),
                all_bytes_today: 9_000_000,
                budget_bytes_per_day: 2_000_000_000,
                withheld: 7,
            },
            index: IndexView {
                state: "ready".to_owned(),
                covered: 120,
            },
            flush_age_ms: Some(412.5),
            bytes_written: 5_250_000,
            degraded: None,
        },
        recording: Some(Recording {
            path: "recordings/today.trc".to_owned(),
            cycles: 1_000,
            bytes: 640_000,
        }),
        process: Process {
            rss_mb: 84.5,
            cpu_share: 0.125,
        },
    }
}
