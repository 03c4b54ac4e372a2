//! A place that two threads use in turn.

use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Arc, UnsafeCell};

/// What both ends share. Who may touch the content is written in `with_loop`, and only the end
/// that owns the content changes that. Aligned so that mailboxes share no cache line.
#[derive(Debug)]
#[repr(align(128))]
struct Shared<T> {
    with_loop: AtomicBool,
    content: UnsafeCell<T>,
}

// SAFETY: the content is only touched by the end that `with_loop` names. There is one end of each
// kind (they cannot be cloned, and touching takes `&mut self`), only the owner passes ownership
// on, by a release store that the other end's acquire load meets: accesses never overlap.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Shared<T> {
    fn with<R>(&self, owner_is_loop: bool, access: impl FnOnce(&mut T) -> R) -> Option<R> {
        (self.with_loop.load(Ordering::Acquire) == owner_is_loop).then(|| {
            self.content.with_mut(|content| {
                // SAFETY: this end owns the content (see `Sync` above), so nobody else has a
                // reference to it; the cell's pointer is valid as long as the cell.
                access(unsafe { &mut *content })
            })
        })
    }

    fn pass(&self, owner_is_loop: bool) -> bool {
        let owned = self.with_loop.load(Ordering::Relaxed) == owner_is_loop;
        if owned {
            self.with_loop.store(!owner_is_loop, Ordering::Release);
        }
        owned
    }
}

/// The cycle thread's end; it owns the content first.
#[derive(Debug)]
pub(crate) struct CycleEnd<T>(Arc<Shared<T>>);

/// The loop's end.
#[derive(Debug)]
pub(crate) struct LoopEnd<T>(Arc<Shared<T>>);

/// The two ends of a mailbox.
pub(crate) fn mailbox<T>(content: T) -> (CycleEnd<T>, LoopEnd<T>) {
    let shared = Arc::new(Shared {
        with_loop: AtomicBool::new(false),
        content: UnsafeCell::new(content),
    });
    (CycleEnd(Arc::clone(&shared)), LoopEnd(shared))
}

impl<T> CycleEnd<T> {
    /// Touches the content; `None` while the loop has it.
    pub(crate) fn with<R>(&mut self, access: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.0.with(false, access)
    }

    /// Gives the content to the loop; `false` if it was not here.
    pub(crate) fn hand_over(&mut self) -> bool {
        self.0.pass(false)
    }
}

impl<T> LoopEnd<T> {
    /// Touches the content; `None` while the cycle thread has it.
    pub(crate) fn with<R>(&mut self, access: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.0.with(true, access)
    }

    /// Gives the content back to the cycle thread; `false` if it was not here.
    pub(crate) fn hand_back(&mut self) -> bool {
        self.0.pass(true)
    }
}
