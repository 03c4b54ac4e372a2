//! A told text stays with its moment, whatever happens on the way.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, small, state};
use std::sync::Arc;
use std::time::Duration;
use triune_core::{CrystalDraft, Timestamp, ToldPercept};
use triune_memory::search::{Indexer, IndexerOptions, Query, Searcher};
use triune_memory::wear::{Pace, WearSource};
use triune_memory::{CycleSide, FaultyDisk, Memory, Opened, Options, Remembered, StoreFault};

/// Longer than any summary: only where the whole text is known, its last word is found.
const LONG: &str = "Grandmother's recipe for plum cake: butter, sugar, eggs, flour, a pinch of salt, \
                    plums from the garden and, at the very end, cinnamon";

/// The texts of all moments, oldest first.
fn told(searcher: &Searcher) -> Vec<Option<String>> {
    let all = Query {
        limit: usize::MAX,
        ..Query::default()
    };
    let found = searcher.search(&all).unwrap();
    found.into_iter().rev().map(|one| one.told).collect()
}

/// Seconds of a test, counted from where it begins: the writer forgets what was said long before now.
#[derive(Clone, Copy)]
struct Seconds {
    begin: Timestamp,
}

impl Seconds {
    fn begin() -> Self {
        Self {
            begin: common::now(),
        }
    }

    /// The beginning of a second.
    fn at(self, number: u64) -> Timestamp {
        Timestamp(self.begin.0 + number * 1_000_000_000)
    }
}

/// The moment `number`, in which `text` is heard.
fn moment(number: u64, heard: Timestamp, text: &str) -> CrystalDraft {
    CrystalDraft {
        told: ToldPercept::from_text(text).fingerprint(),
        time: heard,
        ..common::draft(number)
    }
}

fn live(cycle: &mut CycleSide, moment: &CrystalDraft) -> Remembered {
    cycle.remember(&state(moment.cycle), Some(moment))
}

/// Lives a moment, for which there must be room.
fn hear(cycle: &mut CycleSide, number: u64, heard: Timestamp, text: &str) {
    let taken = live(cycle, &moment(number, heard, text));
    assert_eq!(taken, Remembered::Moment);
}

fn say(memory: &Memory, said: Timestamp, text: &str) {
    let fingerprint = ToldPercept::from_text(text).fingerprint();
    memory.texts().note(fingerprint, said, text);
}

/// Texts that begin with the same words, more of them than the cycle knows.
fn alike<const COUNT: usize>() -> [String; COUNT] {
    std::array::from_fn(|number| format!("{}{number}", "very ".repeat(16)))
}

/// A writer that looks at its ring only when it is asked to.
fn sleepy_writer() -> Options {
    Options {
        flush_window: Duration::from_secs(36_000),
        essence_interval: Duration::from_secs(36_000),
        ..small()
    }
}

/// Works only when it is asked to.
fn sleepy() -> Indexer {
    Indexer::start(IndexerOptions {
        interval: Duration::from_secs(3_600),
        words_interval: Duration::from_secs(3_600),
        ..IndexerOptions::default()
    })
    .unwrap()
}

#[test]
fn a_text_outlives_a_disk_that_is_full_for_minutes() {
    let seconds = Seconds::begin();
    let root = common::directory();
    let disk = Arc::new(FaultyDisk::default());
    let options = Options {
        disk: Arc::clone(&disk) as _,
        flush_window: Duration::from_millis(8),
        retry_first: Duration::from_millis(2),
        retry_longest: Duration::from_millis(8),
        ..small()
    };
    let Opened {
        memory, mut cycle, ..
    } = Memory::open(root.path(), BEING, &options).unwrap();
    let indexer = sleepy();
    let searcher = memory.watch(&indexer);
    // As many as a segment holds: the next needs room.
    for number in 1..=8 {
        hear(&mut cycle, number, seconds.at(1), "");
    }
    memory.sync().unwrap();
    disk.inject(StoreFault::Full { after: 0 });
    let texts = [1, 2, 3].map(|number| format!("{number} {LONG}"));
    // One moment is stuck; the others wait behind it, minutes apart as the being lives.
    for (number, text) in (9..).zip(&texts) {
        let second = seconds.at(100 * number);
        say(&memory, second, text);
        hear(&mut cycle, number, second, text);
    }
    common::eventually("the writer is stuck", || {
        memory.statistics().crystals_degraded.is_some()
    });
    disk.heal();
    memory.sync().unwrap();
    indexer.write_words().unwrap();
    let expected: Vec<_> = texts.iter().cloned().map(Some).collect();
    assert_eq!(told(&searcher)[8..], expected);
    assert_eq!(searcher.statistics().texts_lost, 0);
    indexer.forget(&searcher).unwrap();
    drop(searcher);
    memory.close().unwrap();

    let again = Memory::open(root.path(), BEING, &small()).unwrap().memory;
    let searcher = again.watch(&indexer);
    assert_eq!(told(&searcher)[8..], expected);
    indexer.forget(&searcher).unwrap();
}

