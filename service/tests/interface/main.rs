//! The interface as its users meet it: over TCP, over the control socket, in a browser.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod browser;
mod command_line;
mod control;
mod figures;
mod kernel;
mod limits;
mod problems;
mod status;
mod stream;
#[path = "../support/mod.rs"]
mod support;
