//! The live history under every interleaving and every weak-memory outcome that the C11 model allows,
//! within bounds: `RUSTFLAGS="--cfg loom" cargo test -p triune-memory --test history_model`.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use loom::model::Builder;
use triune_memory::history::{HistoryReader, history};

/// Two words that a torn copy would mix.
type Record = [u64; 2];

fn record(number: u64) -> Record {
    [number + 1, !(number + 1)]
}

/// Whatever is read at a position is what was written there.
fn check(reader: &HistoryReader<Record>, position: u64) {
    if let Ok(found) = reader.get(position) {
        assert_eq!(found, record(position));
    }
}

fn explore(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

#[test]
fn a_reader_beside_the_writer_never_sees_half_a_record() {
    explore(|| {
        let (mut writer, reader) = history::<Record>(2).unwrap();
        writer.push(&record(0));
        let reading = loom::thread::spawn(move || {
            // The slot that record 2 takes over while it is read.
            check(&reader, 0);
            let newest = reader.written() - 1;
            check(&reader, newest);
        });
        for number in 1..=2 {
            assert_eq!(writer.push(&record(number)), number);
        }
        reading.join().unwrap();
    });
}

#[test]
fn the_newest_never_goes_back() {
    explore(|| {
        let (mut writer, reader) = history::<Record>(2).unwrap();
        let reading = loom::thread::spawn(move || {
            let before = reader.written();
            let all = reader.last(2);
            assert!(all.iter().all(|one| one[1] == !one[0]));
            assert!(reader.written() >= before);
        });
        for number in 0..2 {
            writer.push(&record(number));
        }
        reading.join().unwrap();
    });
}
