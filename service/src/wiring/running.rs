//! Starts everything, and ends it in order.

use super::activation::{self, ActivationFacts};
use super::awakening::{being, open_memory, recovery};
use super::cycle::{self, Cycle};
use super::display;
use super::face::FaceDesk;
use super::hub::Hub;
use super::latest::latest;
use super::outlets::{Outlets, RecordingOutlet};
use super::percepts::Percepts;
use super::process::ProcessWatch;
use super::recall;
use super::recorder::{Recorder, RecordingOutcome, WAITING_ENTRIES};
use super::sense_threads::{self, on};
use super::steward::{self, Steward};
use super::stop::Stop;
use super::supervisor::spawn;
use super::watchdog;
use crate::http::Source;
use crate::settings::Settings;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use triune_board::{CoreError, Topology};
use triune_core::Being;
use triune_engine::{Counters, Losses, RecordingError, RecordingHeader, StallWatch};
use triune_memory::{CloseError, Memory, OpenError, Opened};

/// Why the service did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error("the data folder {path} cannot be used: {source}; name another with --data")]
    Data {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Memory cannot be opened.
    #[error(transparent)]
    Memory(#[from] OpenError),
    /// The board names processors that this machine does not have.
    #[error(transparent)]
    Cores(#[from] CoreError),
    /// The recording cannot be made.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The system gives no thread.
    #[error("a thread cannot be started: {0}; close other programs or raise the limit")]
    Thread(#[from] std::io::Error),
}

/// How the service ended.
#[derive(Debug)]
pub struct Ending {
    /// The being's last state.
    pub being: Being,
    /// What became of the recording, if there was one.
    pub recording: Option<Result<RecordingOutcome, RecordingError>>,
    /// Whether memory was closed in order.
    pub memory: Result<(), CloseError>,
}

/// The running service.
pub struct Running {
    hub: Arc<Hub>,
    cycle: Cycle,
    threads: Vec<JoinHandle<()>>,
    recorder: Option<Recorder>,
    memory: Arc<Memory>,
}

impl Running {
    /// Starts memory, senses, cycle and everything around them; `recording` is made if given.
    ///
    /// # Errors
    /// [`StartError`]; nothing runs then.
    pub fn start(
        settings: &Settings,
        recording: Option<&Path>,
        stop: &Stop,
    ) -> Result<Self, StartError> {
        let began = Instant::now();
        let cores = settings.board.cores.resolve(&Topology::read())?;
        let opened = open_memory(settings, &cores)?;
        let being = being(settings, &opened);
        let found_at_start = recovery(&opened);
        let Opened {
            memory,
            cycle: cycle_side,
            ..
        } = opened;
        let memory = Arc::new(memory);
        let crystals = memory.crystals();

        let (give_recall, take_recall) = latest();
        let (give_activation, take_activation) = latest();
        let (tell, told) = rtrb::RingBuffer::new(64);
        let (ask, questions) = rtrb::RingBuffer::new(16);
        let (report_overrun, overruns) = rtrb::RingBuffer::new(256);
        let (change, changes) = rtrb::RingBuffer::new(16);

        let (recorder, recording_outlet) = match recording {
            Some(path) => {
                let (entries, waiting) = rtrb::RingBuffer::new(WAITING_ENTRIES);
                let lost = Arc::new(AtomicU64::new(0));
                let header = RecordingHeader::new(settings.period(), unix_now());
                let recorder = Recorder::start(
                    path,
                    &header,
                    waiting,
                    Arc::clone(&lost),
                    on(&cores.control),
                    stop.clone(),
                )?;
                (Some(recorder), Some(RecordingOutlet { entries, lost }))
            }
            None => (None, None),
        };
        let senses = sense_threads::start(&settings.board, &cores, stop)?;
        let percepts = Percepts {
            hearing: senses.hearing,
            sight: senses.sight,
            body: senses.body,
            told,
            recall: take_recall,
            activation: take_activation,
        };
        let outlets = Outlets {
            memory: cycle_side,
            questions: ask,
            overruns: report_overrun,
            recording: recording_outlet,
        };
        let cycle = cycle::start(
            settings,
            &cores.cycle,
            being,
            percepts,
            outlets,
            changes,
            stop.clone(),
        )?;

        let mut threads = senses.threads;
        threads.push(recall::start(
            on(&cores.control),
            questions,
            crystals.clone(),
            give_recall,
            stop.clone(),
        )?);
        let activation_facts = ActivationFacts::new();
        threads.push(activation::start(
            on(&cores.control),
            Arc::clone(&cycle.page),
            Arc::clone(&memory),
            give_activation,
            Arc::clone(&activation_facts),
            stop.clone(),
        )?);
        threads.push(watchdog::start(
            on(&cores.control),
            settings.board.devices.watchdog.clone(),
            Arc::clone(&cycle.counters),
            stop.clone(),
        )?);
        let books = Arc::default();
        let mut steward = Steward {
            books: Arc::clone(&books),
            counters: Arc::clone(&cycle.counters),
            overruns,
            hearing: senses.heard,
            sight: senses.seen,
            memory: Arc::clone(&memory),
            stall_watch: StallWatch::of_thread(cycle.grant.thread, only(&cycle.grant.processors)),
            lost: Losses::over(steward::LOST_INTERVALS),
            hearing_facts: Arc::clone(&senses.status.hearing.0),
            sight_facts: Arc::clone(&senses.status.sight.0),
            marks: VecDeque::new(),
            advanced: Instant::now(),
        };
        let steward_stop = stop.clone();
        threads.push(spawn("steward", on(&cores.control), move || {
            while !steward_stop.wait(steward::INTERVAL) {
                steward.keep();
            }
            steward.keep();
        })?);

        let hub = Arc::new(Hub {
            board: settings.board.name.clone(),
            rate_hz: settings.rate_hz,
            began,
            counters: Arc::clone(&cycle.counters),
            page: Arc::clone(&cycle.page),
            grant: Arc::clone(&cycle.grant),
            books,
            senses: senses.status,
            told: Mutex::new(tell),
            changes: Mutex::new(change),
            memory: Arc::clone(&memory),
            crystals,
            activation: activation_facts,
            face: FaceDesk::new(),
            recording: recorder.as_ref().map(Recorder::progress),
            process: Mutex::new(ProcessWatch::new()),
            found_at_start,
        });
        threads.push(display::start(
            on(&cores.control),
            settings.board.devices.display.clone(),
            Arc::clone(&hub),
            stop.clone(),
        )?);
        Ok(Self {
            hub,
            cycle,
            threads,
            recorder,
            memory,
        })
    }

    /// What the API asks.
    #[must_use]
    pub fn source(&self) -> Arc<dyn Source> {
        Arc::clone(&self.hub) as Arc<dyn Source>
    }

    /// What the cycle counts.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.cycle.counters)
    }

    /// Overruns for which the machine accounts, and those for which it does not.
    #[must_use]
    pub fn explained_overruns(&self) -> (u64, u64) {
        self.hub.explained_overruns()
    }

    /// Whether the recording has ended by itself, as it does when the disk is full.
    #[must_use]
    pub fn recording_ended(&self) -> bool {
        self.recorder.as_ref().is_some_and(Recorder::has_ended)
    }

    /// Waits for the end, which somebody else asks for, and closes everything in order: the
    /// cycle first, then what it feeds, memory last.
    pub fn finish(self) -> Result<Ending, String> {
        // Even if the cycle has failed, what it left is written and closed.
        let being = self.cycle.thread.join();
        for thread in self.threads {
            if thread.join().is_err() {
                log::error!("a thread panicked while it ended");
            }
        }
        let recording = self.recorder.map(Recorder::finish);
        drop(self.hub);
        let memory = match Arc::try_unwrap(self.memory) {
            Ok(memory) => memory.close(),
            // A request is still reading: what is there is made durable, the rest goes with it.
            Err(shared) => {
                if let Err(error) = shared.sync() {
                    log::error!("memory: {error}");
                }
                Ok(())
            }
        };
        let being = being.map_err(|_| "the cycle failed; the log says where".to_owned())?;
        Ok(Ending {
            being,
            recording,
            memory,
        })
    }
}

/// The only processor of a thread, if it has but one.
fn only(processors: &[usize]) -> Option<usize> {
    match processors {
        [only] => Some(*only),
        _ => None,
    }
}

fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |span| span.as_nanos() as u64)
}
