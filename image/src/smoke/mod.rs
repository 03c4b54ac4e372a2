//! `cargo appliance boot --smoke`: boots, lets the stage speak and turn the light at moments
//! that nobody inside knows, and judges whether the appliance noticed.

mod error;
mod judge;
mod observer;
mod picture;
mod recognition;
mod run;
mod status;
mod verdict;

pub(crate) use run::run;
