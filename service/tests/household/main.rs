//! Many beings through the program itself: what people ask of them, what they survive and what must
//! never be kept of them.
#![allow(missing_docs)]

mod beings;
mod bridge;
#[path = "../common/mod.rs"]
mod common;
mod disks;
mod erasure;
mod foreign_files;
mod histories;
mod mended;
mod refusal;
mod transfer;
