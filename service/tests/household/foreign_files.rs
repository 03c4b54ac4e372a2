//! Settings that cannot be, and memory files that are not this program's: a clear answer, and
//! nothing is written over.

use crate::common::files::files_under;
use crate::common::{FIRST, Service, assert_fails, triune};
use std::path::{Path, PathBuf};
use std::process::Output;

fn serve(data: &Path) -> Output {
    triune()
        .args([
            "serve",
            "--board",
            "host",
            "--listen",
            "127.0.0.1:0",
            "--for",
            "5",
            "--data",
        ])
        .arg(data)
        .arg("--socket")
        .arg(data.join("run/control.sock"))
        .output()
        .expect("triune runs")
}

#[test]
fn a_kernel_that_cannot_be_is_refused_by_the_name_of_its_key() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("triune.toml");
    for (text, words) in [
        (
            "beings_stedy = 2",
            &["line 2", "beings_stedy", "beings_steady"][..],
        ),
        ("beings_steady = 0", &["kernel.beings_steady", "1 to 64"]),
        ("beings_steady = 65", &["kernel.beings_steady", "1 to 64"]),
        (
            "beings_steady = 4\nbeings_in_burst = 3",
            &["kernel.beings_in_burst", "3", "beings_steady"],
        ),
        ("beings_in_burst = 65", &["kernel.beings_in_burst", "64"]),
        (
            "burst_seconds = 0.5",
            &["kernel.burst_seconds", "1 to 3600"],
        ),
        ("burst_seconds = nan", &["kernel.burst_seconds"]),
        (
            "burst_rest_seconds = 1e9",
            &["kernel.burst_rest_seconds", "3600"],
        ),
        ("overrun = \"catch-up\"", &["line 2", "catch-up:N"]),
        ("overrun = \"catch-up:0\"", &["line 2", "catch-up"]),
        ("executor = \"gpu\"", &["line 2", "threaded"]),
        ("beings_steady = -1", &["line 2"]),
    ] {
        std::fs::write(&file, format!("[kernel]\n{text}\n")).expect("written");
        assert_fails(&serve(folder.path()), 2, words);
        assert_eq!(
            files_under(folder.path()),
            std::slice::from_ref(&file),
            "{text}: something was begun"
        );
    }
}

/// A folder in which a service lived and remembers one moment; the folder of its first being.
fn lived(folder: &Path) -> PathBuf {
    let service = Service::start(folder, &[]);
    service.keep("from before");
    assert!(service.stop().success());
    folder.join("memory/beings").join(FIRST)
}

/// Whether a file of a being is exactly this.
fn holds(being: &Path, content: &[u8]) -> bool {
    let same = |path| std::fs::read(path).is_ok_and(|found| found == content);
    files_under(being).into_iter().any(same)
}

#[test]
fn a_foreign_essence_is_moved_aside_whole_and_told() {
    let folder = tempfile::tempdir().expect("folder");
    let being = lived(folder.path());
    let foreign = b"not an essence at all".repeat(500);
    std::fs::write(being.join("essence"), &foreign).expect("written");
    let service = Service::start(folder.path(), &[]);
    let degraded = service.status()["degraded"].to_string();
    assert!(
        degraded.contains("the essence was damaged and lies at"),
        "{degraded}"
    );
    assert!(holds(&being, &foreign), "the foreign file is gone");
    // Nobody knows what was refused, so everything is.
    assert_eq!(service.being(FIRST)["consent"]["hear"], false);
    assert_eq!(service.being(FIRST)["consent"]["remember"], false);
    assert_eq!(
        service
            .recall(FIRST, serde_json::json!({ "words": "before" }))
            .len(),
        1
    );
}

/// Makes an essence one of a later program; gives its bytes.
pub(crate) fn make_newer(path: &Path) -> Vec<u8> {
    let mut bytes = std::fs::read(path).expect("read");
    for page in bytes.chunks_exact_mut(4096) {
        page[8..12].copy_from_slice(&99_u32.to_le_bytes());
        let checksum = crc32c(&page[..4092]);
        page[4092..].copy_from_slice(&checksum.to_le_bytes());
    }
    std::fs::write(path, &bytes).expect("written");
    bytes
}

#[test]
fn an_essence_of_a_newer_program_stops_the_start_and_stays_as_it_is() {
    let folder = tempfile::tempdir().expect("folder");
    let path = lived(folder.path()).join("essence");
    let newer = make_newer(&path);
    assert_fails(&serve(folder.path()), 1, &["another version", "99"]);
    assert_eq!(std::fs::read(&path).expect("read"), newer);
}

#[test]
fn a_foreign_catalogue_is_moved_aside_whole_and_told() {
    let folder = tempfile::tempdir().expect("folder");
    let being = lived(folder.path());
    let foreign = b"somebody else's database".repeat(1_000);
    std::fs::write(being.join("catalog.redb"), &foreign).expect("written");
    let service = Service::start(folder.path(), &[]);
    assert!(holds(&being, &foreign), "the foreign file is gone");
    let degraded = service.status()["degraded"].to_string();
    assert!(degraded.contains("catalog"), "{degraded}");
    service.keep("what comes after");
}

#[test]
fn a_being_that_cannot_be_opened_lets_the_others_live() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &[]);
    let ada = service.add("Ada");
    assert!(service.stop().success());
    let path = folder
        .path()
        .join("memory/beings")
        .join(&ada)
        .join("essence");
    let newer = make_newer(&path);
    let service = Service::start(folder.path(), &[]);
    let degraded = service.status()["degraded"].to_string();
    assert!(
        degraded.contains(&ada) && degraded.contains("does not wake"),
        "{degraded}"
    );
    assert_eq!(service.being(FIRST)["mode"], "awake");
    assert_eq!(service.being(&ada)["mode"], "asleep");
    assert!(
        service
            .refused(1, &["beings", "wake", &ada])
            .contains("another version")
    );
    assert_eq!(std::fs::read(&path).expect("read"), newer);
}

/// CRC-32C (Castagnoli, reversed polynomial 0x82F63B78; RFC 3720, appendix B.4), bit by bit.
fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0x82F6_3B78 & (crc & 1).wrapping_neg())
        })
    })
}
