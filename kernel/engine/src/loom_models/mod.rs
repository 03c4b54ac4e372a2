//! Every interleaving of the concurrent parts, within loom's bound on preemptions.
//!
//! `RUSTFLAGS="--cfg loom" LOOM_MAX_PREEMPTIONS=2 cargo test -p triune-engine --release --lib
//! --target-dir target/loom`

mod barrier;
mod crew;
mod mailbox;
mod sequence_lock;
