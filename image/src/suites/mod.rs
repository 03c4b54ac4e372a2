//! `cargo appliance test` and `check-unsafe`: one command after another, and one line that
//! counts them all.

mod job;
mod list;
mod long;
mod npu;
mod run;
mod tally;
mod test;
mod unsafe_code;

pub(crate) use test::run;
pub(crate) use unsafe_code::run as check_unsafe;
