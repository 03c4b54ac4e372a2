//! Vitals over made-up `/proc` and `/sys` trees, the display file, the watchdog's time.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use std::fs;
use std::sync::atomic::Ordering;
use tempfile::TempDir;
use triune_board::{FileDisplay, KmsDisplay, LinuxVitals, WatchdogDevice};
use triune_hal::display::{FileScreen, KmsScreen, MemoryScreen};
use triune_hal::vitals::LinuxBody;
use triune_hal::watchdog::{LinuxWatchdog, SimulatedWatchdog};
use triune_hal::{Display, DisplayError, Vitals, VitalsReading, Watchdog, WatchdogError};

struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn body(&self) -> LinuxBody {
        LinuxBody::open_under(
            self.0.path(),
            &LinuxVitals {
                thermal_zones: "/sys/class/thermal/thermal_zone*/temp".to_owned(),
            },
        )
    }
}

fn read(body: &mut LinuxBody) -> VitalsReading {
    let mut reading = VitalsReading::default();
    body.read(&mut reading);
    reading
}

#[test]
fn load_is_what_was_spent_between_two_readings() {
    let machine = Machine::new();
    machine.file(
        "proc/stat",
        "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 50 0 50 350 50 0 0 0 0 0\ncpu2 50 0 50 350 50 0 0 0 0 0\nintr 5\n",
    );
    let mut body = machine.body();
    let first = read(&mut body);
    assert_eq!((first.cpu_load, first.cpu_stolen), (None, None));
    assert!(first.cpu_loads.is_empty());
    // 200 ticks more: 60 at work, 20 stolen, the rest idle.
    machine.file(
        "proc/stat",
        "cpu  130 10 120 810 110 0 0 20 0 0\ncpu0 75 0 75 350 50 0 0 0 0 0\ncpu2 50 0 50 440 60 0 0 0 0 0\n",
    );
    let second = read(&mut body);
    assert_eq!(second.cpu_load, Some(0.3));
    assert_eq!(second.cpu_stolen, Some(0.1));
    assert_eq!(second.cpu_loads, [Some(1.0), None, Some(0.0)]);
    // No time passed: nothing can be said.
    assert_eq!(read(&mut body).cpu_load, None);
    // Counters that step back, as after a processor was taken out: no time passed either.
    machine.file("proc/stat", "cpu  1 1 1 1 1 1 1 1\n");
    assert_eq!(read(&mut body).cpu_load, None);
}

#[test]
fn the_hottest_plausible_sensor_counts_and_none_is_none() {
    let machine = Machine::new();
    assert_eq!(read(&mut machine.body()).temperature_c, None);
    machine.file("sys/class/thermal/thermal_zone0/temp", "41200\n");
    machine.file("sys/class/thermal/thermal_zone1/temp", "67500\n");
    machine.file("sys/class/thermal/thermal_zone2/temp", "-274000\n");
    machine.file("sys/class/thermal/thermal_zone3/temp", "broken\n");
    machine.file("sys/class/thermal/cooling_device0/temp", "99000\n");
    assert_eq!(read(&mut machine.body()).temperature_c, Some(67.5));
}

#[test]
fn memory_and_pressure_are_shares() {
    let machine = Machine::new();
    machine.file(
        "proc/meminfo",
        "MemTotal:        8000 kB\nMemFree:         1000 kB\nMemAvailable:    6000 kB\n",
    );
    machine.file(
        "proc/pressure/cpu",
        "some avg10=12.50 avg60=1.00 avg300=0.00 total=1\nfull avg10=99.00 avg60=0 avg300=0 total=0\n",
    );
    let reading = read(&mut machine.body());
    assert_eq!(reading.memory_used, Some(0.25));
    assert_eq!(reading.cpu_pressure, Some(0.125));
}

