//! The live history: what was written is read back whole, by many readers at once.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use triune_memory::history::{HistoryError, HistoryReader, history};

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
    let reads = if cfg!(miri) { 5 } else { 100_000 };
    let (mut writer, reader) = history::<Record>(3).unwrap();
    writer.push(&record(0));
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|which| {
                let reader = reader.clone();
                scope.spawn(move || read_and_check(&reader, which, reads))
            })
            .collect();
        let mut number = 0;
        while !readers
            .iter()
            .all(std::thread::ScopedJoinHandle::is_finished)
        {
            number += 1;
            assert_eq!(writer.push(&record(number)), number);
            if number.is_multiple_of(64) {
                std::thread::yield_now();
            }
        }
    });
}

/// Reads the newest record `reads` times, and the one `back` before it as often as it can be had.
fn read_and_check(reader: &HistoryReader<Record>, back: u64, reads: u32) {
    let mut newest = 0;
    for _ in 0..reads {
        let position = (reader.written() - 1).saturating_sub(back);
        if let Ok(found) = reader.get(position) {
            assert_eq!(found, record(position));
        }
        let latest = reader.latest().unwrap();
        // The first word is the number times an odd constant; this is the constant's inverse.
        let number = latest[0].wrapping_mul(0xf1de_83e1_9937_733d);
        assert_eq!(latest, record(number));
        assert!(number >= newest, "{number} came after {newest}");
        newest = number;
    }
}
