//! The status as OpenMetrics text, for Prometheus.

mod render;

pub use render::{CONTENT_TYPE, MetricsError, render};