#[test]
fn a_machine_that_tells_nothing_has_no_vitals() {
    let machine = Machine::new();
    let mut body = machine.body();
    for _ in 0..2 {
        let reading = read(&mut body);
        assert_eq!(
            reading,
            VitalsReading {
                time_ns: reading.time_ns,
                ..VitalsReading::default()
            }
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]

    #[test]
    fn nonsense_in_proc_never_panics_and_never_leaves_its_range(
        texts in prop::collection::vec("(cpu[0-9]{0,3}|MemTotal:|MemAvailable:|some avg10=)?[ 0-9.a-z-]{0,60}\n?", 8),
        damaged in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let machine = Machine::new();
        let mut body = machine.body();
        for pair in texts.chunks(2) {
            for name in ["proc/stat", "proc/meminfo", "proc/pressure/cpu"] {
                machine.file(name, pair.concat());
            }
            let reading = read(&mut body);
            let shares = [reading.cpu_load, reading.cpu_stolen, reading.memory_used, reading.cpu_pressure];
            for share in shares.into_iter().chain(reading.cpu_loads).flatten() {
                prop_assert!((0.0..=1.0).contains(&share), "{share}");
            }
        }
        machine.file("proc/stat", damaged);
        prop_assert_eq!(read(&mut body).cpu_load, None);
    }
}

#[test]
fn a_picture_file_holds_the_colours_that_were_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("face.png");
    let mut screen = FileScreen::open(&FileDisplay {
        path: path.clone(),
        width: 2,
        height: 2,
        max_fps: 1,
    })
    .unwrap();
    assert!(!path.exists());
    let pixels = [
        [255, 0, 0, 9],
        [0, 255, 0, 9],
        [7; 4],
        [0, 0, 255, 9],
        [1, 2, 3, 9],
        [7; 4],
    ];
    screen.show(pixels.as_flattened(), 12).unwrap();
    let shown = image::open(&path).unwrap().into_rgb8();
    assert_eq!(shown.into_raw(), [0, 0, 255, 0, 255, 0, 255, 0, 0, 3, 2, 1]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_that_is_not_there_and_a_screen_that_is_not_there_are_typed_errors() {
    let folder = tempfile::tempdir().unwrap();
    let error = FileScreen::open(&FileDisplay {
        path: folder.path().join("no/such/folder/face.png"),
        width: 2,
        height: 2,
        max_fps: 1,
    })
    .unwrap_err();
    assert!(matches!(error, DisplayError::Unwritable { .. }), "{error}");
    let error = KmsScreen::open(&KmsDisplay {
        drivers: vec!["no_such_driver".to_owned()],
        connector: None,
        max_fps: 1,
    })
    .unwrap_err();
    assert!(matches!(error, DisplayError::NotFound { .. }), "{error}");
}

#[test]
fn a_screen_in_memory_shows_the_rows_without_their_gaps() {
    let mut screen = MemoryScreen::new(1, 2);
    let picture = screen.picture();
    screen.show(&[1, 2, 3, 4, 0, 0, 5, 6, 7, 8], 6).unwrap();
    assert_eq!(*picture.lock().unwrap(), [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn food_moves_the_bite_and_disarming_takes_it_away() {
    let mut watchdog = SimulatedWatchdog::open(3);
    let bites_at = watchdog.bites_at_ns();
    let armed = bites_at.load(Ordering::Relaxed);
    std::thread::sleep(std::time::Duration::from_millis(2));
    watchdog.feed().unwrap();
    assert!(bites_at.load(Ordering::Relaxed) > armed);
    Box::new(watchdog).disarm().unwrap();
    assert_eq!(bites_at.load(Ordering::Relaxed), u64::MAX);
}

#[test]
fn a_watchdog_writes_food_and_the_magic_close() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchdog");
    let spec = WatchdogDevice {
        path: path.clone(),
        timeout_s: 9,
    };
    assert!(matches!(
        LinuxWatchdog::open(&spec),
        Err(WatchdogError::NotFound { .. })
    ));
    // A plain file refuses to be given a time-out and takes the rest.
    fs::write(&path, "").unwrap();
    let mut watchdog = LinuxWatchdog::open(&spec).unwrap();
    assert_eq!(watchdog.timeout_s(), 9);
    watchdog.feed().unwrap();
    Box::new(watchdog).disarm().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"\0V");
}
