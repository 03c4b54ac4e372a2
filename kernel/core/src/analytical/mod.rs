//! The analytical loop: words, meaning, novelty, what was recognised, questions to memory.

mod advance;
mod novelty;
mod recognition;
mod words;

pub(crate) use advance::advance;
