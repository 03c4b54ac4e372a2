//! The service: wiring, supervision, configuration, HTTP API, page, metrics and console commands.
#![forbid(unsafe_code)]

pub mod bench;
pub mod cli;
pub mod commands;
pub mod control;
pub mod http;
pub mod kernel_api;
pub mod metrics;
pub mod processor;
pub mod settings;
pub mod status;
pub mod wiring;
