//! What a being consents to, awake and asleep.

use super::home::Home;
use crate::http::ConsentChange;
use crate::kernel_api::{KernelError, KernelSource as _};
use crate::wiring::household::resident::lock;
use std::time::Duration;
use triune_core::{Average, BeingId, Consent, SceneFeature, Sense, State};
use triune_memory::{Memory, Opened, Options, StoreFault};

/// Allows or refuses hearing.
fn hear(allowed: bool) -> ConsentChange {
    ConsentChange {
        hear: Some(allowed),
        ..ConsentChange::default()
    }
}

/// A sleeper's memory, opened beside the household.
fn opened(home: &Home, being: BeingId) -> Opened {
    Memory::open(&home.data().join("memory"), being, &Options::default()).expect("opened")
}

/// What a sleeper's essence holds.
fn state_of(home: &Home, being: BeingId) -> State {
    let opened = opened(home, being);
    opened.essence().expect("an essence").state
}

/// A sleeper that has heard something.
fn sleeper_that_heard(home: &Home) -> BeingId {
    let being = home.household.make(None).expect("room");
    home.household.let_sleep(being).expect("asleep");
    let Opened {
        memory, mut cycle, ..
    } = opened(home, being);
    let mut state = State::at_rest(being);
    state.cycle = 1_000_000;
    state.observation.consent = Consent::ALL.bits();
    state.environmental.scene[SceneFeature::Loudness as usize] = Average {
        now: 0.5,
        short: 0.5,
        long: 0.5,
        confidence: 1.0,
        evidence: 60.0,
    };
    let _ = cycle.remember(&state, None);
    memory.close().expect("durable");
    being
}

#[test]
fn what_a_sleeper_refuses_is_forgotten_though_it_is_allowed_again_before_it_wakes() {
    let home = Home::begin();
    let being = sleeper_that_heard(&home);
    let loudness = |state: &State| state.environmental.scene[SceneFeature::Loudness as usize];
    assert!(loudness(&state_of(&home, being)).confidence > 0.0);
    for allowed in [false, true] {
        let consent = home.household.change_consent(being, &hear(allowed));
        assert_eq!(consent.expect("changed").allows(Sense::Hear), allowed);
    }
    let state = state_of(&home, being);
    assert_eq!(loudness(&state), Average::default());
    assert_eq!(state.cycle, 1_000_000, "the rest is kept");
}

#[test]
fn who_asks_a_sleeper_writes_nothing() {
    let home = Home::begin();
    let being = home.household.make(None).expect("room");
    home.household.let_sleep(being).expect("asleep");
    let changed = home.household.change_consent(being, &hear(false));
    changed.expect("refused");
    let essence = || std::fs::read(home.directory(being).join("essence")).expect("read");
    let before = essence();
    let consent = home.household.consent(being).expect("told");
    assert_eq!(consent, Consent::ALL.with(Sense::Hear, false));
    let log = home.household.consent_log(being, 10).expect("told");
    assert!(!log.changes[0].after.hear && log.changes[0].before.hear);
    let gifts = home.household.bridge_log(being, 10).expect("told");
    assert!(gifts.crossings.is_empty());
    assert!(essence() == before, "it was opened for writing");
}

#[test]
fn what_cannot_be_read_is_not_said_to_be_a_change() {
    let home = Home::begin();
    let being = home.household.make(None).expect("room");
    home.household.let_sleep(being).expect("asleep");
    let essence = home.directory(being).join("essence");
    std::fs::remove_file(&essence).expect("removed");
    std::fs::create_dir(&essence).expect("made");
    let told = home
        .household
        .consent(being)
        .expect_err("it cannot be read");
    assert!(!told.to_string().contains("change"), "{told}");
}

#[test]
fn only_a_consent_that_is_given_and_durable_ends_the_asking_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("memory");
    let opened = Memory::open(&root, BeingId::FIRST, &Options::default()).expect("opened");
    opened.memory.close().expect("durable");
    let essence = root.join(format!("beings/{}/essence", BeingId::FIRST));
    std::fs::write(essence, b"not an essence at all".repeat(500)).expect("written");

    let home = Home::begin_in(folder);
    let is_asked = || {
        let troubles = home.household.troubles();
        let mut remedies = troubles.iter().map(|told| told.remedy.as_str());
        remedies.any(|remedy| remedy.contains("give consent anew"))
    };
    let change = |change| home.household.change_consent(BeingId::FIRST, &change);
    assert!(is_asked());
    let nothing = change(ConsentChange::default()).expect("nothing to do");
    assert!(nothing == Consent::NONE && is_asked());
    change(hear(false)).expect("refused as before");
    assert!(is_asked());
    home.disk.inject(StoreFault::ReadOnly);
    change(hear(true)).expect_err("not durable");
    assert!(is_asked());
    home.disk.heal();
    change(hear(true)).expect("durable");
    assert!(!is_asked());
}

#[test]
fn a_sleeper_is_not_waited_for_for_ever_while_others_come_and_go() {
    let home = Home::begin();
    let being = home.household.make(None).expect("room");
    home.household.let_sleep(being).expect("asleep");
    // As while a being comes, goes or is erased.
    let coming = lock(&home.household.asleep);
    let reached = home
        .household
        .reach_within(being, Duration::from_millis(20));
    assert_eq!(reached.err(), Some(KernelError::Busy));
    // Nobody is waited for by who only asks.
    assert_eq!(home.household.consent(being).ok(), Some(Consent::ALL));
    drop(coming);
    assert!(home.household.reach(being).is_ok());
}
