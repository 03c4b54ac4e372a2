//! Everything that the API asks of the running service.

use super::activation::ActivationFacts;
use super::crystal_view::crystal_view;
use super::event_log::Origin;
use super::face::FaceDesk;
use super::facts::SenseFacts;
use super::household::{ConsentCell, Household, degraded, index_view};
use super::latest::Taker;
use super::process::ProcessWatch;
use super::recorder::{Progress, Recorder};
use super::steward::Books;
use crate::http::{
    ActivationView, ConsentChange, ConsentError, CrystalQuery, Crystals, CrystalsError,
    DetectionQuery, Detections, FrameError, ModelsView, ReleaseError, Source, StateView, ToldError,
};
use crate::kernel_api::KernelSource as _;
use crate::status::{
    Body, Cost, Cycle, Degradation, Hearing, Lateness, Memory, Npu, PartState, RealTime,
    RealTimeAsked, Senses, Sight, Status,
};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use triune_core::{
    BeingId, BodyPercept, Consent, HearingPercept, Sense, SightPercept, State, Timestamp,
};
use triune_engine::{Counters, RealTimeGrant};
use triune_hal::clock;

/// Cycles after which the service is ready: the timer runs and the loops have a state.
const READY_CYCLES: u64 = 10;
/// Share of the rate below which the kernel is degraded.
const LEAST_RATE: f64 = 0.98;
/// Time after the start in which the measured rate says little.
const SETTLED: Duration = Duration::from_secs(5);
/// How refusals of shallow idle states begin.
const IDLE_LATENCY: &str = "/dev/cpu_dma_latency";
/// Crystals that are looked through for one request.
const SEARCHED_CRYSTALS: usize = 4_096;

/// What the service is, for its readers.
pub(super) struct Hub {
    pub(super) board: String,
    pub(super) began: Instant,
    pub(super) counters: Arc<Counters>,
    pub(super) grant: Arc<RealTimeGrant>,
    pub(super) books: Arc<Mutex<Books>>,
    pub(super) senses: SenseEnds,
    pub(super) household: Arc<Household>,
    /// The first being's consent.
    pub(super) consent: ConsentCell,
    pub(super) activation: Arc<ActivationFacts>,
    pub(super) face: FaceDesk,
    pub(super) recording: Option<(PathBuf, Progress)>,
    pub(super) process: Mutex<ProcessWatch>,
}

/// The status's ends of the senses.
pub(super) struct SenseEnds {
    pub(super) hearing: (Arc<SenseFacts>, Mutex<Taker<HearingPercept>>),
    pub(super) sight: (Arc<SenseFacts>, Mutex<Taker<SightPercept>>),
    pub(super) body: (Arc<SenseFacts>, Mutex<Taker<BodyPercept>>),
    pub(super) frame_rate: Mutex<super::process::Rate>,
}

impl Hub {
    /// Overruns for which the machine accounts, and those for which it does not.
    pub(super) fn explained_overruns(&self) -> (u64, u64) {
        let books = lock(&self.books);
        (books.explained, books.unexplained)
    }

    fn senses(&self, now: Timestamp) -> Senses {
        let consent = self.consent.get();
        let refused = |sense| !consent.allows(sense);
        let (facts, taker) = &self.senses.hearing;
        let heard = lock(taker).take(now);
        let hearing = Hearing {
            sense: facts.view(refused(Sense::Hear)),
            level_dbfs: shown(refused(Sense::Hear), &heard.level),
            speech: shown(refused(Sense::Hear), &heard.speech),
        };
        let (facts, taker) = &self.senses.sight;
        let seen = lock(taker).take(now);
        let frames = facts.taken.load(Ordering::Relaxed);
        let fps = lock(&self.senses.frame_rate).of(frames);
        let see = refused(Sense::See);
        let sight = Sight {
            sense: facts.view(refused(Sense::See)),
            frames: if see { 0 } else { frames },
            fps: (facts.is_present() && !see).then_some(fps).flatten(),
            brightness: shown(refused(Sense::See), &seen.brightness),
            motion: shown(refused(Sense::See), &seen.motion),
        };
        let (facts, taker) = &self.senses.body;
        let felt = lock(taker).take(now);
        let feel = refused(Sense::Feel);
        let body = Body {
            sense: facts.view(feel),
            load: shown(feel, &felt.load),
            temperature_c: shown(feel, &felt.temperature),
            memory: shown(feel, &felt.memory),
            pressure: shown(feel, &felt.pressure),
        };
        Senses {
            hearing,
            sight,
            body,
        }
    }

    fn cycle(&self) -> Cycle {
        let counted = self.counters.read();
        let books = lock(&self.books);
        let us = |nanoseconds: u64| nanoseconds as f64 / 1e3;
        let (late, cost) = (counted.lateness, counted.cost);
        Cycle {
            rate_hz: self.household.rate_hz(),
            hz: books.hz,
            scheduled: counted.scheduled,
            cycles: counted.cycles,
            skipped: counted.skipped,
            overruns: counted.overruns,
            lateness_us: Lateness {
                p50: us(late.p50),
                p99: us(late.p99),
                p999: us(late.p999),
                max: us(late.max),
            },
            cost_us: Cost {
                p50: us(cost.p50),
                p99: us(cost.p99),
                max: us(cost.max),
            },
            stalls: books.stalls.iter().copied().collect(),
        }
    }

