//! A disk that is full or read-only: a clear error or a stated degraded mode, and nothing lost.

use crate::common::{FIRST, Service, triune};
use serde_json::json;
use std::path::Path;
use std::process::Command;

/// A file system of its own in memory, gone when it goes out of scope.
struct Disk(tempfile::TempDir);

impl Disk {
    /// `None`, with the reason printed, where nothing may be mounted.
    fn mount(options: &str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "triune-test"])
            .arg(folder.path())
            .output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            println!("skipped: a file system cannot be mounted here, which needs root");
            return None;
        }
        Some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn remount(&self, options: &str) {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,{options}")])
            .arg(self.path())
            .status();
        assert!(done.expect("mount runs").success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[test]
fn a_full_disk_degrades_memory_until_there_is_room() {
    let Some(disk) = Disk::mount("size=48m") else {
        return;
    };
    let data = disk.path().join("data");
    std::fs::create_dir(&data).expect("made");
    let settings = "[memory]\nessence_interval_s = 0.5\nflush_window_ms = 100\n";
    std::fs::write(data.join("triune.toml"), settings).expect("written");
    let service = Service::start(&data, &[]);
    service.keep("before it was full");
    let ballast = disk.path().join("ballast");
    fill(&ballast);
    // What has its room already may go on; a new being has none.
    let ada = service.ask(&["beings", "add", "Ada"]);
    let told = String::from_utf8_lossy(&ada.stderr);
    assert!(!told.contains("panicked"), "{told}");
    assert_eq!(ada.status.code(), Some(1), "{told}");
    let told = service.refused(
        1,
        &[
            "beings",
            "export",
            FIRST,
            disk.path().join("out").to_str().expect("UTF-8"),
        ],
    );
    assert!(!told.contains("panicked"), "{told}");
    assert!(!disk.path().join("out").exists(), "half a being");
    let begun = service.cycle_of(FIRST);
    service.wait_for("it cycles on", |service| {
        service.cycle_of(FIRST) > begun + 50
    });
    assert_eq!(service.status()["ready"], true);
    std::fs::remove_file(&ballast).expect("removed");
    service.wait_for("memory is whole", |service| {
        service.told(&["memory"])["degraded"].is_null()
    });
    service.keep("after there was room");
    service.add("Bo");
    assert!(service.stop().success());
    let again = Service::start(&data, &[]);
    for words in ["before", "after"] {
        assert_eq!(
            again.recall(FIRST, json!({ "words": words })).len(),
            1,
            "{words}"
        );
    }
}

/// Takes all room that is left.
fn fill(path: &Path) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(path).expect("created");
    for size in [1 << 20, 4_096] {
        while file.write_all(&vec![1; size]).is_ok() {}
    }
}

#[test]
fn a_read_only_disk_is_told_and_nothing_on_it_changes() {
    let Some(disk) = Disk::mount("size=48m") else {
        return;
    };
    let service = Service::start(disk.path(), &[]);
    service.keep("written before");
    assert!(service.stop().success());
    disk.remount("ro");
    let run = tempfile::tempdir().expect("folder");
    let output = triune()
        .args([
            "serve",
            "--board",
            "host",
            "--listen",
            "127.0.0.1:0",
            "--for",
            "3",
            "--data",
        ])
        .arg(disk.path())
        .arg("--socket")
        .arg(run.path().join("control.sock"))
        .output()
        .expect("triune runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!told.contains("panicked"), "{told}");
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.to_lowercase().contains("read-only"), "{told}");
    disk.remount("rw");
    let again = Service::start(disk.path(), &[]);
    assert_eq!(again.recall(FIRST, json!({ "words": "written" })).len(), 1);
}

#[test]
fn a_disk_that_turns_read_only_degrades_memory_and_recovers() {
    let folder = tempfile::tempdir().expect("folder");
    let settings = "[memory]\nessence_interval_s = 0.5\nflush_window_ms = 100\n";
    std::fs::write(folder.path().join("triune.toml"), settings).expect("written");
    let plan = ["--inject", "memory=read-only@3s..6s"];
    let service = Service::start(folder.path(), &plan);
    let words = "told in the dark";
    service.wait_for("the store fails", |service| {
        !service.told(&["faults"])["active"].to_string().eq("[]")
    });
    service.say(words);
    service.wait_for("it is told", |service| {
        service.told(&["memory"])["degraded"]
            .as_str()
            .is_some_and(|why| why.contains("read-only"))
    });
    service.wait_for("it recovers and has lost nothing", |service| {
        service.told(&["memory"])["degraded"].is_null()
            && service.recall(FIRST, json!({ "words": words })).len() == 1
    });
}
