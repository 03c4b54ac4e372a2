//! How a board runs its kernel.

use crate::board::{RATE_HZ_MAX, RATE_HZ_MIN};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Most beings that a kernel is made for.
pub const BEINGS_MAX: u32 = 64;
/// Most lost cycles that may be caught up at once: a quarter of a second at 250 Hz.
pub const CATCH_UP_MAX: u32 = 64;

/// Who runs the three loops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExecutorSpec {
    /// The cycle's own thread, one after the other.
    Inline,
    /// A pinned thread for each loop.
    Threaded,
}

/// What becomes of deadlines that were not kept. In TOML and on the command line: `skip`,
/// `catch-up:N` or `degrade`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverrunSpec {
    /// They are left out and counted.
    Skip,
    /// Up to so many are run back to back; the others are left out.
    CatchUp(u32),
    /// The rate is lowered until deadlines are kept again.
    Degrade,
}

/// A text that names no executor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no executor: use inline or threaded")]
pub struct UnknownExecutor(pub String);

impl ExecutorSpec {
    /// The name as people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Threaded => "threaded",
        }
    }
}

impl FromStr for ExecutorSpec {
    type Err = UnknownExecutor;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Inline, Self::Threaded]
            .into_iter()
            .find(|executor| executor.name() == text)
            .ok_or_else(|| UnknownExecutor(text.to_owned()))
    }
}

/// A text that names no overrun policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no overrun policy: use skip, catch-up:N (N from 1 to {CATCH_UP_MAX}) or degrade")]
pub struct UnknownOverrunPolicy(pub String);

/// How a board runs its kernel.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KernelSpec {
    /// Who runs the loops.
    pub executor: ExecutorSpec,
    /// What becomes of deadlines that were not kept.
    pub overrun: OverrunSpec,
    /// Beings that cycle at any time.
    pub beings_steady: u32,
    /// Beings that cycle while a burst lasts.
    pub beings_in_burst: u32,
    /// Longest burst, seconds.
    pub burst_seconds: f64,
    /// Shortest pause between two bursts, seconds.
    pub burst_rest_seconds: f64,
    /// Cycles a second while a burst lasts, [`RATE_HZ_MIN`] to [`RATE_HZ_MAX`]; none, or no more than
    /// the ordinary rate, leaves that as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burst_rate_hz: Option<u32>,
}

impl KernelSpec {
    /// The first value that no kernel can have: its key, what it says, what it may say.
    #[must_use]
    pub fn out_of_range(&self) -> Option<(&'static str, String, &'static str)> {
        let beings = 1..=BEINGS_MAX;
        if !beings.contains(&self.beings_steady) {
            return Some((
                "kernel.beings_steady",
                self.beings_steady.to_string(),
                "must be 1 to 64",
            ));
        }
        if !(self.beings_steady..=BEINGS_MAX).contains(&self.beings_in_burst) {
            return Some((
                "kernel.beings_in_burst",
                self.beings_in_burst.to_string(),
                "must be at least beings_steady and at most 64",
            ));
        }
        for (key, value) in [
            ("kernel.burst_seconds", self.burst_seconds),
            ("kernel.burst_rest_seconds", self.burst_rest_seconds),
        ] {
            if !(1.0..=3600.0).contains(&value) {
                return Some((key, value.to_string(), "must be 1 to 3600 seconds"));
            }
        }
        let rates = RATE_HZ_MIN..=RATE_HZ_MAX;
        if let Some(rate) = self.burst_rate_hz.filter(|rate| !rates.contains(rate)) {
            return Some((
                "kernel.burst_rate_hz",
                rate.to_string(),
                "must be 1 to 1000",
            ));
        }
        None
    }
}

impl fmt::Display for OverrunSpec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skip => formatter.write_str("skip"),
            Self::CatchUp(most) => write!(formatter, "catch-up:{most}"),
            Self::Degrade => formatter.write_str("degrade"),
        }
    }
}

impl FromStr for OverrunSpec {
    type Err = UnknownOverrunPolicy;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "skip" => Ok(Self::Skip),
            "degrade" => Ok(Self::Degrade),
            _ => text
                .strip_prefix("catch-up:")
                .and_then(|most| most.parse().ok())
                .filter(|most| (1..=CATCH_UP_MAX).contains(most))
                .map(Self::CatchUp)
                .ok_or_else(|| UnknownOverrunPolicy(text.to_owned())),
        }
    }
}

impl Serialize for OverrunSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OverrunSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
