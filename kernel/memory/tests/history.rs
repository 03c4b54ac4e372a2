//! The live history: what was written is read back whole, by many readers at once.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicBool, Ordering};
use triune_memory::history::{HistoryError, history};

/// 42 words, as large as a state; a torn copy would mix two numbers.
type Record = [u64; 42];

fn record(number: u64) -> Record {
    std::array::from_fn(|index| {
        number
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(index as u32)
    })
}

#[test]
fn empty_history_has_nothing() {
    let (_writer, reader) = history::<Record>(4).unwrap();
    assert_eq!(reader.latest(), None);
    assert_eq!(reader.last(10), Vec::<Record>::new());
    assert_eq!(
        reader.get(0),
        Err(HistoryError::NotYetWritten {
            position: 0,
            newest: None
        })
    );
}

#[test]
fn a_history_of_one_record_is_refused() {
    assert!(history::<Record>(1).is_err());
    assert!(history::<Record>(0).is_err());
}

#[test]
fn holds_the_newest_records_in_order() {
    let (mut writer, reader) = history::<Record>(4).unwrap();
    for number in 0..11 {
        assert_eq!(writer.push(&record(number)), number);
        assert_eq!(reader.latest(), Some(record(number)));
    }
    assert_eq!(reader.last(3), vec![record(8), record(9), record(10)]);
    assert_eq!(reader.last(100).len(), 4);
    assert_eq!(reader.get(7), Ok(record(7)));
    assert_eq!(
        reader.get(6),
        Err(HistoryError::Overwritten {
            position: 6,
            oldest: 7
        })
    );
    assert_eq!(
        reader.get(11),
        Err(HistoryError::NotYetWritten {
            position: 11,
            newest: Some(10)
        })
    );
}

/// A small ring that the writer laps all the time: every record a reader gets must be one that
/// was written, at the position it was asked for, and the newest never goes back.
#[test]
fn concurrent_readers_never_see_a_torn_record() {
    let writes = if cfg!(miri) { 60 } else { 300_000 };
    let (mut writer, reader) = history::<Record>(3).unwrap();
    let done = AtomicBool::new(false);
    let read = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|which| {
                let reader = reader.clone();
                let done = &done;
                scope.spawn(move || {
                    let mut read = 0_u64;
                    let mut newest = 0;
                    while !done.load(Ordering::Relaxed) {
                        let Some(written) = reader.written().checked_sub(1) else {
                            continue;
                        };
                        let position = written.saturating_sub(which);
                        if let Ok(found) = reader.get(position) {
                            assert_eq!(found, record(position));
                            read += 1;
                        }
                        let latest = reader.latest().unwrap();
                        // Multiplying by an odd number is a bijection, so this inverts `record`.
                        let number = latest[0].wrapping_mul(0xf1de_83e1_9937_733d);
                        assert_eq!(latest, record(number));
                        assert!(number >= newest);
                        newest = number;
                    }
                    read
                })
            })
            .collect();
        for number in 0..writes {
            writer.push(&record(number));
            if number % 64 == 0 {
                std::thread::yield_now();
            }
        }
        done.store(true, Ordering::Relaxed);
        readers
            .into_iter()
            .map(|reader| reader.join().unwrap())
            .sum::<u64>()
    });
    assert_eq!(reader.written(), writes);
    if !cfg!(miri) {
        assert!(read > 0, "no reader ever got a record");
    }
}
