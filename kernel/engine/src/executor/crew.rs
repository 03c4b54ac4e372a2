//! The cycle thread's side of handing work to the loops' threads and taking it back.

use super::barrier::{Barrier, MOST_WORKERS, Workers};
use super::mailbox::{CycleEnd, mailbox};
use super::spinner::Spinner;
use super::worker::Worker;
use crate::sync::Arc;
use crate::sync::atomic::AtomicU32;
use triune_core::Timestamp;

/// As many workers as there are mailboxes, each with content of type `T`.
#[derive(Debug)]
pub(crate) struct Crew<T, const WORKERS: usize> {
    barrier: Arc<Barrier>,
    mailboxes: [CycleEnd<T>; WORKERS],
    /// Workers whose job has panicked; they do not come back.
    failed: Arc<AtomicU32>,
}

impl<T, const WORKERS: usize> Crew<T, WORKERS> {
    /// A crew and its workers, each of which is to serve on a thread of its own.
    pub(crate) fn new(contents: [T; WORKERS]) -> (Self, Vec<Worker<T>>) {
        const { assert!(WORKERS <= MOST_WORKERS) };
        let barrier = Arc::new(Barrier::default());
        let failed = Arc::new(AtomicU32::new(0));
        let mut number = 0;
        let pairs = contents.map(|content| {
            let (cycle_end, loop_end) = mailbox(content);
            let (barrier, failed) = (Arc::clone(&barrier), Arc::clone(&failed));
            let worker = Worker::new(1 << number, loop_end, barrier, failed);
            number += 1;
            (cycle_end, worker)
        });
        let mut workers = Vec::with_capacity(WORKERS);
        let mailboxes = pairs.map(|(mailbox, worker)| {
            workers.push(worker);
            mailbox
        });
        let crew = Self {
            barrier,
            mailboxes,
            failed,
        };
        (crew, workers)
    }

    /// The bits of workers that have failed, for other threads.
    pub(crate) fn failed(&self) -> Arc<AtomicU32> {
        Arc::clone(&self.failed)
    }

    /// Fills the mailbox of every worker that is back, sends those workers out, and waits until
    /// they have arrived or `deadline` comes. Gives the workers whose mailbox holds what they
    /// made of this filling.
    pub(crate) fn run(
        &mut self,
        mut fill: impl FnMut(&mut T),
        deadline: Timestamp,
        spinner: &mut Spinner,
    ) -> Workers {
        let late = self.barrier.out();
        let mut sent: Workers = 0;
        for (number, mailbox) in self.mailboxes.iter_mut().enumerate() {
            let worker = 1 << number;
            // A failed worker has arrived without handing back: its mailbox is never here.
            if late & worker == 0 && mailbox.with(&mut fill).is_some() {
                sent |= worker;
            }
        }
        self.barrier.send_out(sent);
        for (number, mailbox) in self.mailboxes.iter_mut().enumerate() {
            if sent & 1 << number != 0 {
                mailbox.hand_over();
            }
        }
        if sent == 0 {
            return 0;
        }
        self.barrier.begin_epoch();
        let mut arrived = self.barrier.await_arrivals(sent, deadline, spinner);
        for (number, mailbox) in self.mailboxes.iter_mut().enumerate() {
            // Who failed in this cycle has arrived with empty hands.
            if mailbox.with(|_| ()).is_none() {
                arrived &= !(1 << number);
            }
        }
        arrived
    }

    /// Touches what worker `number` handed back; `None` if it has not.
    pub(crate) fn with<R>(&mut self, number: usize, access: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.mailboxes[number].with(access)
    }

    /// Sends the workers home, for good.
    pub(crate) fn stop(&self) {
        self.barrier.stop();
    }
}
