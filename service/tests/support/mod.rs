//! A service that is not there: moving figures, knobs to turn them, and a client to ask it.

#![allow(dead_code, reason = "each test and example uses its part")]

pub(crate) mod browser;
pub(crate) mod client;
mod door;
pub(crate) mod kernel;
mod picture;
mod room;
pub(crate) mod server;
pub(crate) mod source;
pub(crate) mod status;
