//! Starts everything, and ends it in order.

use super::activation::{self, ActivationFacts, ActivationSetup};
use super::awakening::{mebibytes, open_memories};
use super::cycle::{self, Cycle, CycleParts};
use super::display;
use super::face::FaceDesk;
use super::household::{Awakened, FaultDesk, Household, HouseholdSetup};
use super::hub::Hub;
use super::outlets::{Outlets, RecordingOutlet};
use super::percepts::Percepts;
use super::process::ProcessWatch;
use super::recall;
use super::recorder::{Recorder, RecordingOutcome};
use super::sense_threads::{self, on};
use super::steward::{self, LOST_INTERVALS, Steward};
use super::stop::Stop;
use super::supervisor::spawn;
use super::watchdog;
use crate::http::Source;
use crate::kernel_api::KernelSource;
use crate::settings::Settings;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use triune_board::{CoreError, ResolvedCores, Topology};
use triune_core::{Being, BeingId, Timestamp};
use triune_engine::{
    Counters, Entry, KernelEvent, Losses, Overrun, RecordingError, RecordingHeader, StallWatch,
    touched_ring,
};
use triune_memory::search::{Indexer, IndexerOptions};
use triune_memory::{CloseError, OpenError};

/// Overruns that may wait to be explained.
const WAITING_OVERRUNS: usize = 256;
/// How often it is looked whether the first being must be brought back.
const RETURN_INTERVAL: Duration = Duration::from_secs(1);
/// Events of the kernel that may wait to be logged.
const WAITING_EVENTS: usize = 256;
/// Seconds of a full house that may wait for the recorder, where they fit.
const RECORDER_SECONDS: usize = 8;
/// Memory for what waits for the recorder, bytes. A house that would fill more in those seconds has
/// fewer of them.
const RECORDER_BYTES: usize = 64 << 20;
/// The smallest page of the machines that we run on.
const PAGE: usize = 4096;
const _: () = assert!(
    size_of::<Entry>() < PAGE,
    "an entry must be smaller than a page, so that writing each touches every page of the ring"
);

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
    /// The kernel cannot be made.
    #[error("the kernel cannot run: {0}")]
    Kernel(String),
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
    household: Arc<Household>,
    cycle: Cycle,
    threads: Vec<JoinHandle<()>>,
    recorder: Option<Recorder>,
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
        let faults = FaultDesk::begin(&settings.inject);
        let household = Arc::new(household(settings, &cores, faults.clone())?);
        let Awakened { aboard, settling } = household.awaken()?;

        let (report_overrun, overruns) = touched_ring(WAITING_OVERRUNS, Overrun::default);
        let (report_event, events) = touched_ring(WAITING_EVENTS, || {
            (Timestamp(0), KernelEvent::PeriodChanged(0))
        });
        let (recorder, recording_outlet) = match recording {
            Some(path) => {
                let room = waiting_entries(settings.rate_hz, settings.board.kernel.beings_in_burst);
                let (entries, waiting) = touched_ring(room, || Entry::Left(BeingId::FIRST));
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
        let cycle = cycle::start(
            settings,
            &cores.cycle,
            CycleParts {
                residents: aboard,
                percepts: Percepts {
                    hearing: senses.hearing,
                    sight: senses.sight,
                    body: senses.body,
                },
                outlets: Outlets {
                    overruns: report_overrun,
                    events: report_event,
                    recording: recording_outlet,
                },
                faults: faults.clone(),
            },
            stop.clone(),
        )?;
        household.set_control(cycle.control.clone(), cycle.loop_grants.clone());
        for newcomer in settling {
            household.settle(newcomer);
        }
        household.count_asleep();

        let mut threads = senses.threads;
        threads.push(recall::start(
            on(&cores.control),
            household.askers.clone(),
            stop.clone(),
        )?);
        let activation_facts = ActivationFacts::new();
        threads.push(activation::start(
            on(&cores.control),
            ActivationSetup {
                npu: settings.board.devices.npu.clone(),
                models: settings.data.join("models"),
                share: settings.npu.activation_share,
                period: settings.period(),
            },
            household.watched.clone(),
            Arc::clone(&activation_facts),
            stop.clone(),
        )?);
        threads.push(watchdog::start(
            on(&cores.control),
            settings.board.devices.watchdog.clone(),
            Arc::clone(&cycle.counters),
            stop.clone(),
        )?);
        if faults.has_store_faults() {
            let faults_stop = stop.clone();
            threads.push(spawn("faults", on(&cores.control), move || {
                faults.switch_store(&faults_stop);
            })?);
        }
        let (returning, returning_stop) = (Arc::clone(&household), stop.clone());
        threads.push(spawn("beings", on(&cores.control), move || {
            while !returning_stop.wait(RETURN_INTERVAL) {
                returning.bring_back_the_first();
                returning.store_patterns();
            }
        })?);
        let books = Arc::default();
        let mut steward = Steward {
            books: Arc::clone(&books),
            counters: Arc::clone(&cycle.counters),
            overruns,
            hearing: senses.heard,
            sight: senses.seen,
            consent: household.first_consent(),
            events,
            household: Arc::clone(&household),
            stall_watch: StallWatch::of_thread(cycle.grant.thread, only(&cycle.grant.processors)),
            lost: Losses::over(LOST_INTERVALS),
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
            began,
            counters: Arc::clone(&cycle.counters),
            grant: Arc::clone(&cycle.grant),
            books,
            senses: senses.status,
            household: Arc::clone(&household),
            consent: household.first_consent(),
            activation: activation_facts,
            face: FaceDesk::new(household.first_consent()),
            recording: recorder.as_ref().map(Recorder::progress),
            process: Mutex::new(ProcessWatch::new()),
        });
        threads.push(display::start(
            on(&cores.control),
            settings.board.devices.display.clone(),
            Arc::clone(&hub),
            stop.clone(),
        )?);
        Ok(Self {
            hub,
            household,
            cycle,
            threads,
            recorder,
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

    /// What the API asks of the kernel and its beings.
    #[must_use]
    pub fn kernel(&self) -> Arc<dyn KernelSource> {
        Arc::clone(&self.household) as Arc<dyn KernelSource>
    }

    /// Waits for the end, which somebody else asks for, and closes everything in order: the
    /// cycle first, then what it feeds, memory last.
    pub fn finish(self) -> Result<Ending, String> {
        // Even if the cycle has failed, what it left is written and closed.
        let aboard = self.cycle.thread.join();
        let first = aboard.map(|aboard| {
            aboard
                .into_iter()
                .map(|resident| resident.being)
                .find(|being| being.state.being == BeingId::FIRST)
        });
        for thread in self.threads {
            if thread.join().is_err() {
                log::error!("a thread panicked while it ended");
            }
        }
        let recording = self.recorder.map(Recorder::finish);
        drop(self.hub);
        let memory = self.household.close();
        match first {
            Ok(Some(being)) => Ok(Ending {
                being,
                recording,
                memory,
            }),
            Ok(None) => Err("the first being had left the cycle".to_owned()),
            Err(_) => Err("the cycle failed; the log says where".to_owned()),
        }
    }
}

/// The household of a service, nobody awake.
fn household(
    settings: &Settings,
    cores: &ResolvedCores,
    faults: FaultDesk,
) -> Result<Household, StartError> {
    let memories = open_memories(settings, cores, faults.disk())?;
    let indexer = Indexer::start(IndexerOptions {
        cores: cores.control.clone(),
        ..IndexerOptions::default()
    })?;
    Household::new(HouseholdSetup {
        data: settings.data.clone(),
        spec: settings.board.kernel,
        rate_hz: settings.rate_hz,
        memories,
        crystal_bytes: mebibytes(settings.board.memory.crystals_mib),
        indexer,
        faults,
    })
    .map_err(|source| StartError::Data {
        path: settings.data.clone(),
        source,
    })
}

/// Entries that may wait for the recorder: those of some seconds, longer than any disk stalls, as
/// far as there is memory for them.
fn waiting_entries(rate_hz: u32, beings: u32) -> usize {
    // Of each cycle an entry of its own, and one for each being.
    let wanted = RECORDER_SECONDS * rate_hz as usize * (1 + beings as usize);
    wanted.min(RECORDER_BYTES / size_of::<Entry>())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recorders_ring_is_bounded() {
        assert_eq!(waiting_entries(250, 1), RECORDER_SECONDS * 250 * 2);
        let most = waiting_entries(1_000, 64);
        assert!(most * size_of::<Entry>() <= RECORDER_BYTES);
        assert!(most > 1_000 * 65 / 4, "not even a quarter of a second");
    }
}
