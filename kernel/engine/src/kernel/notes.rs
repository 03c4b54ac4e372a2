//! What goes into a recording besides cycles.

use super::cycle::Kernel;
use super::ports::{BeingPort, CycleSink, PerceptSource};
use crate::clock::Clock;
use crate::executor::Executor;
use crate::recording::{BeingStart, Entry};

impl<C: Clock, E: Executor, P: PerceptSource, S: CycleSink, O: BeingPort> Kernel<C, E, P, S, O> {
    /// A recording begins with everyone who is there.
    pub(super) fn meet_recorder(&mut self) {
        let wanted = self.sink.wants_record();
        if wanted && !self.recorded {
            self.recorded = true;
            for seat in 0..self.seats.len() {
                self.note_start(seat);
            }
        }
        self.recorded = wanted;
    }

    pub(super) fn note_start(&mut self, seat: usize) {
        let being = &self.seats.works[seat].being;
        let start = Entry::Joined(BeingStart {
            state: being.state,
            consent: being.consent,
            reserved: 0,
            parameters: being.parameters,
        });
        self.note(&start);
    }

    pub(super) fn note(&mut self, entry: &Entry) {
        if self.recorded {
            self.sink.record(entry);
        }
    }
}
