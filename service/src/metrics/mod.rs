//! The status as OpenMetrics text, for Prometheus.

mod kernel;
mod memory;
mod models;
mod render;
mod sheet;

pub use render::{CONTENT_TYPE, MetricsError, render};
