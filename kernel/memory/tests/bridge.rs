//! Crystals from one being to another.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{draft, small, state};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use triune_core::{BeingId, Consent, Sense};
use triune_memory::bridge::{BridgeError, GIFT_CRYSTALS, Given, Side, give};
use triune_memory::catalog::{ConsentSource, Direction, Pair};
use triune_memory::{Memory, Opened, Options, erase_being};

const ADA: BeingId = BeingId(0xa);
const BEN: BeingId = BeingId(0xb);
const CLO: BeingId = BeingId(0xc);

/// A being with crystals for the moments in `numbers`.
fn being(root: &Path, being: BeingId, numbers: std::ops::Range<u64>) -> Opened {
    let options = Options {
        board: [being.0 as u8; 16],
        ..small()
    };
    let mut opened = Memory::open(root, being, &options).unwrap();
    for number in numbers {
        let mut state = state(number);
        state.being = being;
        let mut draft = draft(number);
        draft.being = being;
        let _ = opened.cycle.remember(&state, Some(&draft));
    }
    opened.memory.sync().unwrap();
    opened
}

fn pair(own: u64, other: u64) -> Pair {
    Pair { own, other }
}

#[test]
fn what_is_given_is_durable_and_logged_on_both_sides() {
    let root = tempfile::tempdir().unwrap();
    let (ada, ben) = (being(root.path(), ADA, 1..6), being(root.path(), BEN, 1..3));
    let given = give(&ada.memory, &ben.memory, &[4, 2, 4]).unwrap();
    assert_eq!(given.given, [pair(4, 3), pair(2, 4)]);
    assert_eq!(ben.memory.statistics().last_durable, 4);
    assert_eq!(ben.memory.statistics().pending, 0);
    let original = ada.memory.crystals().get(2).unwrap();
    let copy = ben.memory.crystals().get(4).unwrap();
    assert_eq!(copy, original.resealed(BEN, 4));
    assert_eq!(copy.provenance(), original.provenance());
    assert_eq!(
        (copy.provenance().being, copy.provenance().sequence),
        (ADA, 2)
    );
    assert_eq!(copy.provenance().board, [ADA.0 as u8; 16]);

    let sent = ada.memory.catalog().crossings(9).unwrap();
    assert_eq!(
        (sent.len(), sent[0].direction, sent[0].peer),
        (1, Direction::Given, BEN)
    );
    assert_eq!(sent[0].crystals, [pair(4, 3), pair(2, 4)]);
    let received = ben.memory.catalog().crossings(9).unwrap();
    assert_eq!((received.len(), received[0].peer), (1, ADA));
    assert_eq!(received[0].direction, Direction::Received);
    assert_eq!(received[0].crystals, [pair(3, 4), pair(4, 2)]);
    drop(ben);
    assert_eq!(being(root.path(), BEN, 1..1).memory.view().len(), 4);
}

#[test]
fn provenance_holds_over_hops_and_nothing_is_kept_twice() {
    let root = tempfile::tempdir().unwrap();
    let ada = being(root.path(), ADA, 1..4).memory;
    let ben = being(root.path(), BEN, 1..5).memory;
    let clo = being(root.path(), CLO, 1..1).memory;
    give(&ada, &ben, &[2]).unwrap();
    assert_eq!(give(&ben, &clo, &[5]).unwrap().given, [pair(5, 1)]);
    let far = clo.crystals().get(1).unwrap();
    assert_eq!(
        (far.provenance().being, far.provenance().sequence),
        (ADA, 2)
    );

    // Directly, what came by the other way is known.
    let again = give(&ada, &clo, &[2]).unwrap();
    assert_eq!(
        again,
        Given {
            known: vec![pair(2, 1)],
            ..Given::default()
        }
    );
    let again = give(&ada, &ben, &[2, 3]).unwrap();
    assert_eq!(
        (again.known, again.given),
        (vec![pair(2, 5)], vec![pair(3, 6)])
    );
    // Home again, it is the one that never left.
    let home = give(&clo, &ada, &[1]).unwrap();
    assert_eq!(home.came_home, [pair(1, 2)]);
    assert_eq!(ada.view().len(), 3);
    // Nothing crossed, so nothing is logged.
    assert!(
        clo.catalog()
            .crossings(9)
            .unwrap()
            .iter()
            .all(|one| one.peer == BEN)
    );
    assert_eq!(ada.catalog().crossings(9).unwrap().len(), 2);
}

#[test]
fn a_being_that_began_again_under_its_old_id_is_not_taken_for_the_first() {
    let root = tempfile::tempdir().unwrap();
    let ben = being(root.path(), BEN, 1..1).memory;
    let ada = being(root.path(), ADA, 1..2).memory;
    give(&ada, &ben, &[1]).unwrap();
    ada.erase().unwrap();
    assert_eq!(ben.view().len(), 1, "what was given is the receiver's");
    let ada = being(root.path(), ADA, 7..8).memory;
    assert_eq!(give(&ada, &ben, &[1]).unwrap().given, [pair(1, 2)]);
    assert_eq!(give(&ben, &ada, &[1]).unwrap().given, [pair(1, 2)]);
}

