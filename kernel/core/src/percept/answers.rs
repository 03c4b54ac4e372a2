//! What came back from memory and models.

use crate::judgement::Judgement;
use crate::time::{AGE_NEVER, Nanoseconds};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// How far before its newest state the oldest one lies that an activation rests on, at most: a
/// window of 3.2 seconds whose first sample was held over a gap.
pub const ACTIVATION_SPAN: Nanoseconds = 3_600_000_000;

/// The answer to a recall question of an earlier cycle.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct RecallAnswer {
    /// Sequence number of the nearest crystal.
    pub crystal: u64,
    /// Cosine similarity of the nearest crystal to the question, -1 to 1; as old as the question.
    pub similarity: Judgement,
}

/// The answer of the dual activation model to an earlier state window.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct ActivationAnswer {
    /// Index of the most likely situation (what is going on).
    pub situation: u32,
    /// Index of the most likely feeling (how it feels to the kernel).
    pub feeling: u32,
    /// Probability of `situation`, 0 to 1.
    pub situation_confidence: f32,
    /// Probability of `feeling`, 0 to 1.
    pub feeling_confidence: f32,
    /// Nanoseconds since the newest cycle of the window.
    pub age: Nanoseconds,
}

/// Answers to questions posted in earlier cycles.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct AnswersPercept {
    /// From memory.
    pub recall: RecallAnswer,
    /// From the models.
    pub activation: ActivationAnswer,
}

impl RecallAnswer {
    /// Memory has not answered.
    pub const ABSENT: Self = Self {
        crystal: 0,
        similarity: Judgement::ABSENT,
    };
}

impl ActivationAnswer {
    /// No model has answered.
    pub const ABSENT: Self = Self {
        situation: 0,
        feeling: 0,
        situation_confidence: 0.0,
        feeling_confidence: 0.0,
        age: AGE_NEVER,
    };
}

impl AnswersPercept {
    /// Nothing has answered.
    pub const ABSENT: Self = Self {
        recall: RecallAnswer::ABSENT,
        activation: ActivationAnswer::ABSENT,
    };

    /// The answers that rest on the last `span` nanoseconds only; the others are absent.
    #[must_use]
    pub fn resting_on(&self, span: Nanoseconds) -> Self {
        let Self { recall, activation } = *self;
        let oldest = activation.age.saturating_add(ACTIVATION_SPAN);
        Self {
            recall: if recall.similarity.age <= span {
                recall
            } else {
                RecallAnswer::ABSENT
            },
            activation: if oldest <= span {
                activation
            } else {
                ActivationAnswer::ABSENT
            },
        }
    }
}
