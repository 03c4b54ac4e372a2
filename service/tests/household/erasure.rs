//! An erased being is gone: from every file and every answer.

use crate::common::files::holding;
use crate::common::{FIRST, Service};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};

/// Words that nothing else here holds.
const WORDS: &str = "zyzzyva quokkasaurus remembered";
const MARKERS: [&str; 4] = ["zyzzyva", "quokkasaurus", "Marguerite", "marguerite"];

#[test]
fn an_erased_being_leaves_no_byte_behind_even_while_it_is_searched() {
    let folder = tempfile::tempdir().expect("folder");
    let data = folder.path().join("data");
    let service = Service::start(&data, &[]);
    service.keep(WORDS);
    let file = folder.path().join("first.being");
    let file = file.to_str().expect("UTF-8");
    service.told(&["beings", "export", FIRST, file]);
    let id = "00000000beefcafe";
    service.told(&["beings", "import", file, "--as", id]);
    service.told(&["beings", "wake", id]);
    service.told(&["beings", "rename", id, "Marguerite"]);
    service.told(&["consent", "--being", id, "see=no"]);
    service.told(&["memory", "sync"]);
    assert!(
        !holding(&data, b"Marguerite").is_empty(),
        "the search itself finds nothing"
    );
    let before = service.cycle_of(FIRST);

    let ended = AtomicBool::new(false);
    std::thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                while !ended.load(Ordering::Relaxed) {
                    // Whether it is still there is not the matter of this test.
                    let _ = service.client.post_json::<serde_json::Value>(
                        "/v1/recall",
                        &json!({ "being": id, "words": "zyzzyva", "near": 0 }),
                    );
                }
            });
        }
        let erased = service.told(&["beings", "erase", id, "--yes"]);
        assert!(erased["files"].as_u64() > Some(1), "{erased}");
        service.told(&["beings", "erase", FIRST, "--yes"]);
        ended.store(true, Ordering::Relaxed);
    });

    let number = 0xbeef_cafe_u64;
    for bytes in [
        &number.to_le_bytes()[..6],
        &number.to_be_bytes()[2..],
        id.as_bytes(),
    ] {
        assert_eq!(holding(&data, bytes), Vec::<std::path::PathBuf>::new());
    }
    for marker in MARKERS {
        assert_eq!(
            holding(&data, marker.as_bytes()),
            Vec::<std::path::PathBuf>::new(),
            "{marker}"
        );
    }
    let all = service.told(&["beings"]);
    assert_eq!(all["beings"].as_array().map(Vec::len), Some(1));
    // The first being begins anew: the kernel goes on with it, and it remembers nothing.
    assert!(
        service
            .recall(FIRST, json!({ "words": "zyzzyva" }))
            .is_empty()
    );
    let anew = service.cycle_of(FIRST);
    assert!(anew < before + 5_000);
    service.wait_for("it cycles", |service| service.cycle_of(FIRST) > anew);
    assert_eq!(service.status()["ready"], true);
    service.keep("another life");
    assert!(service.stop().success());
    let again = Service::start(&data, &[]);
    assert_eq!(again.recall(FIRST, json!({ "words": "another" })).len(), 1);
}

#[test]
fn a_sleeper_is_erased_too_and_stays_erased() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &[]);
    let id = service.add("Marguerite");
    service.told(&["beings", "sleep", &id]);
    service.told(&["beings", "erase", &id, "--yes"]);
    service.kill();
    let again = Service::start(folder.path(), &[]);
    assert_eq!(
        again.told(&["beings"])["beings"].as_array().map(Vec::len),
        Some(1)
    );
    for bytes in [b"Marguerite".as_slice(), id.as_bytes()] {
        assert_eq!(
            holding(folder.path(), bytes),
            Vec::<std::path::PathBuf>::new()
        );
    }
}