#[test]
fn whoever_refuses_is_named() {
    let root = tempfile::tempdir().unwrap();
    let ada = being(root.path(), ADA, 1..2).memory;
    let ben = being(root.path(), BEN, 1..1).memory;
    for (memory, being, side, sense) in [
        (&ada, ADA, Side::Giver, Sense::Share),
        (&ben, BEN, Side::Receiver, Sense::Share),
        (&ben, BEN, Side::Receiver, Sense::Remember),
    ] {
        let consent = Consent::ALL.with(sense, false);
        memory.set_consent(consent, ConsentSource::Person).unwrap();
        match give(&ada, &ben, &[1]).unwrap_err() {
            BridgeError::Refused {
                being: who,
                side: as_what,
                sense: what,
                given: 0,
            } => assert_eq!((who, as_what, what), (being, side, sense)),
            other => panic!("unexpected: {other}"),
        }
        assert!(ben.view().is_empty());
        memory
            .set_consent(Consent::ALL, ConsentSource::Person)
            .unwrap();
    }
    // Giving needs no memory of one's own.
    let forgetful = Consent::NONE.with(Sense::Share, true);
    ada.set_consent(forgetful, ConsentSource::Person).unwrap();
    assert_eq!(give(&ada, &ben, &[1]).unwrap().given.len(), 1);
}

#[test]
fn what_cannot_be_given_is_told_before_anything_is() {
    let root = tempfile::tempdir().unwrap();
    let ada = being(root.path(), ADA, 1..3).memory;
    let ben = being(root.path(), BEN, 1..1).memory;
    assert!(matches!(
        give(&ada, &ada, &[1]),
        Err(BridgeError::SameBeing(ADA))
    ));
    let missing = give(&ada, &ben, &[1, 3]);
    assert!(matches!(
        missing,
        Err(BridgeError::NoSuchCrystal {
            being: ADA,
            sequence: 3
        })
    ));
    let many = vec![1; GIFT_CRYSTALS + 1];
    assert!(matches!(
        give(&ada, &ben, &many),
        Err(BridgeError::TooMany(4097))
    ));
    assert!(ben.view().is_empty());
    assert_eq!(give(&ada, &ben, &[]).unwrap(), Given::default());
}

#[test]
fn a_gift_that_was_not_logged_is_logged_when_it_is_repeated() {
    let root = tempfile::tempdir().unwrap();
    let ada = being(root.path(), ADA, 1..4);
    let ben = being(root.path(), BEN, 1..1);
    give(&ada.memory, &ben.memory, &[1, 2]).unwrap();
    drop((ada, ben));
    // The power went before either could log.
    for being in [ADA, BEN] {
        let directory = root.path().join("beings").join(being.to_string());
        std::fs::remove_file(directory.join("catalog.redb")).unwrap();
    }
    let ada = being(root.path(), ADA, 1..1);
    let ben = being(root.path(), BEN, 1..1);
    let again = give(&ada.memory, &ben.memory, &[1, 2]).unwrap();
    assert_eq!(again.known.len(), 2);
    for _ in 0..2 {
        let sent = ada.memory.catalog().crossings(9).unwrap();
        assert_eq!(
            (sent.len(), &sent[0].crystals[..]),
            (1, &[pair(1, 1), pair(2, 2)][..])
        );
        let received = ben.memory.catalog().crossings(9).unwrap();
        assert_eq!((received.len(), received[0].crystals.len()), (1, 2));
        give(&ada.memory, &ben.memory, &[2, 1]).unwrap();
    }
}

/// A revocation that has returned is never overtaken by a gift, and gifts from both sides at once
/// neither wait for one another for ever nor arrive twice.
#[test]
fn revoked_consent_wins_against_gifts_under_way() {
    const CRYSTALS: u64 = 240;
    let root = tempfile::tempdir().unwrap();
    let ada = being(root.path(), ADA, 1..CRYSTALS + 1).memory;
    let ben = being(root.path(), BEN, 1..1).memory;
    let give_all = &|first: u64| {
        for sequence in (first..=CRYSTALS).step_by(2) {
            loop {
                match give(&ada, &ben, &[sequence]) {
                    Ok(_) => break,
                    Err(BridgeError::Refused { .. }) => std::thread::yield_now(),
                    Err(error) => panic!("{error}"),
                }
            }
        }
    };
    let done = AtomicBool::new(false);
    let mut overtaken = 0;
    std::thread::scope(|scope| {
        let givers = [1, 2].map(|first| scope.spawn(move || give_all(first)));
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let last = ben.view().iter().next_back().map(|last| last.sequence());
                if let Some(last) = last {
                    let _ = give(&ben, &ada, &[last]);
                }
            }
        });
        let mut round = 0;
        while !givers.iter().all(|giver| giver.is_finished()) {
            let side = if round % 2 == 0 { &ada } else { &ben };
            round += 1;
            let refused = Consent::ALL.with(Sense::Share, false);
            side.set_consent(refused, ConsentSource::Person).unwrap();
            let before = ben.view().len();
            std::thread::sleep(Duration::from_millis(5));
            overtaken += ben.view().len() - before;
            side.set_consent(Consent::ALL, ConsentSource::Person)
                .unwrap();
            std::thread::sleep(Duration::from_millis(8));
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(overtaken, 0, "given after it was revoked");
    let counts = (ada.view().len(), ben.view().len());
    assert_eq!(counts, (CRYSTALS, CRYSTALS));
    // Every crystal is in the log exactly once.
    for memory in [&ada, &ben] {
        let crossings = memory.catalog().crossings(9999).unwrap();
        let pairs = crossings.iter().flat_map(|crossing| &crossing.crystals);
        let mut numbers: Vec<u64> = pairs.map(|pair| pair.own).collect();
        numbers.sort_unstable();
        assert!(numbers.into_iter().eq(1..=CRYSTALS));
    }
    ada.erase().unwrap();
    assert_eq!(erase_being(root.path(), ADA).unwrap().files, 0);
}
