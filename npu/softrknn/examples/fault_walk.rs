//! Walks every fault that a process survives, for a run under a memory checker:
//! `valgrind --leak-check=full --errors-for-leak-kinds=definite target/debug/examples/fault_walk`.
#![allow(
    clippy::unwrap_used,
    reason = "it fails by panicking, as the tests that it shares code with"
)]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/rows.rs"]
mod rows;

fn main() {
    let soft = common::Soft::open();
    rows::walk(&soft, true);
    println!("{} faults answered, nothing is held", rows::ROWS.len());
}
