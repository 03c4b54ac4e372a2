//! The service with many beings, through the program itself: what people ask of it, what it
//! survives and what it must never do.
#![allow(missing_docs)]

mod beings;
mod bridge;
mod burst;
#[path = "../common/mod.rs"]
mod common;
mod disks;
mod erasure;
mod faults;
mod foreign_files;
mod refusal;
mod replay;
mod rhythm;
mod threaded;
mod transfer;
