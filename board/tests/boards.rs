//! Every built-in board, and what the parser makes of good and bad text.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use triune_board::strict_toml::TomlError;
use triune_board::{
    Board, BoardError, CameraSpec, CoreClass, CoreError, CoreSet, DisplaySpec, MicrophoneSpec,
    NpuSpec, Topology, WatchdogSpec,
};

fn host_text() -> String {
    fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/boards/host/board.toml"
    ))
    .unwrap()
}

#[test]
fn every_folder_is_a_board_of_that_name_and_is_built_in() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/boards");
    let mut on_disk: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    on_disk.sort();
    let mut built_in: Vec<&str> = Board::names().collect();
    built_in.sort_unstable();
    assert_eq!(on_disk, built_in);
    for name in Board::names() {
        let board = Board::by_name(name).unwrap();
        assert_eq!(board.name, name);
        assert!(!board.description.is_empty());
    }
}

#[test]
fn boards_name_the_devices_that_their_machines_have() {
    let qemu = Board::by_name("qemu-aarch64").unwrap();
    let MicrophoneSpec::Alsa(card) = &qemu.devices.microphone else {
        panic!("the virtual board hears through ALSA");
    };
    assert_eq!(
        (
            card.device.as_str(),
            card.rate_hz,
            card.channels,
            card.period_frames
        ),
        ("hw:Loopback,1,0", 48_000, 2, 192)
    );
    assert!(matches!(&qemu.devices.camera, CameraSpec::V4l(camera)
        if (camera.width, camera.height) == (640, 360)));
    assert!(matches!(&qemu.devices.display, DisplaySpec::Kms(screen)
        if screen.drivers == ["virtio_gpu"]));
    let NpuSpec::Rknn(soft) = &qemu.devices.npu else {
        panic!("the virtual board runs models through the soft runtime");
    };
    assert_eq!(soft.cores, 3);
    assert_eq!(
        soft.library,
        [Path::new("/usr/lib/triune/librknnrt-soft.so")]
    );

    let pi = Board::by_name("orangepi-5-plus").unwrap();
    assert_eq!(pi.cores.cycle, CoreSet::Cpus(vec![6, 7]));
    assert_eq!(pi.cores.control, CoreSet::Cpus(vec![0, 1, 2, 3]));
    let NpuSpec::Rknn(npu) = &pi.devices.npu else {
        panic!("the board has an NPU");
    };
    assert_eq!(npu.cores, 3);
    assert!(
        npu.recogniser.is_some(),
        "its library takes none of ours and could not be tried"
    );
    let soft = |path: &PathBuf| path.to_string_lossy().contains("soft");
    assert!(!npu.library.iter().any(soft), "no stand-in on a real board");
    assert!(matches!(pi.devices.watchdog, WatchdogSpec::Device(_)));

    let host = Board::by_name("host").unwrap();
    assert_eq!(host.cores.cycle, CoreSet::Class(CoreClass::Performance));
    assert!(matches!(
        host.devices.microphone,
        MicrophoneSpec::Simulated(_)
    ));
    assert_eq!(host.devices.npu, NpuSpec::None);
}

#[test]
fn a_board_survives_being_written_and_read_again() {
    for name in Board::names() {
        let board = Board::by_name(name).unwrap();
        let text = toml::to_string(&board).unwrap();
        assert_eq!(Board::from_toml("again", &text).unwrap(), board);
    }
}

#[test]
fn an_unknown_board_is_refused_with_the_nearest_and_all_names() {
    let error = Board::by_name("orangepi-5plus").unwrap_err();
    let text = error.to_string();
    assert!(text.contains("did you mean `orangepi-5-plus`?"), "{text}");
    assert!(text.contains("qemu-aarch64"), "{text}");
}

