//! Where parent and child meet, one mailbox for each lane.
//!
//! A lane's state goes from idle to posted (parent), to running, to done or failed (child), and to
//! idle again (parent). When the child is gone, the parent sets it to gone, so that nobody waits on.

use super::bell;
use super::fault::Fault;
use super::memory::SharedMemory;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Bytes of one mailbox.
const BYTES: usize = 256;

const STATE: usize = 0;
const MODEL: usize = 4;
const COMPUTE_LOW: usize = 8;
const COMPUTE_HIGH: usize = 12;
const KIND: usize = 16;
const TENSOR: usize = 20;
const ELEMENT: usize = 24;
const TEXT_LENGTH: usize = 28;
const TEXT: usize = 32;
const MOST_TEXT: usize = BYTES - TEXT;

const IDLE: u32 = 0;
const POSTED: u32 = 1;
const RUNNING: u32 = 2;
const DONE: u32 = 3;
const FAILED: u32 = 4;
const GONE: u32 = 5;

/// What a parent finds in a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// It computes, or has not begun.
    Pending(u32),
    Done,
    Failed,
    /// The child is gone, or says so.
    Gone,
    /// No state that there is.
    Nonsense,
}

/// Memory for the mailboxes of so many lanes.
pub(super) const fn bytes(lanes: usize) -> usize {
    lanes * BYTES
}

/// One lane's mailbox.
#[derive(Clone, Copy)]
pub(super) struct Mailbox<'a> {
    memory: &'a SharedMemory,
    base: usize,
}

impl<'a> Mailbox<'a> {
    pub(super) const fn of(memory: &'a SharedMemory, lane: usize) -> Self {
        Self {
            memory,
            base: lane * BYTES,
        }
    }

    fn load(self, word: usize) -> u32 {
        self.memory.word(self.base + word).load(Ordering::Relaxed)
    }

    fn store(self, word: usize, value: u32) {
        self.memory
            .word(self.base + word)
            .store(value, Ordering::Relaxed);
    }

    /// Parent: asks for a run of this model, whose inputs are in place. `false` if the lane is not
    /// idle.
    pub(super) fn post(self, model: u32) -> bool {
        self.store(MODEL, model);
        let state = self.memory.word(self.base + STATE);
        let posted = state.compare_exchange(IDLE, POSTED, Ordering::Release, Ordering::Relaxed);
        bell::ring(state);
        posted.is_ok()
    }

    /// Parent: what there is now.
    pub(super) fn look(self) -> Found {
        match self.memory.word(self.base + STATE).load(Ordering::Acquire) {
            state @ (POSTED | RUNNING) => Found::Pending(state),
            DONE => Found::Done,
            FAILED => Found::Failed,
            GONE => Found::Gone,
            _ => Found::Nonsense,
        }
    }

    /// Parent: waits for something else than this pending state.
    pub(super) fn wait(self, pending: u32, limit: Duration, spin: Duration) {
        let state = self.memory.word(self.base + STATE);
        bell::wait(state, pending, Some(limit), spin);
    }

    /// Parent: makes the lane idle again after an answer; `false` if it became something else.
    pub(super) fn clear(self, found: Found) -> bool {
        let from = if found == Found::Done { DONE } else { FAILED };
        let state = self.memory.word(self.base + STATE);
        let cleared = state.compare_exchange(from, IDLE, Ordering::AcqRel, Ordering::Relaxed);
        cleared.is_ok()
    }

    /// Parent: nobody answers here any more.
    pub(super) fn close(self) {
        let state = self.memory.word(self.base + STATE);
        state.store(GONE, Ordering::Release);
        bell::ring(state);
    }

    /// Parent: how long the child says that it computed.
    pub(super) fn compute(self) -> Duration {
        let nanoseconds =
            u64::from(self.load(COMPUTE_LOW)) | u64::from(self.load(COMPUTE_HIGH)) << 32;
        Duration::from_nanos(nanoseconds)
    }

    /// Parent: why the child says that it failed.
    pub(super) fn fault(self) -> Fault {
        let length = (self.load(TEXT_LENGTH) as usize).min(MOST_TEXT);
        let mut text = [0; MOST_TEXT];
        self.memory.copy_out(self.base + TEXT, &mut text);
        Fault {
            kind: self.load(KIND),
            tensor: self.load(TENSOR),
            element: self.load(ELEMENT),
            text: String::from_utf8_lossy(&text[..length]).into_owned(),
        }
    }

    /// Child: waits for a request and begins it; the model that is asked for.
    pub(super) fn begin(self, spin: Duration) -> u32 {
        let state = self.memory.word(self.base + STATE);
        loop {
            let now = state.load(Ordering::Acquire);
            if now == POSTED {
                let begun =
                    state.compare_exchange(POSTED, RUNNING, Ordering::AcqRel, Ordering::Relaxed);
                if begun.is_ok() {
                    return self.load(MODEL);
                }
            } else {
                bell::wait(state, now, None, spin);
            }
        }
    }

    /// Child: answers; the outputs are in place.
    pub(super) fn answer(self, compute: Duration) {
        let nanoseconds = u64::try_from(compute.as_nanos()).unwrap_or(u64::MAX);
        self.store(COMPUTE_LOW, nanoseconds as u32);
        self.store(COMPUTE_HIGH, (nanoseconds >> 32) as u32);
        self.end(DONE);
    }

    /// Child: says that it failed.
    pub(super) fn fail(self, fault: &Fault) {
        self.store(KIND, fault.kind);
        self.store(TENSOR, fault.tensor);
        self.store(ELEMENT, fault.element);
        let length = fault.text.floor_char_boundary(MOST_TEXT);
        self.store(TEXT_LENGTH, length as u32);
        self.memory
            .fill(self.base + TEXT, &fault.text.as_bytes()[..length]);
        self.end(FAILED);
    }

    fn end(self, how: u32) {
        let state = self.memory.word(self.base + STATE);
        state.store(how, Ordering::Release);
        bell::ring(state);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_request_goes_there_and_back() {
        let (memory, _file) = SharedMemory::create("test", bytes(2)).unwrap();
        let (parent, child) = (Mailbox::of(&memory, 1), Mailbox::of(&memory, 1));
        assert!(parent.post(9));
        assert!(!parent.post(9), "one at a time");
        assert_eq!(parent.look(), Found::Pending(POSTED));
        assert_eq!(child.begin(Duration::ZERO), 9);
        child.answer(Duration::from_secs(5));
        assert_eq!(parent.look(), Found::Done);
        assert_eq!(parent.compute(), Duration::from_secs(5));
        assert!(parent.clear(Found::Done));
        assert!(parent.post(2));
        parent.close();
        assert_eq!(parent.look(), Found::Gone);
        assert!(!parent.post(2));
    }

    #[test]
    fn a_fault_goes_over_and_a_long_text_is_cut_between_letters() {
        let (memory, _file) = SharedMemory::create("test", bytes(1)).unwrap();
        let mailbox = Mailbox::of(&memory, 0);
        let fault = Fault {
            kind: 1,
            tensor: 2,
            element: 3,
            text: "ä".repeat(500),
        };
        mailbox.fail(&fault);
        let found = mailbox.fault();
        assert_eq!((found.kind, found.tensor, found.element), (1, 2, 3));
        assert_eq!(found.text, "ä".repeat(MOST_TEXT / 2));
        memory.word(TEXT_LENGTH).store(u32::MAX, Ordering::Relaxed);
        assert!(mailbox.fault().text.len() <= MOST_TEXT);
    }
}