    fn real_time(&self) -> RealTime {
        let grant = &self.grant;
        let only = |processors: &[usize]| match processors {
            [only] => u32::try_from(*only).ok(),
            _ => None,
        };
        RealTime {
            wanted: grant.wish.priority.is_some(),
            asked: RealTimeAsked {
                priority: grant.wish.priority.map_or(0, u32::from),
                cpu: only(&grant.wish.processors),
                memory_locked: grant.wish.lock_memory,
                shallow_idle: grant.wish.shallow_idle,
            },
            granted: grant.priority.is_some(),
            scheduler: if grant.priority.is_some() {
                "SCHED_FIFO"
            } else {
                "SCHED_OTHER"
            }
            .to_owned(),
            priority: grant.priority.map_or(0, u32::from),
            memory_locked: grant.memory_locked,
            cpu: only(&grant.processors),
            shallow_idle: grant.wish.shallow_idle
                && !grant
                    .refused
                    .iter()
                    .any(|why| why.starts_with(IDLE_LATENCY)),
            why: (!grant.refused.is_empty()).then(|| grant.refused.join("; ")),
        }
    }

    /// What the models say rests on hearing, sight and body together, so it is only told while
    /// all three are allowed.
    fn npu(&self, now: Timestamp) -> Npu {
        self.activation.view(now, self.all_allowed_since())
    }

    /// What is recognised in the first being, with the pattern that shows.
    fn first_activation(&self, now: Timestamp) -> Option<ActivationView> {
        let since = self.all_allowed_since();
        let told = self.activation.activation(BeingId::FIRST, now, since)?;
        let resident = self.household.resident(BeingId::FIRST);
        Some(ActivationView {
            pattern: resident.and_then(|resident| resident.discovery.current(now)),
            ..told
        })
    }

    /// Since when the first being may hear, see and feel; `None` while one of them is refused.
    fn all_allowed_since(&self) -> Option<Timestamp> {
        let since = [Sense::Hear, Sense::See, Sense::Feel].map(|s| self.consent.allowed_since(s));
        let since = since.into_iter().collect::<Option<Vec<_>>>();
        since.and_then(|since| since.into_iter().max())
    }

    /// The first being's memory.
    fn memory(&self) -> Memory {
        let Some(resident) = self.household.resident(BeingId::FIRST) else {
            return Memory {
                state: PartState::Restarting,
                ..Memory::default()
            };
        };
        let figures = resident.memory.statistics();
        let degraded = degraded(&resident, &figures);
        Memory {
            state: match (&degraded, figures.writer_running) {
                (_, false) => PartState::Failed,
                (Some(_), true) => PartState::Degraded,
                (None, true) => PartState::Running,
            },
            crystals: resident.memory.view().len(),
            dropped: figures.dropped,
            oldest_sequence: figures.first_kept.unwrap_or(0),
            newest_sequence: resident.memory.crystals().newest_sequence().unwrap_or(0),
            durable_sequence: figures.last_durable,
            flush_age_ms: figures.flush_age.map(|age| age.as_secs_f64() * 1e3),
            bytes_written: figures.bytes_written,
            wear: self.household.wear_view(&figures),
            index: index_view(resident.searcher.state()),
            degraded,
        }
    }

    /// The first being's newest state; at rest before it has one.
    pub(super) fn newest_state(&self) -> State {
        self.household
            .page(BeingId::FIRST)
            .map_or_else(|| State::at_rest(BeingId::FIRST), |page| page.read())
    }

