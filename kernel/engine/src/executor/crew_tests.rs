//! What a loop's thread that is late or panics does to the others.

use super::crew::Crew;
use super::spinner::{Spin, Spinner};
use crate::clock::{Clock, MonotonicClock};
use std::sync::mpsc;
use std::thread::{JoinHandle, spawn};
use triune_core::Timestamp;

const PATIENCE: u64 = 60_000_000_000;

#[derive(Default)]
struct Sum {
    given: u32,
    made: u32,
}

struct Bench {
    crew: Crew<Sum, 2>,
    threads: Vec<JoinHandle<()>>,
}

/// Two workers: the first does `job`, the second doubles what it is given.
fn bench(mut job: impl FnMut(&mut Sum) + Send + 'static) -> Bench {
    let (crew, workers) = Crew::new([Sum::default(), Sum::default()]);
    let mut workers = workers.into_iter();
    let first = workers.next().expect("two");
    let second = workers.next().expect("two");
    let threads = vec![
        spawn(move || first.serve(Spinner::new(Spin::Never), &mut job)),
        spawn(move || {
            second.serve(Spinner::new(Spin::AtMost(1_000)), |sum: &mut Sum| {
                sum.made = sum.given * 2;
            });
        }),
    ];
    Bench { crew, threads }
}

impl Bench {
    /// What each worker made of `given` by the deadline.
    fn ask(&mut self, given: u32, deadline: Timestamp) -> [Option<u32>; 2] {
        let fill = |sum: &mut Sum| sum.given = given;
        let arrived = self
            .crew
            .run(fill, deadline, &mut Spinner::new(Spin::Calibrated));
        [0, 1].map(|number| {
            let arrived = arrived & 1 << number != 0;
            let made = self.crew.with(number, |sum| sum.made);
            made.filter(|_| arrived)
        })
    }

    fn end(self) {
        self.crew.stop();
        for thread in self.threads {
            thread.join().expect("joined");
        }
    }
}

fn soon() -> Timestamp {
    MonotonicClock.now().after(PATIENCE)
}

#[test]
fn what_a_late_worker_makes_is_thrown_away_and_it_works_again_once_it_is_back() {
    let (go_on, wait) = mpsc::channel();
    let mut bench = bench(move |sum| {
        if sum.given == 1 {
            wait.recv().expect("told to go on");
        }
        sum.made = sum.given * 2;
    });
    // The first is stuck; the deadline is reached, and the second need not wait for it.
    let deadline = MonotonicClock.now().after(20_000_000);
    let [first, second] = bench.ask(1, deadline);
    assert_eq!(first, None);
    assert!(second.is_none_or(|made| made == 2));
    assert!(MonotonicClock.now() >= deadline, "waited for who was late");
    // While it is out, it is sent nothing and nobody waits for it; the second may have been late once.
    let mut given = 5;
    loop {
        let [first, second] = bench.ask(given, soon());
        assert_eq!(first, None);
        if let Some(made) = second {
            assert_eq!(made, given * 2);
            break;
        }
        given += 1;
        std::thread::yield_now();
    }
    go_on.send(()).expect("told");
    // Its answer to 1 is never given for another question.
    loop {
        given += 1;
        let [first, second] = bench.ask(given, soon());
        assert_eq!(second, Some(given * 2));
        if let Some(made) = first {
            assert_eq!(made, given * 2);
            break;
        }
        std::thread::yield_now();
    }
    bench.end();
}

#[test]
fn a_worker_that_panics_is_late_for_ever_and_holds_up_nobody() {
    let mut bench = bench(|sum| {
        if sum.given == 2 {
            // Without the panic hook, which would print.
            std::panic::resume_unwind(Box::new("a fault"));
        }
        sum.made = sum.given * 2;
    });
    assert_eq!(bench.ask(1, soon()), [Some(2), Some(2)]);
    let began = MonotonicClock.now();
    for given in 2..10 {
        assert_eq!(bench.ask(given, soon()), [None, Some(given * 2)]);
    }
    assert!(MonotonicClock.now().since(began) < PATIENCE);
    let failed = bench.crew.failed();
    assert_eq!(failed.load(std::sync::atomic::Ordering::Relaxed), 1);
    bench.end();
}
