//! What a loop's thread does: wait for a cycle, do its job, hand back.

use super::barrier::{Barrier, Workers};
use super::mailbox::LoopEnd;
use super::spinner::Spinner;
use crate::sync::Arc;
use crate::sync::atomic::{AtomicU32, Ordering};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// One worker of a crew, before its thread begins.
#[derive(Debug)]
pub(crate) struct Worker<T> {
    /// Its bit.
    bit: Workers,
    mailbox: LoopEnd<T>,
    barrier: Arc<Barrier>,
    failed: Arc<AtomicU32>,
}

impl<T> Worker<T> {
    pub(super) fn new(
        bit: Workers,
        mailbox: LoopEnd<T>,
        barrier: Arc<Barrier>,
        failed: Arc<AtomicU32>,
    ) -> Self {
        Self {
            bit,
            mailbox,
            barrier,
            failed,
        }
    }

    /// Does `job` on whatever is handed over, until the crew stops or the job panics.
    pub(crate) fn serve(mut self, mut spinner: Spinner, mut job: impl FnMut(&mut T)) {
        let mut epoch = 0;
        while let Some(next) = self.barrier.await_epoch(epoch, &mut spinner) {
            epoch = next;
            // After a panic nobody looks at the content again: it is never handed back.
            let mailbox = &mut self.mailbox;
            let done = catch_unwind(AssertUnwindSafe(|| mailbox.with(&mut job)));
            match done {
                // It was late, and this epoch began without it.
                Ok(None) => {}
                Ok(Some(())) => {
                    self.mailbox.hand_back();
                    self.barrier.arrive(self.bit);
                }
                Err(_panic) => {
                    self.failed.fetch_or(self.bit, Ordering::Release);
                    self.barrier.arrive(self.bit);
                    return;
                }
            }
        }
    }
}
