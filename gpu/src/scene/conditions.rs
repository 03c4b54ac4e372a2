//! What is not as it should be.

/// The part that a condition is about; its figures take the condition's colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Part {
    /// The cycle: rate, lateness, real time.
    Cycle,
    /// Hearing.
    Hearing,
    /// Sight.
    Sight,
    /// The board: heat, load.
    Body,
    /// Models and their accelerator.
    Recognition,
    /// Kept moments.
    Memory,
    /// Anything else.
    #[default]
    Other,
}

/// How much a condition matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Someone should know.
    #[default]
    Notice,
    /// Someone must act.
    Act,
}

/// One thing that is not as it should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// The part that it is about.
    pub part: Part,
    /// How much it matters.
    pub urgency: Urgency,
    /// Which thing, in one or two words.
    pub what: String,
    /// What is wrong with it, and what a person can do.
    pub why: String,
}
