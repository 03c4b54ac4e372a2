//! What the analytical loop makes of a cycle.

use crate::elp::Elp;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// What the analytical loop makes of words, recall and activation.
#[derive(Clone, Copy, Debug, Default, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct AnalyticalState {
    /// Running share of each flux position, 1 to 9 at index 0 to 8; sums to at most 1.
    pub flux: [f32; 9],
    /// Running share of boosted positions, 0 to 1.
    pub boost: f32,
    /// Running reading of what was said.
    pub elp: Elp,
    /// Strength of meaning in the newest words, 0 to 1.
    pub meaning: f32,
    /// How unlike the remembered past this moment is, 0 to 1.
    pub novelty: f32,
    /// How sure the loop is of its novelty, 0 to 1.
    pub confidence: f32,
    /// Most likely situation of the last trusted activation, plus one; 0 when there is none.
    pub situation: u32,
    /// Most likely feeling of the last trusted activation, plus one; 0 when there is none.
    pub feeling: u32,
    /// Position of the newest token, 1 to 9; 0 before the first.
    pub last_flux: u32,
    /// Microseconds until the next question to memory is posted.
    pub microseconds_to_question: u32,
}
