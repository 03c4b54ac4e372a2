//! A being moves in a file: out of one memory, into another.

use crate::common::files::{files_under, holding};
use crate::common::{FIRST, Service};
use serde_json::json;
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use triune_core::BeingId;
use triune_memory::{Memory, Options};

const ID: &str = "00000000000000ad";

fn exported(service: &Service, folder: &std::path::Path) -> PathBuf {
    let file = folder.join("first.being");
    service.told(&["beings", "export", FIRST, file.to_str().expect("UTF-8")]);
    file
}

#[test]
fn an_exported_being_wakes_elsewhere_and_remembers_the_same_moments() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(&folder.path().join("data"), &[]);
    let kept = [
        service.keep("the keys lie under the stone"),
        service.keep("it rains today"),
    ];
    service.told(&["beings", "rename", FIRST, "Original"]);
    service.told(&["parameters", "keep_threshold=0.375"]);
    service.told(&["consent", "speak=no"]);
    let file = exported(&service, folder.path());
    let mode = std::fs::metadata(&file)
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600, "only its owner may read it");
    let before = std::fs::read(&file).expect("read");
    service.refused(
        1,
        &["beings", "export", FIRST, file.to_str().expect("UTF-8")],
    );
    assert_eq!(
        std::fs::read(&file).expect("read"),
        before,
        "it was written over"
    );

    // Its own id is taken here.
    let path = file.to_str().expect("UTF-8");
    assert!(
        service
            .refused(1, &["beings", "import", path])
            .contains("already")
    );
    let imported = service.told(&["beings", "import", path, "--as", ID]);
    assert_eq!(
        (&imported["mode"], &imported["name"]),
        (&json!("asleep"), &json!("Original"))
    );
    service.told(&["beings", "wake", ID]);
    assert_eq!(service.being(ID)["consent"]["speak"], false);
    let parameters = service.told(&["parameters", "--being", ID]);
    assert_eq!(parameters["parameters"]["keep_threshold"]["value"], 0.375);
    for (words, sequence) in ["keys stone", "rains"].iter().zip(kept) {
        let found = service.recall(ID, json!({ "words": words }));
        assert_eq!(found.len(), 1, "{words}");
        assert_eq!(found[0]["sequence"], sequence);
        assert_eq!(
            found[0]["origin"], FIRST,
            "who lived it is not known any more"
        );
        assert_eq!(
            found[0]["text"],
            service.recall(FIRST, json!({ "words": words }))[0]["text"]
        );
    }
    assert!(files_under(&folder.path().join("data/spool")).is_empty());
    assert!(service.stop().success());

    // In another house it keeps its own id, here that of the first being's.
    let other = Service::start(&folder.path().join("other"), &[]);
    other.told(&["beings", "import", path, "--as", ID]);
    other.told(&["beings", "wake", ID]);
    assert_eq!(other.recall(ID, json!({ "words": "keys" })).len(), 1);
}

#[test]
fn a_kept_moment_names_the_board_that_it_is_of() {
    if !std::fs::read("/etc/machine-id").is_ok_and(|id| id.len() > 30) {
        println!("skipped: this machine has no number of its own");
        return;
    }
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &[]);
    service.keep("here and nowhere else");
    assert!(service.stop().success());
    let root = folder.path().join("memory");
    let opened = Memory::open(&root, BeingId::FIRST, &Options::default()).expect("a memory");
    let moments = opened.memory.view();
    assert!(!moments.is_empty());
    let boards: BTreeSet<[u8; 16]> = moments.iter().map(|one| one.provenance().board).collect();
    assert!(
        boards.len() == 1 && !boards.contains(&[0; 16]),
        "{boards:?}"
    );
    let number = std::fs::read("/etc/machine-id").expect("a number");
    let number = String::from_utf8(number).expect("digits");
    let shown: String = boards
        .iter()
        .flatten()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_ne!(
        shown,
        number.trim(),
        "the machine-id itself leaves the machine"
    );
}

#[test]
fn a_damaged_export_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let data = folder.path().join("data");
    let service = Service::start(&data, &[]);
    service.keep("whole words");
    let whole = std::fs::read(exported(&service, folder.path())).expect("read");
    let broken = folder.path().join("broken.being");
    let path = broken.to_str().expect("UTF-8");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let mut longer = whole.clone();
    longer.push(0);
    for bytes in [
        &flipped[..],
        &longer,
        &whole[..whole.len() / 2],
        b"",
        b"not a being",
    ] {
        std::fs::write(&broken, bytes).expect("written");
        let told = service.refused(1, &["beings", "import", path, "--as", ID]);
        assert!(!told.contains("panicked"), "{told}");
        assert!(files_under(&data.join("spool")).is_empty());
        let all = service.told(&["beings"]);
        assert_eq!(all["beings"].as_array().map(Vec::len), Some(1));
    }
    assert!(holding(&data, ID.as_bytes()).is_empty());
    service.refused(2, &["beings", "import", "/no/such/file"]);
}

#[test]
fn what_a_crash_left_in_the_spool_is_gone_at_the_next_start() {
    let folder = tempfile::tempdir().expect("folder");
    Service::start(folder.path(), &[]).kill();
    let spool = folder.path().join("spool");
    std::fs::create_dir_all(&spool).expect("made");
    std::fs::write(spool.join("export-abc123"), "a whole being").expect("written");
    let _service = Service::start(folder.path(), &[]);
    assert!(
        files_under(&spool).is_empty(),
        "a private being lies in the spool for ever"
    );
}
