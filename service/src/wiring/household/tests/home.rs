//! A household whose kernel runs, without senses.

use crate::settings::Injection;
use crate::wiring::Stop;
use crate::wiring::household::{Awakened, FaultDesk, Household, HouseholdSetup};
use crate::wiring::outlets::Outlets;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use triune_board::{ExecutorSpec, KernelSpec, OverrunSpec};
use triune_core::{BeingId, Percept, Timestamp};
use triune_engine::{
    BurstSettings, InlineExecutor, Kernel, KernelSettings, KernelSetup, MonotonicClock,
    PerceptSource,
};
use triune_memory::search::{Indexer, IndexerOptions};
use triune_memory::{FaultyDisk, Memories, Options};

/// Seats of the kernel.
pub(super) const SEATS: usize = 2;

struct NoSenses;

impl PerceptSource for NoSenses {
    fn sample(&mut self, _now: Timestamp, _percept: &mut Percept) {}
}

pub(super) struct Home {
    pub(super) household: Arc<Household>,
    pub(super) disk: Arc<FaultyDisk>,
    stop: Stop,
    cycle: Option<JoinHandle<()>>,
    folder: tempfile::TempDir,
}

impl Home {
    pub(super) fn begin() -> Self {
        Self::begin_in(tempfile::tempdir().expect("a folder"))
    }

    pub(super) fn begin_in(folder: tempfile::TempDir) -> Self {
        Self::begin_with(folder, None)
    }

    /// Beings on `data` that nobody has woken.
    pub(super) fn household(data: &Path, options: &Options) -> Household {
        Household::new(HouseholdSetup {
            data: data.to_owned(),
            spec: KernelSpec {
                executor: ExecutorSpec::Inline,
                overrun: OverrunSpec::Skip,
                beings_steady: 2,
                beings_in_burst: 2,
                burst_seconds: 1.0,
                burst_rest_seconds: 1.0,
                burst_rate_hz: None,
            },
            rate_hz: 250,
            memories: Memories::open(&data.join("memory"), options).expect("memories"),
            crystal_bytes: 1 << 20,
            indexer: Indexer::start(IndexerOptions::default()).expect("an indexer"),
            faults: FaultDesk::begin(&Injection::default()),
        })
        .expect("a household")
    }

    pub(super) fn begin_with(folder: tempfile::TempDir, burst: Option<BurstSettings>) -> Self {
        let disk = Arc::new(FaultyDisk::default());
        let root = folder.path().join("memory");
        std::fs::create_dir_all(&root).expect("a folder");
        let options = Options {
            history_records: 250,
            flush_window: Duration::from_millis(20),
            disk: Arc::clone(&disk) as _,
            ..Options::default()
        };
        let household = Self::household(folder.path(), &options);
        let Awakened {
            aboard, settling, ..
        } = household.awaken().expect("the first being");
        let (overruns, _) = rtrb::RingBuffer::new(1);
        let (events, _) = rtrb::RingBuffer::new(1);
        let made = Kernel::new(KernelSetup {
            residents: aboard,
            clock: MonotonicClock,
            executor: InlineExecutor,
            source: NoSenses,
            sink: Outlets {
                overruns,
                events,
                recording: None,
            },
            settings: KernelSettings {
                capacity: SEATS,
                burst,
                ..KernelSettings::default()
            },
        });
        let Ok((kernel, control)) = made else {
            panic!("a kernel");
        };
        let stop = Stop::default();
        let ended = stop.clone();
        let cycle = std::thread::spawn(move || drop(kernel.run(ended.flag())));
        household.set_control(control, Vec::new());
        for newcomer in settling {
            household.settle(newcomer);
        }
        household.count_asleep();
        Self {
            household: Arc::new(household),
            disk,
            stop,
            cycle: Some(cycle),
            folder,
        }
    }

    /// A being's directory.
    pub(super) fn directory(&self, being: BeingId) -> PathBuf {
        self.beings().join(being.to_string())
    }

    pub(super) fn beings(&self) -> PathBuf {
        self.folder.path().join("memory/beings")
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub(super) fn directories(&self) -> usize {
        std::fs::read_dir(self.beings()).expect("beings").count()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.stop.set();
        if let Some(cycle) = self.cycle.take() {
            let _ = cycle.join();
        }
        let _ = self.household.close();
    }
}

/// Waits until `holds`, or fails.
pub(super) fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
