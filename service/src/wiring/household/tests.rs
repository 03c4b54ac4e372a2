//! A household whose kernel runs, without senses.

use super::departure::PATIENCE;
use super::members::{Household, HouseholdSetup};
use super::resident::lock;
use super::{Awakened, FaultDesk};
use crate::http::{ConsentChange, ConsentError};
use crate::kernel_api::{BeingsCount, KernelError, KernelSource as _};
use crate::settings::Injection;
use crate::wiring::Stop;
use crate::wiring::outlets::Outlets;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use triune_board::{ExecutorSpec, KernelSpec, OverrunSpec};
use triune_core::{BeingId, Consent, Percept, Sense, Timestamp};
use triune_engine::{
    InlineExecutor, Kernel, KernelSettings, KernelSetup, MonotonicClock, PerceptSource,
};
use triune_memory::search::{Indexer, IndexerOptions};
use triune_memory::{Memories, Options};

/// Seats of the kernel.
const SEATS: usize = 2;

struct NoSenses;

impl PerceptSource for NoSenses {
    fn sample(&mut self, _now: Timestamp, _percept: &mut Percept) {}
}

struct Home {
    household: Arc<Household>,
    stop: Stop,
    cycle: Option<JoinHandle<()>>,
    folder: tempfile::TempDir,
}

impl Home {
    fn begin() -> Self {
        Self::begin_in(tempfile::tempdir().expect("a folder"))
    }

    fn begin_in(folder: tempfile::TempDir) -> Self {
        let root = folder.path().join("memory");
        std::fs::create_dir_all(&root).expect("a folder");
        let options = Options {
            history_records: 250,
            ..Options::default()
        };
        let household = Household::new(HouseholdSetup {
            data: folder.path().to_owned(),
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
            memories: Memories::open(&root, &options).expect("memories"),
            crystal_bytes: 1 << 20,
            indexer: Indexer::start(IndexerOptions::default()).expect("an indexer"),
            faults: FaultDesk::begin(&Injection::default()),
        })
        .expect("a household");
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
            stop,
            cycle: Some(cycle),
            folder,
        }
    }

    fn directories(&self) -> usize {
        let beings = self.folder.path().join("memory/beings");
        std::fs::read_dir(beings).expect("beings").count()
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

#[test]
fn a_being_that_is_read_all_the_while_is_not_lost() {
    let home = Home::begin();
    let reader = home.household.resident(BeingId::FIRST).expect("the first");
    let soon = Duration::from_millis(20);
    let claimed = home.household.claim(BeingId::FIRST, soon);
    assert_eq!(claimed.err(), Some(KernelError::Busy));
    assert!(home.household.resident(BeingId::FIRST).is_some(), "lost");
    assert!(home.household.page(BeingId::FIRST).is_some(), "lost");
    drop(reader);
    assert!(home.household.claim(BeingId::FIRST, PATIENCE).is_ok());
}

#[test]
fn a_being_that_found_no_room_leaves_nothing_behind() {
    let home = Home::begin();
    home.household.make(Some("Ada")).expect("room for two");
    let before = home.directories();
    let refused = home.household.make(None);
    assert!(
        matches!(refused, Err(KernelError::Full { .. })),
        "{refused:?}"
    );
    assert_eq!(home.directories(), before);
    assert_eq!(home.household.beings().expect("a list").beings.len(), 2);
}

#[test]
fn a_refusal_waits_for_nobody_who_comes_or_goes() {
    let home = Home::begin();
    // As while a being comes, goes or is erased.
    let coming = lock(&home.household.asleep);
    let (tell, told) = std::sync::mpsc::channel();
    let household = Arc::clone(&home.household);
    let refusing = std::thread::spawn(move || {
        let change = ConsentChange {
            hear: Some(false),
            ..ConsentChange::default()
        };
        let _ = tell.send(household.change_consent(BeingId::FIRST, &change));
    });
    let consent = told.recv_timeout(Duration::from_secs(60));
    drop(coming);
    refusing.join().expect("no panic");
    let consent = consent.expect("it waited").expect("in force");
    assert!(!consent.allows(Sense::Hear));
}

#[test]
fn what_was_on_its_way_when_a_service_was_cut_off_is_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let left = folder.path().join("spool/export-abc");
    std::fs::create_dir(folder.path().join("spool")).expect("a spool");
    std::fs::write(&left, "a being").expect("written");
    let home = Home::begin_in(folder);
    assert!(!left.exists());
    let spool = home.household.spool_folder().expect("a spool");
    let mode = std::fs::metadata(spool).expect("a folder").permissions();
    assert_eq!(mode.mode() & 0o777, 0o700);
}

#[test]
fn beings_are_counted_as_they_come_and_go() {
    let home = Home::begin();
    let being = home.household.make(None).expect("room");
    let counted = |awake, asleep| BeingsCount {
        awake,
        waiting: 0,
        asleep,
    };
    let settle = |wanted| {
        let began = std::time::Instant::now();
        while home.household.beings_count() != wanted && began.elapsed().as_secs() < 60 {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(home.household.beings_count(), wanted);
    };
    settle(counted(2, 0));
    home.household.let_sleep(being).expect("asleep");
    settle(counted(1, 1));
    let change = ConsentChange::default();
    let refused = home.household.change_consent(being, &change);
    assert_eq!(refused.err(), Some(ConsentError::Asleep(being)));
    home.household.wake(being).expect("awake");
    settle(counted(2, 0));
    home.household.erase(being).expect("erased");
    settle(counted(1, 0));
}

#[test]
fn the_first_being_begins_anew_with_nothing_of_the_old_one() {
    let home = Home::begin();
    let change = ConsentChange {
        hear: Some(false),
        ..ConsentChange::default()
    };
    let changed = home.household.change_consent(BeingId::FIRST, &change);
    assert!(!changed.expect("in force").allows(Sense::Hear));
    home.household.erase(BeingId::FIRST).expect("erased");
    assert!(home.household.resident(BeingId::FIRST).is_some(), "lost");
    let begun = home.household.first_consent().get();
    assert_eq!(home.household.consent(BeingId::FIRST).ok(), Some(begun));
    assert_eq!(begun, Consent::ALL);
}
