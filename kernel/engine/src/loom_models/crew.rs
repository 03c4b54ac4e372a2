//! A crew and a worker's whole life: late work is thrown away, its mailbox is used again, a
//! panic is no hang.

use crate::executor::crew::Crew;
use crate::executor::spinner::{Spin, Spinner};
use crate::sync::atomic::Ordering;
use loom::thread;
use triune_core::Timestamp;

const PASSED: Timestamp = Timestamp(0);
const NEVER: Timestamp = Timestamp(u64::MAX);

/// A question and its answer.
#[derive(Default)]
struct Sum {
    given: u32,
    made: u32,
}

fn ask(crew: &mut Crew<Sum, 1>, given: u32, deadline: Timestamp) -> Option<u32> {
    let fill = |sum: &mut Sum| sum.given = given;
    let arrived = crew.run(fill, deadline, &mut Spinner::new(Spin::Never));
    if arrived == 0 {
        return None;
    }
    crew.with(0, |sum| sum.made)
}

#[test]
fn a_late_answer_is_never_taken_for_the_next_one() {
    loom::model(|| {
        let (mut crew, mut workers) = Crew::new([Sum::default()]);
        let worker = workers.remove(0);
        let thread = thread::spawn(move || {
            worker.serve(Spinner::new(Spin::Never), |sum: &mut Sum| {
                sum.made = sum.given * 2;
            });
        });
        let first = ask(&mut crew, 1, PASSED);
        let second = ask(&mut crew, 2, NEVER);
        // A worker that is still out when it is asked again is not waited for.
        assert!(matches!(
            (first, second),
            (Some(2), Some(4)) | (None, None | Some(4))
        ));
        crew.stop();
        thread.join().expect("joined");
    });
}

#[test]
fn a_worker_that_panics_hangs_nobody() {
    loom::model(|| {
        let (mut crew, mut workers) = Crew::new([Sum::default()]);
        let worker = workers.remove(0);
        let thread = thread::spawn(move || {
            worker.serve(Spinner::new(Spin::Never), |_: &mut Sum| {
                std::panic::resume_unwind(Box::new(()))
            });
        });
        for _ in 0..2 {
            assert_eq!(ask(&mut crew, 1, NEVER), None);
            assert_eq!(crew.failed().load(Ordering::Acquire), 1);
        }
        crew.stop();
        thread.join().expect("joined");
    });
}