#[test]
fn unknown_keys_and_choices_are_refused_with_the_nearest_name() {
    for (from, to, wrong, meant) in [
        (
            "rate_hz = 250\n",
            "rate_hz = 250\nratehz = 1\n",
            "ratehz",
            "rate_hz",
        ),
        ("display = \"none\"", "display = \"non\"", "non", "none"),
        (
            "[devices.camera.pattern]",
            "[devices.camera.patern]",
            "patern",
            "pattern",
        ),
        (
            "cycle = \"performance\"",
            "cycle = \"performence\"",
            "performence",
            "performance",
        ),
        (
            "thermal_zones =",
            "thermal_zone =",
            "thermal_zone",
            "thermal_zones",
        ),
    ] {
        let text = host_text().replacen(from, to, 1);
        assert_ne!(text, host_text(), "{from} is in the file");
        match Board::from_toml("edited", &text) {
            Err(BoardError::NotABoard {
                source:
                    TomlError::Unknown {
                        name,
                        nearest,
                        line,
                        ..
                    },
                ..
            }) => {
                assert_eq!((name.as_str(), nearest.as_deref()), (wrong, Some(meant)));
                assert!(line > 1, "{wrong} has its line");
            }
            other => panic!("{to}: {other:?}"),
        }
    }
}

#[test]
fn values_that_no_board_can_have_are_refused_by_name() {
    for (from, to, key) in [
        ("rate_hz = 250", "rate_hz = 1001", "rate_hz"),
        ("rate_hz = 250", "rate_hz = 0", "rate_hz"),
        ("cycle = 80", "cycle = 0", "priorities.cycle"),
        ("capture = 70", "capture = 100", "priorities.capture"),
        ("name = \"host\"", "name = \"My Host\"", "name"),
        (
            "channels = 1",
            "channels = 0",
            "devices.microphone.simulated.channels",
        ),
        ("width = 640", "width = 641", "devices.camera.pattern.width"),
        ("fps = 15", "fps = 0", "devices.camera.pattern.fps"),
        ("history_mib = 64", "history_mib = 0", "memory.history_mib"),
        (
            "beings_steady = 8",
            "beings_steady = 0",
            "kernel.beings_steady",
        ),
        (
            "beings_in_burst = 64",
            "beings_in_burst = 7",
            "kernel.beings_in_burst",
        ),
        (
            "burst_seconds = 60.0",
            "burst_seconds = 60.0\nburst_rate_hz = 1001",
            "kernel.burst_rate_hz",
        ),
        (
            "burst_seconds = 60.0",
            "burst_seconds = inf",
            "kernel.burst_seconds",
        ),
        ("cycle = \"performance\"", "cycle = [4096]", "cores.cycle"),
    ] {
        let text = host_text().replacen(from, to, 1);
        assert!(
            matches!(Board::from_toml("edited", &text), Err(BoardError::OutOfRange { key: at, .. }) if at == key),
            "{to}"
        );
    }
    for (from, to) in [
        ("cycle = \"performance\"", "cycle = []"),
        ("cycle = \"performance\"", "cycle = [-1]"),
        ("rate_hz = 250", "rate_hz = \"250\""),
        ("description = ", "#"),
        ("overrun = \"skip\"", "overrun = \"catch-up:0\""),
        ("overrun = \"skip\"", "overrun = \"hurry\""),
    ] {
        let text = host_text().replacen(from, to, 1);
        assert!(
            matches!(
                Board::from_toml("edited", &text),
                Err(BoardError::NotABoard {
                    source: TomlError::Invalid { .. },
                    ..
                })
            ),
            "{to}"
        );
    }
}

#[test]
fn a_machine_is_recognised_by_its_device_tree() {
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("proc/device-tree");
    fs::create_dir_all(&tree).unwrap();
    for (property, board) in [
        (
            &b"xunlong,orangepi-5-plus\0rockchip,rk3588\0"[..],
            "orangepi-5-plus",
        ),
        (b"linux,dummy-virt\0", "qemu-aarch64"),
        (b"raspberrypi,4-model-b\0brcm,bcm2711\0", "host"),
        (b"\xff\xfe\0\0", "host"),
        (b"", "host"),
    ] {
        fs::write(tree.join("compatible"), property).unwrap();
        assert_eq!(Board::detect_under(root.path()).unwrap().name, board);
    }
    fs::remove_dir_all(tree).unwrap();
    assert_eq!(Board::detect_under(root.path()).unwrap().name, "host");
}