#[test]
fn what_is_said_while_the_disk_is_full_displaces_no_text_of_a_moment_that_waits() {
    const RING: u64 = 256;
    let seconds = Seconds::begin();
    let root = common::directory();
    let disk = Arc::new(FaultyDisk::default());
    let options = Options {
        disk: Arc::clone(&disk) as _,
        flush_window: Duration::from_millis(8),
        retry_first: Duration::from_millis(2),
        retry_longest: Duration::from_millis(8),
        essence_interval: Duration::from_secs(36_000),
        ring_records: RING as usize,
        ..small()
    };
    let Opened {
        memory, mut cycle, ..
    } = Memory::open(root.path(), BEING, &options).unwrap();
    let indexer = sleepy();
    let searcher = memory.watch(&indexer);
    for number in 1..=8 {
        hear(&mut cycle, number, seconds.at(1), "");
    }
    memory.sync().unwrap();
    disk.inject(StoreFault::Full { after: 0 });
    let text = |number: u64| format!("{number} {LONG}");
    let mut lives = |number: u64| {
        let second = seconds.at(number);
        say(&memory, second, &text(number));
        live(&mut cycle, &moment(number, second, &text(number)))
    };
    assert_eq!(lives(9), Remembered::Moment);
    let failures = || {
        let degraded = memory.statistics().crystals_degraded;
        degraded.map_or(0, |degraded| degraded.failures)
    };
    common::eventually("the writer is stuck", || failures() > 0);
    let waiting = 10..10 + RING;
    for number in waiting.clone() {
        assert_eq!(lives(number), Remembered::Moment);
    }
    let before = failures();
    common::eventually("the writer had a turn since", || failures() > before + 1);
    for number in waiting.end..waiting.end + 600 {
        assert_eq!(lives(number), Remembered::MomentDropped);
    }
    disk.heal();
    memory.sync().unwrap();
    let expected: Vec<_> = (9..waiting.end).map(|number| Some(text(number))).collect();
    assert_eq!(told(&searcher)[8..], expected);
    memory.unwatch(&indexer, &searcher).unwrap();
}

#[test]
fn more_texts_than_a_burst_brings_wait_for_the_indexer() {
    let seconds = Seconds::begin();
    let root = common::directory();
    let Opened {
        memory, mut cycle, ..
    } = Memory::open(root.path(), BEING, &small()).unwrap();
    let indexer = sleepy();
    let searcher = memory.watch(&indexer);
    indexer.settle();
    let texts: Vec<_> = (1..=200).map(|number| format!("{number} {LONG}")).collect();
    for (number, text) in (1..).zip(&texts) {
        say(&memory, seconds.at(number), text);
        hear(&mut cycle, number, seconds.at(number), text);
        if number % 100 == 0 {
            memory.sync().unwrap();
        }
    }
    let expected: Vec<_> = texts.into_iter().map(Some).collect();
    assert_eq!(told(&searcher), expected);
    indexer.settle();
    assert_eq!(told(&searcher), expected);
    indexer.forget(&searcher).unwrap();
}

#[test]
fn texts_that_are_in_the_catalogue_make_room_for_others() {
    const MANY: u64 = 5_000;
    let seconds = Seconds::begin();
    let root = common::directory();
    let options = Options {
        records_per_segment: 1024,
        ..small()
    };
    let Opened {
        memory, mut cycle, ..
    } = Memory::open(root.path(), BEING, &options).unwrap();
    let indexer = sleepy();
    let searcher = memory.watch(&indexer);
    for number in 1..=MANY {
        let text = format!("{number}");
        say(&memory, seconds.at(number), &text);
        hear(&mut cycle, number, seconds.at(number), &text);
        if number % 200 == 0 {
            memory.sync().unwrap();
        }
        if number % 1_000 == 0 {
            indexer.write_words().unwrap();
        }
    }
    assert_eq!(searcher.statistics().texts_lost, 0);
    let expected: Vec<_> = (1..=MANY).map(|number| Some(format!("{number}"))).collect();
    assert_eq!(told(&searcher), expected);
    indexer.forget(&searcher).unwrap();
}

