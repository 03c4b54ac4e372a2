//! A service that is not there: moving figures, and knobs to turn them.

#![allow(dead_code, reason = "each test and example uses its part")]

mod picture;
pub(crate) mod source;
