//! The service: wiring, supervision, configuration, HTTP API, page, metrics and console commands.
#![forbid(unsafe_code)]

pub mod control;
pub mod http;
pub mod metrics;
pub mod status;
