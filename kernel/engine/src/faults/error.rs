//! What can be wrong with the text of a plan.

/// Why the text is no plan of faults.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultPlanError {
    /// It is not written as a fault is.
    #[error(
        "'{0}' is no fault: write TARGET=KIND or TARGET=KIND@FROM..UNTIL, such as hearing=missing@10s..12s"
    )]
    Shape(String),
    /// Nothing of that name can fail.
    #[error(
        "nothing called '{0}' can fail: use hearing, sight, body, told, recall, activation, loop.environmental, loop.analytical, loop.experiential or memory"
    )]
    UnknownTarget(String),
    /// There is no such fault.
    #[error(
        "unknown fault '{0}': use missing, late:SPAN, frozen, nan, out-of-range or burst:N/s; of a loop: late"
    )]
    UnknownKind(String),
    /// The target cannot fail in this way.
    #[error("{target} cannot be '{kind}': {instead}")]
    NotFor {
        /// What was to fail.
        target: String,
        /// In which way.
        kind: String,
        /// What is possible.
        instead: &'static str,
    },
    /// It is not a span of time.
    #[error("'{0}' is no span of time: write a number and ms, s, min or h, such as 200ms or 1.5s")]
    Span(String),
    /// The time is not a window.
    #[error(
        "'{0}' is no time to fail in: write FROM..UNTIL with UNTIL after FROM, such as 10s..12s, 5s.. or ..4s"
    )]
    Window(String),
    /// It is not said by how much.
    #[error("'{0}=late' does not say by how much: write late:SPAN, such as late:200ms")]
    DelayMissing(String),
    /// Such a delay is not kept.
    #[error("a delay of '{0}' is not possible: use more than 0 and at most 10s")]
    Delay(String),
    /// It is not a rate.
    #[error(
        "'{0}' is no rate: write a whole number from 1 to 100000 for each second, such as 100/s"
    )]
    Rate(String),
    /// It is not a seed.
    #[error("'{0}' is no seed: write a whole number, such as seed=7")]
    Seed(String),
    /// Too many at once.
    #[error("{found} faults are more than the {most} that one plan holds: leave some out")]
    TooMany {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
}
