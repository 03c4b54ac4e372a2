//! What memory costs the flash, of one being and of all.
#![allow(missing_docs)]
mod common;
use common::{FIRST, Service};

#[test]
fn the_budget_stands_beside_what_all_beings_wrote() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &[]);
    let ada = service.add("Ada");
    service.told(&["memory", "sync"]);
    let wear = |being: &str| {
        let wear = service.told(&["memory", "status", "--being", being])["wear"].clone();
        let bytes = |name: &str| wear[name].as_u64().expect("bytes");
        (bytes("bytes_today"), bytes("all_bytes_today"))
    };
    let (first, _) = wear(FIRST);
    let (second, all) = wear(&ada);
    assert!(first > 0 && second > 0, "{first} {second}");
    assert!(all >= first + second, "{all} of {first} and {second}");
}
