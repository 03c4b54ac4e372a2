//! The ends at which the kernel meets the rest of the house. All are called on the cycle
//! thread: they must not wait, allocate, lock or log.

use super::event::KernelEvent;
use crate::counters::Overrun;
use crate::recording::Entry;
use triune_core::{Outputs, Percept, State, Timestamp};

/// Gives the senses that all beings share.
pub trait PerceptSource: Send {
    /// Fills `percept`, which is [`Percept::ABSENT`], with what is known at `now`. Called once a
    /// cycle; each being gets its own copy, from which its consent takes what it refuses.
    fn sample(&mut self, now: Timestamp, percept: &mut Percept);
}

/// One being's own ends. It is only ever handed what is its own.
pub trait BeingPort: Send {
    /// Adds to `percept`, which holds the shared senses, what this being alone was told and
    /// answered up to `now`. Words are an event: give them once, the kernel offers them again
    /// as long as the analytical loop is late.
    fn sample(&mut self, now: Timestamp, percept: &mut Percept);

    /// Takes the being's new state and what it wants kept and asked.
    fn accept(&mut self, state: &State, outputs: &Outputs);
}

/// Takes what the kernel as a whole tells.
pub trait CycleSink: Send {
    /// Whether anyone records. Asked at each cycle; while not, no entry is made. When it turns
    /// true every being is told as [`Entry::Joined`] first.
    fn wants_record(&self) -> bool;

    /// Takes what goes into a recording, in order.
    fn record(&mut self, entry: &Entry);

    /// Learns that a deadline was not kept.
    fn overrun(&mut self, overrun: Overrun);

    /// Learns what the kernel decided or was told, and when that came into force.
    fn event(&mut self, at: Timestamp, event: KernelEvent);
}