struct Machine(tempfile::TempDir);

impl Machine {
    fn new(online: &str) -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        machine.file("sys/devices/system/cpu/online", online);
        machine
    }

    fn file(&self, path: &str, text: impl AsRef<str>) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.as_ref()).unwrap();
    }

    fn figure(&self, name: &str, figures: &[u32]) {
        for (cpu, figure) in figures.iter().enumerate() {
            self.file(
                &format!("sys/devices/system/cpu/cpu{cpu}/{name}"),
                format!("{figure}\n"),
            );
        }
    }

    fn topology(&self) -> Topology {
        Topology::read_under(self.0.path())
    }
}

#[test]
fn fast_and_economical_processors_are_told_apart() {
    let arm = Machine::new("0-7\n");
    arm.figure(
        "cpu_capacity",
        &[530, 530, 530, 530, 1024, 1024, 1010, 1010],
    );
    assert_eq!(arm.topology().performance, [4, 5, 6, 7]);
    assert_eq!(arm.topology().efficiency, [0, 1, 2, 3]);

    let hybrid = Machine::new("0-5\n");
    hybrid.file("sys/devices/cpu_core/cpus", "0-1\n");
    hybrid.file("sys/devices/cpu_atom/cpus", "2-5\n");
    assert_eq!(hybrid.topology().performance, [0, 1]);

    let clocked = Machine::new("0-3");
    clocked.figure(
        "cpufreq/cpuinfo_max_freq",
        &[1_800_000, 1_800_000, 2_400_000, 2_256_000],
    );
    assert_eq!(clocked.topology().performance, [2, 3]);

    let alike = Machine::new("0-3\n");
    alike.figure("cpu_capacity", &[1024; 4]);
    assert_eq!(alike.topology().performance, [0, 1, 2, 3]);
    assert_eq!(alike.topology().efficiency, [0, 1, 2, 3]);

    let garbled = Machine::new("no list\n");
    assert!(!garbled.topology().online.is_empty());
}

#[test]
fn roles_get_the_processors_that_are_there_or_an_error_that_names_them() {
    let two = Machine::new("0-1\n").topology();
    let host = Board::by_name("host").unwrap().cores.resolve(&two).unwrap();
    assert_eq!((host.cycle, host.control), (vec![0, 1], vec![0, 1]));
    let pi = Board::by_name("orangepi-5-plus").unwrap();
    assert_eq!(
        pi.cores.resolve(&two),
        Err(CoreError::NotOnline {
            role: "cycle",
            missing: vec![6, 7],
            online: vec![0, 1]
        })
    );
    assert!(!Topology::read().online.is_empty());
}

#[test]
fn arguments_become_devices() {
    assert!(matches!(CameraSpec::see("pattern"), CameraSpec::Pattern(_)));
    assert!(matches!(
        CameraSpec::see("./pattern"),
        CameraSpec::Recording(_)
    ));
    assert!(
        matches!(MicrophoneSpec::hear("a.wav"), MicrophoneSpec::Recording(file) if file.repeat)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damaged_text_never_panics(at in 0usize..2000, with in "\\PC{0,6}", cut in 0usize..40) {
        let text = host_text();
        let start = (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap();
        let end = (0..=(start + cut).min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap();
        let damaged = format!("{}{}{}", &text[..start], with, &text[end.max(start)..]);
        match Board::from_toml("damaged", &damaged) {
            Ok(_) => {}
            Err(error) => prop_assert!(error.to_string().starts_with("damaged: ")),
        }
    }
}
