//! `cargo appliance test`: every suite, one after another, and one line that counts them all.

mod list;
mod run;
mod tally;

pub(crate) use run::run;
