//! The mailbox: its ends never touch the content at the same time.

use crate::executor::mailbox::mailbox;
use loom::thread;

#[test]
fn the_ends_take_turns() {
    loom::model(|| {
        let (mut cycle, mut work) = mailbox(0_u32);
        let worker = thread::spawn(move || {
            let mut turns = 0;
            while turns < 2 {
                if work.with(|content| *content += 1).is_some() {
                    assert!(work.hand_back());
                    assert!(work.with(|_| ()).is_none());
                    turns += 1;
                }
                thread::yield_now();
            }
        });
        for turn in 1..=2 {
            while cycle.with(|content| *content += 10) != Some(()) {
                thread::yield_now();
            }
            assert!(cycle.hand_over());
            assert!(!cycle.hand_over(), "it is not here any more");
            loop {
                if let Some(content) = cycle.with(|content| *content) {
                    assert_eq!(content, turn * 11);
                    break;
                }
                thread::yield_now();
            }
        }
        worker.join().expect("joined");
    });
}