    /// What is not as it should be right now.
    fn degraded(&self, memory: &Memory, faults: &[String]) -> Vec<Degradation> {
        let mut all = self.household.troubles();
        let mut add = |what: &str, why: String, remedy: &str| {
            all.push(Degradation {
                what: what.to_owned(),
                why,
                remedy: remedy.to_owned(),
            });
        };
        for refused in &self.grant.refused {
            // The idle latency only matters where processors sleep deeply; its absence is told
            // under real_time and degrades nothing by itself.
            if !refused.starts_with(IDLE_LATENCY) {
                let (why, remedy) = refused.split_once(": ").unwrap_or((refused, "see the log"));
                add("real time", why.to_owned(), remedy);
            }
        }
        if let Some(why) = &memory.degraded {
            let (why, remedy) = why.split_once(": ").unwrap_or((why, "see the log"));
            add("memory", why.to_owned(), remedy);
        }
        for resident in self.household.everybody() {
            let being = resident.memory.being();
            if being != BeingId::FIRST
                && let Some(why) = degraded(&resident, &resident.memory.statistics())
            {
                let (why, remedy) = why.split_once(": ").unwrap_or((&why, "see the log"));
                add("memory", format!("being {being}: {why}"), remedy);
            }
        }
        for fault in faults {
            add(
                "fault",
                format!("{fault}, on purpose"),
                "it ends as planned; restart the service without --inject to be rid of it",
            );
        }
        if memory.state == PartState::Failed {
            add(
                "memory",
                "its writer has ended".to_owned(),
                "restart the service and see the log",
            );
        }
        if self.counters.cycles() >= READY_CYCLES && !lock(&self.books).advances {
            add(
                "cycle",
                "it stands still".to_owned(),
                "see the log; the watchdog resets a board",
            );
        }
        let hz = lock(&self.books).hz;
        let rate_hz = self.household.rate_hz();
        if self.began.elapsed() > SETTLED && hz < f64::from(rate_hz) * LEAST_RATE {
            let why = format!("{hz:.0} of {rate_hz} cycles a second");
            add(
                "cycle",
                why,
                "the machine does not keep up: give it less to do",
            );
        }
        if let Some(why) = self.activation.trouble() {
            add("models", why, "'triune doctor npu' examines them");
        }
        let display = self.face.display();
        if matches!(display.state, PartState::Failed | PartState::Restarting) {
            let why = display.device.unwrap_or_else(|| "it failed".to_owned());
            add("display", why, "'triune doctor display' examines it");
        }
        let consent = self.consent.get();
        for (what, sense, facts) in [
            ("hearing", Sense::Hear, &self.senses.hearing.0),
            ("sight", Sense::See, &self.senses.sight.0),
        ] {
            let view = facts.view(false);
            if let Some(why) = view.why.filter(|_| consent.allows(sense)) {
                let (why, remedy) = why
                    .split_once("; ")
                    .unwrap_or((&why, "'triune doctor' examines the device"));
                add(what, why.to_owned(), remedy);
            }
        }
        all
    }
}

impl Source for Hub {
    fn status(&self) -> Status {
        let now = Timestamp(clock::now_ns());
        let cycle = self.cycle();
        let memory = self.memory();
        let faults = self.household.faults().active;
        Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            board: self.board.clone(),
            ready: cycle.cycles >= READY_CYCLES && lock(&self.books).advances,
            degraded: self.degraded(&memory, &faults),
            uptime_s: self.began.elapsed().as_secs_f64(),
            being: BeingId::FIRST.to_string(),
            kernel: Some(self.household.kernel()),
            real_time: self.real_time(),
            cycle,
            senses: self.senses(now),
            npu: self.npu(now),
            gpu: self.face.gpu(),
            display: self.face.display(),
            beings: self.household.beings_count(),
            faults,
            memory,
            recording: self
                .recording
                .as_ref()
                .map(|(path, progress)| Recorder::status(path, progress)),
            process: lock(&self.process).read(),
        }
    }

    fn state(&self) -> Option<StateView> {
        let state = self.newest_state();
        let now = Timestamp(clock::now_ns());
        (state.cycle > 0).then(|| StateView {
            activation: self.first_activation(now),
            ..StateView::from(&state)
        })
    }

    fn models(&self) -> ModelsView {
        self.activation.models()
    }

    fn release_model(&self, name: &str) -> Result<(), ReleaseError> {
        self.activation.release(name)
    }

    fn detections(&self, query: &DetectionQuery) -> Detections {
        let now_ns = clock::now_ns();
        let since = |origin: Origin| self.consent.allowed_since(origin.sense());
        Detections {
            now_ns,
            events: lock(&self.books).events.read(query, since),
        }
    }

    fn frame_png(&self, width: u32, height: u32) -> Result<Vec<u8>, FrameError> {
        self.face
            .png(&self.newest_state(), &self.status(), width, height)
    }

    fn told(&self, being: BeingId, words: &str) -> Result<usize, ToldError> {
        self.household.tell(being, words)
    }

    fn is_awake(&self, being: BeingId) -> bool {
        self.household.resident(being).is_some()
    }

    fn consent(&self, being: BeingId) -> Result<Consent, ConsentError> {
        self.household.consent(being)
    }

    fn change_consent(
        &self,
        being: BeingId,
        change: &ConsentChange,
    ) -> Result<Consent, ConsentError> {
        self.household.change_consent(being, change)
    }

    fn crystals(&self, query: &CrystalQuery) -> Result<Crystals, CrystalsError> {
        let resident = self.household.resident(BeingId::FIRST);
        let resident = resident.ok_or_else(|| CrystalsError::Absent {
            why: "the first being is just being made".to_owned(),
        })?;
        let view = resident.memory.view();
        let crystals = view
            .iter()
            .rev()
            .filter(|crystal| {
                query
                    .before
                    .is_none_or(|before| crystal.sequence() < before)
            })
            .take(SEARCHED_CRYSTALS)
            .filter(|crystal| query.kind.is_none_or(|kind| crystal.kind() == Some(kind)))
            .filter(|crystal| crystal.is_whole())
            .take(query.limit)
            .map(crystal_view)
            .collect();
        Ok(Crystals { crystals })
    }
}

fn shown(refused: bool, judgement: &triune_core::Judgement) -> Option<f32> {
    (judgement.is_present() && !refused).then_some(judgement.value)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
