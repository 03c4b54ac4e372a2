//! Moments cross from one being to another when both consent, and are known there afterwards.

use crate::common::{FIRST, Service};
use serde_json::json;

#[test]
fn moments_cross_with_their_origin_and_only_where_both_sides_consent() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &[]);
    let ada = service.add("Ada");
    let kept = service.keep("the harbour is frozen").to_string();
    let give = ["beings", "give", "--from", FIRST, "--to", &ada, &kept];
    let consent = |being: &str, change: &str| service.told(&["consent", "--being", being, change]);

    consent(FIRST, "share=no");
    consent(&ada, "share=yes");
    let told = service.refused(1, &give);
    assert!(told.contains(FIRST) && told.contains("giver"), "{told}");
    consent(FIRST, "share=yes");
    consent(&ada, "share=no");
    let told = service.refused(1, &give);
    assert!(told.contains(&ada) && told.contains("receiver"), "{told}");
    assert!(
        service
            .recall(&ada, json!({ "words": "harbour" }))
            .is_empty()
    );

    consent(&ada, "share=yes");
    let given = service.told(&give);
    assert_eq!(
        (&given["given"], &given["known_before"]),
        (&json!(1), &json!(0))
    );
    let found = || service.recall(&ada, json!({ "words": "harbour" }));
    service.wait_for("it is found there", |_| !found().is_empty());
    assert_eq!(found()[0]["origin"], FIRST);
    assert_eq!(found()[0]["sequence"], given["sequences"][0]);
    assert_eq!(found()[0]["text"], "the harbour is frozen");

    // Both sides have it in their log.
    for (being, direction, peer) in [(FIRST, "given", &*ada), (&*ada, "received", FIRST)] {
        let log = service.told(&["beings", "log", being]);
        let crossings = log["crossings"].as_array().expect("a list");
        assert_eq!(crossings.len(), 1, "{log}");
        let one = &crossings[0];
        assert_eq!(
            (&one["direction"], &one["peer"]),
            (&json!(direction), &json!(peer))
        );
        assert_eq!(one["crystals"].as_array().map(Vec::len), Some(1));
        assert!(one["unix_ms"].as_u64() > Some(1_600_000_000_000));
    }
    let text = service.ask(&["beings", "log"]).stdout;
    let text = String::from_utf8(text).expect("UTF-8");
    assert!(text.contains("given to") && text.contains(&ada), "{text}");

    let again = service.told(&give);
    assert_eq!(
        (&again["given"], &again["known_before"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(found().len(), 1, "it was given twice");
    // What goes home is known at home.
    let back = found()[0]["sequence"].to_string();
    let home = service.told(&["beings", "give", "--from", &ada, "--to", FIRST, &back]);
    assert_eq!(
        (&home["given"], &home["known_before"]),
        (&json!(0), &json!(1))
    );
}

#[test]
fn a_gift_that_cannot_be_is_told_with_the_reason() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &[]);
    let ada = service.add("Ada");
    let give =
        |from: &str, to: &str| service.ask(&["beings", "give", "--from", from, "--to", to, "77"]);
    for (from, to, status, word) in [
        (FIRST, FIRST, 2, "itself"),
        (FIRST, &ada, 2, "no whole crystal"),
        (FIRST, "00000000000000aa", 1, "no being"),
    ] {
        let output = give(from, to);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{told}");
        assert!(told.contains(word), "{told}");
    }
}
