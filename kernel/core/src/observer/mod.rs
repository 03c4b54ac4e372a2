//! The observer: integrates the three loops, decides what is kept and expressed.

mod advance;
mod forgetting;
mod integration;
mod keeping;

pub(crate) use advance::advance;
pub(crate) use forgetting::forget_refused;
