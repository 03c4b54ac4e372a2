//! Fuzz targets of every parser of bytes that come from outside.
#![forbid(unsafe_code)]

pub mod targets;
