//! The sequence lock: a reader never sees words of two writes.

use crate::sync::{Arc, SequenceLock};
use loom::thread;

#[test]
fn a_reader_sees_words_of_one_write() {
    loom::model(|| {
        let page = Arc::new(SequenceLock::new([0_u64; 2]));
        let reader = {
            let page = Arc::clone(&page);
            thread::spawn(move || {
                let [first, second] = page.read();
                assert_eq!(first, second);
                let [later, _] = page.read();
                assert!(later >= first, "went back from {first} to {later}");
            })
        };
        for word in 1..=2 {
            page.write([word; 2]);
        }
        reader.join().expect("joined");
        assert_eq!(page.read(), [2; 2]);
    });
}
