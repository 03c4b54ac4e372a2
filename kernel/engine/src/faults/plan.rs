//! What fails, how, and when.

use std::fmt;
use triune_core::{LoopKind, Nanoseconds};

/// What can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultTarget {
    /// What is heard.
    Hearing,
    /// What is seen.
    Sight,
    /// What the board feels.
    Body,
    /// What is told in words.
    Told,
    /// What memory answers.
    Recall,
    /// What the activation model answers.
    Activation,
    /// A loop of the cycle.
    Loop(LoopKind),
}

impl FaultTarget {
    /// Everything that can fail.
    pub const ALL: [Self; 9] = [
        Self::Hearing,
        Self::Sight,
        Self::Body,
        Self::Told,
        Self::Recall,
        Self::Activation,
        Self::Loop(LoopKind::Environmental),
        Self::Loop(LoopKind::Analytical),
        Self::Loop(LoopKind::Experiential),
    ];

    /// The name as people write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hearing => "hearing",
            Self::Sight => "sight",
            Self::Body => "body",
            Self::Told => "told",
            Self::Recall => "recall",
            Self::Activation => "activation",
            Self::Loop(LoopKind::Environmental) => "loop.environmental",
            Self::Loop(LoopKind::Analytical) => "loop.analytical",
            Self::Loop(LoopKind::Experiential) => "loop.experiential",
        }
    }
}

/// In which way it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Nothing comes.
    Missing,
    /// It comes that much later; 0 for a loop, which is not in time.
    Late(Nanoseconds),
    /// The last value stays and grows older.
    Frozen,
    /// Every number is "not a number".
    Nan,
    /// Every value lies outside its range.
    OutOfRange,
    /// It jumps so many times a second; words: so many a second.
    Burst(u32),
}

/// One thing that fails for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What fails.
    pub target: FaultTarget,
    /// How.
    pub kind: FaultKind,
    /// From when on, after the beginning.
    pub from: Nanoseconds,
    /// Until when; `None` for ever.
    pub until: Option<Nanoseconds>,
}

impl Fault {
    /// Whether it is on `since_begin` after the beginning.
    #[must_use]
    pub fn is_on(&self, since_begin: Nanoseconds) -> bool {
        since_begin >= self.from && self.until.is_none_or(|until| since_begin < until)
    }
}

/// Faults and the seed of what happens by chance in them. Read from text; see
/// [`FromStr`](std::str::FromStr). Shown as the same text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultPlan {
    /// What fails. Where two faults meet, the later one acts on what the earlier one left.
    pub faults: Vec<Fault>,
    /// Equal seeds give equal faults.
    pub seed: u64,
}

impl Default for FaultPlan {
    /// Nothing fails.
    fn default() -> Self {
        Self {
            faults: Vec::new(),
            seed: 1,
        }
    }
}

impl FaultPlan {
    /// Whether nothing fails.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }
}

/// A span as people write it, in the largest unit that it is a whole number of.
struct Span(Nanoseconds);

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            span if span.is_multiple_of(1_000_000_000) => {
                write!(formatter, "{}s", span / 1_000_000_000)
            }
            span if span.is_multiple_of(1_000_000) => write!(formatter, "{}ms", span / 1_000_000),
            span => write!(formatter, "{span}ns"),
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("missing"),
            Self::Late(0) => formatter.write_str("late"),
            Self::Late(delay) => write!(formatter, "late:{}", Span(*delay)),
            Self::Frozen => formatter.write_str("frozen"),
            Self::Nan => formatter.write_str("nan"),
            Self::OutOfRange => formatter.write_str("out-of-range"),
            Self::Burst(rate) => write!(formatter, "burst:{rate}/s"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={}", self.target.name(), self.kind)?;
        match (self.from, self.until) {
            (0, None) => Ok(()),
            (from, None) => write!(formatter, "@{}..", Span(from)),
            (from, Some(until)) => write!(formatter, "@{}..{}", Span(from), Span(until)),
        }
    }
}

impl fmt::Display for FaultPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.faults {
            write!(formatter, "{fault},")?;
        }
        write!(formatter, "seed={}", self.seed)
    }
}
