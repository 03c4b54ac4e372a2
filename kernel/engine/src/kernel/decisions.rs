//! The end of a cycle: what it cost, and what follows from that.

use super::burst::{Change, Turn};
use super::cycle::Kernel;
use super::event::KernelEvent;
use super::governor::{Finished, period_at_level};
use super::ports::{BeingPort, CycleSink, PerceptSource};
use crate::clock::Clock;
use crate::counters::{Counted, Overrun};
use crate::executor::Executor;
use crate::timer::Beat;
use triune_core::{LoopSet, Nanoseconds, Timestamp};

impl<C: Clock, E: Executor, P: PerceptSource, S: CycleSink, O: BeingPort> Kernel<C, E, P, S, O> {
    /// Counts the cycle and decides how the next one is to be.
    pub(super) fn finish(&mut self, beat: &Beat, level: u32, cycling: usize, joined: LoopSet) {
        let ended = self.clock.now();
        let cost = ended.since(beat.started);
        let overrun = self.is_overrun(beat, ended);
        self.counters.count(
            beat,
            &Counted {
                cost,
                overrun,
                joined,
                level,
                bursting: self.burst.lasts(),
                cycling,
                waiting: self.seats.len() - cycling,
            },
        );
        if overrun {
            let lost = beat.skipped * beat.period;
            self.sink.overrun(Overrun {
                cycle: self.counters.cycles(),
                deadline: Timestamp(beat.deadline.0.saturating_sub(lost)),
                lateness: lost + beat.lateness(),
                cost,
                skipped: beat.skipped,
            });
        }
        self.decide(beat, cost, overrun, cycling);
    }

    /// Deadlines that a long cycle ran over are that cycle's overrun; only those that were lost
    /// while the thread slept are one of their own. Cycles that are caught up belong to the
    /// overrun that they make up for, unless they are too long themselves.
    fn is_overrun(&mut self, beat: &Beat, ended: Timestamp) -> bool {
        let over = if beat.caught_up {
            ended.since(beat.started) > self.timer.period()
        } else {
            ended > self.timer.next_deadline()
        };
        let slept_over = (beat.skipped > 0 || beat.caught_up) && !self.last_was_over;
        self.last_was_over = over || beat.caught_up;
        over || slept_over
    }

    /// Sets rate and beings of the next cycle.
    fn decide(&mut self, beat: &Beat, cost: Nanoseconds, overrun: bool, cycled: usize) {
        let level = self.governor.level();
        let period = self.settings.period;
        self.governor.learn(
            self.settings.policy,
            Finished {
                overrun,
                cost,
                period,
            },
        );
        let change = self.burst.learn(&Turn {
            at: beat.deadline,
            cost,
            overrun,
            cycled,
            present: self.seats.len(),
            level: self.governor.level(),
            period,
        });
        self.level_changed(level, beat.deadline);
        if let Some(change) = change {
            self.burst_changed(change, beat.deadline);
        }
    }

    pub(super) fn level_changed(&mut self, from: u32, at: Timestamp) {
        let to = self.governor.level();
        if from != to {
            self.counters.level_is(to);
            self.sink.event(at, KernelEvent::LevelChanged { from, to });
            self.retime(at);
        }
    }

    pub(super) fn burst_changed(&mut self, change: Change, at: Timestamp) {
        self.counters.burst_is(self.burst.lasts());
        self.sink.event(
            at,
            match change {
                Change::Began(cause) => KernelEvent::BurstBegan(cause),
                Change::Ended { reason, extra } => {
                    self.seats.take_turns(self.burst.steady(), extra);
                    KernelEvent::BurstEnded(reason)
                }
            },
        );
        self.retime(at);
    }

    /// Puts the period in force that settings, burst and governor ask for together.
    pub(super) fn retime(&mut self, at: Timestamp) {
        let ordinary = self.burst.period(self.settings.period);
        let period = period_at_level(ordinary, self.governor.level());
        if period != self.timer.period() {
            self.timer.set_period(period);
            self.counters.period_is(period);
            self.sink.event(at, KernelEvent::PeriodChanged(period));
        }
    }
}
