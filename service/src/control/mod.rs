//! The console commands' way to the running service: HTTP over the control socket.

mod client;
mod transfer;

pub use client::{Client, ControlError};
