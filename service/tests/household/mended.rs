//! What is wrong with a being is told until it is mended, and no longer.

use crate::common::files::files_under;
use crate::common::{FIRST, Service};
use crate::foreign_files::make_newer;
use std::path::{Path, PathBuf};

fn directory(data: &Path, being: &str) -> PathBuf {
    data.join("memory/beings").join(being)
}

fn degraded(service: &Service) -> String {
    service.status()["degraded"].to_string()
}

#[test]
fn each_remedy_ends_what_it_is_the_remedy_for() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &[]);
    let [ada, bo, cy] = ["Ada", "Bo", "Cy"].map(|name| service.add(name));
    assert!(service.stop().success());
    let essence = |being: &str| directory(folder.path(), being).join("essence");
    let catalog = directory(folder.path(), &ada).join("catalog.redb");
    let whole = std::fs::read(essence(&bo)).expect("read");
    for being in [&bo, &cy] {
        make_newer(&essence(being));
    }
    std::fs::write(essence(FIRST), b"not an essence at all".repeat(500)).expect("written");
    std::fs::write(&catalog, b"somebody else's database".repeat(1_000)).expect("written");

    let service = Service::start(folder.path(), &[]);
    let told = degraded(&service);
    assert!(told.contains("give consent anew"), "{told}");
    assert!(told.contains("name the being anew"), "{told}");
    for being in [&bo, &cy] {
        let line = format!("being {being} does not wake");
        assert!(told.contains(&line), "{told}");
    }

    service.told(&["consent", "hear=yes"]);
    assert!(!degraded(&service).contains("give consent anew"));
    service.told(&["beings", "rename", &ada, "Ada again"]);
    assert!(!degraded(&service).contains("name the being anew"));
    service.refused(1, &["beings", "wake", &bo]);
    assert!(degraded(&service).contains(&bo), "it was not mended");
    std::fs::write(essence(&bo), whole).expect("written");
    service.told(&["beings", "wake", &bo]);
    assert!(!degraded(&service).contains(&bo));
    service.told(&["beings", "erase", &cy, "--yes"]);
    assert!(!degraded(&service).contains(&cy));
}

#[test]
fn crystals_that_were_lost_are_told_with_the_file_that_was_moved_aside() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &[]);
    service.keep("lost for good");
    assert!(service.stop().success());
    let being = directory(folder.path(), FIRST);
    let segment = files_under(&being)
        .into_iter()
        .find(|path| path.extension().is_some_and(|end| end == "crystals"))
        .expect("a segment");
    let length = std::fs::metadata(&segment).expect("a segment").len();
    std::fs::write(&segment, vec![0; length as usize]).expect("written");
    let service = Service::start(folder.path(), &[]);
    let told = degraded(&service);
    let name = segment.file_name().and_then(|name| name.to_str());
    assert!(told.contains(name.expect("UTF-8")), "{told}");
    assert!(told.contains("missing"), "{told}");
}
