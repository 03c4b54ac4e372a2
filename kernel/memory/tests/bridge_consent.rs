//! Consent that is revoked while a gift is under way: words that were told are given like crystals, or
//! not at all.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, Hook, HookedDisk, draft_of, eventually, now, small, state_of};
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use triune_core::{BeingId, Consent, Sense, ToldPercept};
use triune_memory::bridge::{BridgeError, Side, give};
use triune_memory::catalog::ConsentSource;
use triune_memory::search::{Indexer, IndexerOptions, Query, Searcher};
use triune_memory::{DiskFile, Memory, Opened, Options};

const OTHER: BeingId = BeingId(0xfeed);
/// Longer than any summary: its last word is found only where the whole text is.
const LONG: &str = "Grandmother's recipe for plum cake: butter, sugar, eggs, flour, a pinch of salt, \
                    plums from the garden and, at the very end, cinnamon";

type Pause = Box<dyn FnMut() + Send>;

/// Does something first when a file of one name is made durable.
#[derive(Default)]
struct Interrupted {
    at: Mutex<Option<(&'static str, Pause)>>,
}

impl Interrupted {
    /// Before the next sync of a file whose name begins with `name`, and only then.
    fn once(&self, name: &'static str, pause: impl FnMut() + Send + 'static) {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = Some((name, Box::new(pause)));
    }
}

impl fmt::Debug for Interrupted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Interrupted")
    }
}

impl Hook for Interrupted {
    fn before_sync(&self, file: &DiskFile) -> io::Result<()> {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        let met = {
            let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
            at.take_if(|(begin, _)| name.starts_with(*begin))
        };
        if let Some((_, mut pause)) = met {
            pause();
        }
        Ok(())
    }
}

/// Two beings, the first of which was told [`LONG`] twice, and what finds the second one's words.
struct Scene {
    giver: Arc<Memory>,
    receiver: Arc<Memory>,
    receivers_disk: Arc<HookedDisk<Interrupted>>,
    searcher: Searcher,
    _indexer: Indexer,
    _root: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut giver = Memory::open(root.path(), BEING, &small()).unwrap();
        for number in [1, 2] {
            tell(&mut giver, number);
        }
        let receivers_disk = Arc::new(HookedDisk(Interrupted::default()));
        let options = Options {
            disk: Arc::clone(&receivers_disk) as _,
            // Nothing but what the gift itself writes.
            essence_interval: Duration::from_secs(3600),
            ..small()
        };
        let receiver = Memory::open(root.path(), OTHER, &options).unwrap().memory;
        receiver.sync().unwrap();
        let indexer = Indexer::start(IndexerOptions {
            words_interval: Duration::from_secs(3600),
            ..IndexerOptions::default()
        })
        .unwrap();
        let searcher = receiver.watch(&indexer);
        indexer.settle();
        Self {
            giver: Arc::new(giver.memory),
            receiver: Arc::new(receiver),
            receivers_disk,
            searcher,
            _indexer: indexer,
            _root: root,
        }
    }

    /// Moments of which the receiver knows the whole text.
    fn texts(&self) -> usize {
        let query = Query {
            words: Some("cinnamon".to_owned()),
            ..Query::default()
        };
        self.searcher.search(&query).unwrap().len()
    }
}

fn tell(opened: &mut Opened, number: u64) {
    let fingerprint = ToldPercept::from_text(LONG).fingerprint();
    let mut draft = draft_of(BEING, number);
    draft.time = now();
    opened.memory.texts().note(fingerprint, draft.time, LONG);
    draft.told = fingerprint;
    let _ = opened
        .cycle
        .remember(&state_of(BEING, number), Some(&draft));
    opened.memory.sync().unwrap();
}

fn refuse(memory: &Memory, sense: Sense) {
    let consent = Consent::ALL.with(sense, false);
    memory.set_consent(consent, ConsentSource::Person).unwrap();
}

/// The words are on their way into the receiver's catalogue when the giver refuses to share: either
/// they were there when the refusal was durable, or they never come.
#[test]
fn no_words_cross_after_a_refusal_has_returned() {
    let scene = Scene::new();
    let refused = Arc::new(AtomicBool::new(false));
    let arrived = Arc::new(AtomicBool::new(false));
    scene.receivers_disk.0.once("catalog.redb", {
        let (refused, arrived) = (Arc::clone(&refused), Arc::clone(&arrived));
        move || {
            arrived.store(true, Ordering::Release);
            // A refusal that waits for the gift cannot return here.
            let start = Instant::now();
            while !refused.load(Ordering::Acquire) && start.elapsed() < Duration::from_millis(400) {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    });
    std::thread::scope(|scope| {
        let gift = scope.spawn(|| give(&scene.giver, &scene.receiver, &[1]));
        eventually("the words are on their way", || {
            arrived.load(Ordering::Acquire)
        });
        refuse(&scene.giver, Sense::Share);
        let were_there = scene.texts();
        refused.store(true, Ordering::Release);
        let _ = gift.join().unwrap();
        assert_eq!(scene.texts(), were_there);
    });
}

/// The crystal is being made durable at the receiver when one of the two refuses: its words stay, and
/// so do those of a crystal that an earlier gift brought. When both consent again, they follow.
#[test]
fn words_stay_when_consent_ends_between_the_crystal_and_them() {
    for (by_receiver, side, sense) in [
        (false, Side::Giver, Sense::Share),
        (true, Side::Receiver, Sense::Share),
        (true, Side::Receiver, Sense::Remember),
    ] {
        let scene = Scene::new();
        let refusing = if by_receiver {
            &scene.receiver
        } else {
            &scene.giver
        };
        for which in [&[1][..], &[1, 2]] {
            let refusal = Arc::new(Mutex::new(None));
            scene.receivers_disk.0.once("segment-", {
                let (memory, refusal) = (Arc::clone(refusing), Arc::clone(&refusal));
                move || {
                    let being = Arc::clone(&memory);
                    let thread = std::thread::spawn(move || refuse(&being, sense));
                    *refusal.lock().unwrap() = Some(thread);
                    eventually("it is refused", || !memory.consent().allows(sense));
                }
            });
            match give(&scene.giver, &scene.receiver, which) {
                Err(BridgeError::Refused {
                    side: who,
                    sense: what,
                    given: 1,
                    ..
                }) => assert_eq!((who, what), (side, sense)),
                other => panic!("{side} {sense:?}: {other:?}"),
            }
            assert_eq!(scene.texts(), 0, "{side} {sense:?}");
            let thread = refusal.lock().unwrap().take();
            thread.unwrap().join().unwrap();
            refusing
                .set_consent(Consent::ALL, ConsentSource::Person)
                .unwrap();
        }
        let again = give(&scene.giver, &scene.receiver, &[1, 2]).unwrap();
        assert_eq!((again.known.len(), scene.texts()), (2, 2));
    }
}
