//! The one door through which atomics, fences, shared cells and futexes come in: the standard
//! library's and the kernel's, or [loom](https://docs.rs/loom)'s when the concurrent parts are
//! model-checked (`--cfg loom`).

mod cell;
mod futex;
mod sequence_lock;

pub(crate) use cell::UnsafeCell;
pub(crate) use futex::{Futex, Woken};
pub(crate) use sequence_lock::SequenceLock;

#[cfg(loom)]
pub(crate) use loom::{
    sync::{Arc, atomic},
    thread::yield_now as spin_loop,
};
#[cfg(not(loom))]
pub(crate) use std::{
    hint::spin_loop,
    sync::{Arc, atomic},
};