#[test]
fn of_texts_that_begin_alike_each_moment_has_its_own() {
    let seconds = Seconds::begin();
    let root = common::directory();
    let Opened {
        memory, mut cycle, ..
    } = Memory::open(root.path(), BEING, &small()).unwrap();
    let indexer = sleepy();
    let searcher = memory.watch(&indexer);
    let texts = alike::<3>();
    let fingerprints = texts
        .each_ref()
        .map(|text| ToldPercept::from_text(text).fingerprint());
    assert_eq!(fingerprints, [fingerprints[0]; 3]);
    for text in &texts {
        say(&memory, seconds.at(1), text);
    }
    for (number, text) in (1..).zip(&texts) {
        hear(&mut cycle, number, seconds.at(1 + number), text);
    }
    memory.sync().unwrap();
    let expected = texts.map(Some);
    assert_eq!(told(&searcher), expected);
    indexer.write_words().unwrap();
    assert_eq!(told(&searcher), expected);
    indexer.forget(&searcher).unwrap();
}

#[test]
fn a_text_whose_moment_still_waits_is_written_before_the_memory_closes() {
    let seconds = Seconds::begin();
    let root = common::directory();
    let Opened {
        memory, mut cycle, ..
    } = Memory::open(root.path(), BEING, &sleepy_writer()).unwrap();
    memory.sync().unwrap();
    let indexer = sleepy();
    let searcher = memory.watch(&indexer);
    say(&memory, seconds.at(1), LONG);
    hear(&mut cycle, 1, seconds.at(1), LONG);
    drop(cycle);
    memory.unwatch(&indexer, &searcher).unwrap();
    drop(searcher);
    memory.close().unwrap();

    let again = Memory::open(root.path(), BEING, &small()).unwrap().memory;
    let searcher = again.watch(&indexer);
    assert_eq!(told(&searcher), [Some(LONG.to_owned())]);
    again.unwatch(&indexer, &searcher).unwrap();
}

#[test]
fn a_moment_that_is_withheld_takes_its_text_with_it() {
    const BUDGET: u64 = 1 << 40;
    let seconds = Seconds::begin();
    let root = common::directory();
    let options = Options {
        flush_window: Duration::from_millis(8),
        essence_interval: Duration::from_secs(36_000),
        wear_budget: BUDGET,
        ..small()
    };
    let Opened {
        memory, mut cycle, ..
    } = Memory::open(root.path(), BEING, &options).unwrap();
    let indexer = sleepy();
    let searcher = memory.watch(&indexer);
    let texts = alike::<3>();
    let lives = |cycle: &mut CycleSide, number: u64, salience: f32| {
        let text = &texts[number as usize - 1];
        say(&memory, seconds.at(1), text);
        let moment = CrystalDraft {
            salience,
            ..moment(number, seconds.at(1), text)
        };
        assert_eq!(live(cycle, &moment), Remembered::Moment);
    };
    lives(&mut cycle, 1, 0.5);
    memory.sync().unwrap();
    while !matches!(memory.statistics().pace, Pace::Withholding(_)) {
        memory.wear().count(WearSource::Index, BUDGET >> 10);
    }
    // The turn that is under way may not know yet.
    memory.sync().unwrap();
    lives(&mut cycle, 2, 0.1);
    common::eventually("one is withheld", || memory.statistics().withheld == 1);
    lives(&mut cycle, 3, 0.9);
    memory.sync().unwrap();
    let expected = [&texts[0], &texts[2]].map(|text| Some(text.clone()));
    assert_eq!(told(&searcher), expected);
    memory.unwatch(&indexer, &searcher).unwrap();
}

#[test]
fn a_moment_for_which_there_was_no_room_leaves_its_text_to_no_later_one() {
    let seconds = Seconds::begin();
    let root = common::directory();
    let options = Options {
        ring_records: 2,
        ..sleepy_writer()
    };
    let Opened {
        memory, mut cycle, ..
    } = Memory::open(root.path(), BEING, &options).unwrap();
    memory.sync().unwrap();
    let indexer = sleepy();
    let searcher = memory.watch(&indexer);
    let texts = alike::<5>();
    for (number, text) in (1..).zip(&texts[..3]) {
        say(&memory, seconds.at(1), text);
        let taken = live(&mut cycle, &moment(number, seconds.at(1), text));
        assert_eq!(taken == Remembered::MomentDropped, number == 3);
    }
    memory.sync().unwrap();
    // Two that are on their way together keep their order.
    for text in &texts[3..] {
        say(&memory, seconds.at(10), text);
    }
    for (number, text) in (4..).zip(&texts[3..]) {
        hear(&mut cycle, number, seconds.at(6 + number), text);
    }
    memory.sync().unwrap();
    let expected = [0, 1, 3, 4].map(|number: usize| Some(texts[number].clone()));
    assert_eq!(told(&searcher), expected);
    memory.unwatch(&indexer, &searcher).unwrap();
}
