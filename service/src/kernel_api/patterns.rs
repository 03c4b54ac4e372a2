//! Patterns as people and programs see them.

use serde::{Deserialize, Serialize};

/// What recurs in a being and was not taught.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternView {
    /// Its number, from 1 up; never another pattern's of this being.
    pub id: u32,
    /// What people call it; `None` until it is named.
    pub name: Option<String>,
    /// When it was met first, milliseconds since 1970.
    pub first_seen_unix_ms: u64,
    /// When it was met last, milliseconds since 1970.
    pub last_seen_unix_ms: u64,
    /// Time that it took in all, seconds.
    pub seconds: u64,
    /// Times that it came.
    pub visits: u32,
}

/// The JSON of `GET /v1/beings/{id}/patterns`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternsView {
    /// By their numbers.
    pub patterns: Vec<PatternView>,
}

/// The body of `PATCH /v1/beings/{id}/patterns/{number}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternName {
    /// What people call it, at most 64 bytes; an empty name takes the old one away.
    pub name: String,
}
