//! `cargo appliance setup`: finds what is missing on this machine and installs it.

mod apt;
mod error;
mod needs;
mod run;
mod rust;

pub(crate) use run::{prepare, run};
