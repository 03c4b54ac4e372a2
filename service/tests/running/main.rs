//! The running kernel through the program itself: its rate, its bursts, its threads, its faults and
//! its recordings.
#![allow(missing_docs)]

mod burst;
#[path = "../common/mod.rs"]
mod common;
mod faults;
mod replay;
mod rhythm;
mod threaded;
