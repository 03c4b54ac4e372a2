//! Following commands, at the boundary between two cycles.

use super::burst::{BurstCommand, Turn};
use super::command::{Answer, Order};
use super::cycle::Kernel;
use super::error::CommandError;
use super::event::KernelEvent;
use super::policy::OverrunPolicy;
use super::ports::{BeingPort, CycleSink, PerceptSource};
use super::seats::Passage;
use super::setup::check_period;
use crate::clock::Clock;
use crate::executor::Executor;
use crate::recording::Entry;
use triune_core::{
    Being, BeingId, Consent, Loops, Nanoseconds, Parameters, Percept, Timestamp, forget_refused,
};

/// Commands that may be on their way, and so those that one cycle follows at most.
pub(super) const ORDERS_ON_THEIR_WAY: usize = 64;

impl<C: Clock, E: Executor, P: PerceptSource, S: CycleSink, O: BeingPort> Kernel<C, E, P, S, O> {
    /// Follows what has been asked; each answer has its place before its command is taken.
    pub(super) fn follow_orders(&mut self, at: Timestamp) {
        let mut followed = 0;
        while followed < ORDERS_ON_THEIR_WAY
            && !self.answers.is_full()
            && let Ok((sequence, order)) = self.orders.pop()
        {
            let (outcome, passage) = self.follow(order, at);
            let _has_room = self.answers.push(Answer {
                sequence,
                outcome,
                passage,
            });
            followed += 1;
        }
        if followed > 0 {
            self.forget_waiting();
        }
    }

    /// A being that waits has no next cycle in which it would forget what it refuses.
    pub(super) fn forget_waiting(&mut self) {
        for seat in self.burst.cycling(self.seats.len())..self.seats.len() {
            if let Some(being) = self.forget_newly_refused(seat) {
                // No step tells it, so a recording sees the being go and come.
                self.note(&Entry::Left(being));
                self.note_start(seat);
            }
        }
    }

    /// Gives the being if there was anything to forget.
    fn forget_newly_refused(&mut self, seat: usize) -> Option<BeingId> {
        let work = &mut self.seats.works[seat];
        let Being { state, consent, .. } = &mut work.being;
        let newly_refused = state.observation.consent & !consent.bits();
        if newly_refused == 0 {
            return None;
        }
        *state = forget_refused(state, *consent);
        work.percept = Percept::ABSENT;
        work.loops = Loops::of(state);
        self.seats.pages[seat].publish(state);
        Some(state.being)
    }

    fn follow(
        &mut self,
        order: Order<O>,
        at: Timestamp,
    ) -> (Result<(), CommandError>, Option<Box<Passage<O>>>) {
        match order {
            Order::Add(passage) => match self.add(passage, at) {
                Ok(()) => (Ok(()), None),
                Err((why, passage)) => (Err(why), Some(passage)),
            },
            Order::Remove(being) => match self.remove(being, at) {
                Ok(passage) => (Ok(()), Some(passage)),
                Err(why) => (Err(why), None),
            },
            Order::Consent(being, consent) => (self.set_consent(being, consent, at), None),
            Order::Parameters(being, parameters) => {
                (self.set_parameters(being, parameters, at), None)
            }
            Order::Rate(period) => (self.set_rate(period, at), None),
            Order::Policy(policy) => (self.set_policy(policy, at), None),
            Order::Burst(command) => (self.ask_burst(command, at), None),
        }
    }

    fn add(
        &mut self,
        passage: Box<Passage<O>>,
        at: Timestamp,
    ) -> Result<(), (CommandError, Box<Passage<O>>)> {
        let being = self.seats.seat(passage, at)?;
        let seat = self.seats.len() - 1;
        self.note_start(seat);
        self.sink.event(at, KernelEvent::BeingAdded(being));
        Ok(())
    }

    fn remove(&mut self, being: BeingId, at: Timestamp) -> Result<Box<Passage<O>>, CommandError> {
        let seat = self.seat_of(being)?;
        // There is no next cycle in which it would.
        self.forget_newly_refused(seat);
        self.note(&Entry::Left(being));
        self.sink.event(at, KernelEvent::BeingRemoved(being));
        Ok(self.seats.unseat(seat))
    }

    fn set_consent(
        &mut self,
        being: BeingId,
        consent: Consent,
        at: Timestamp,
    ) -> Result<(), CommandError> {
        let seat = self.seat_of(being)?;
        let before = &mut self.seats.works[seat].being.consent;
        if consent.forgets(before.bits()) {
            self.seats.refused[seat] = Some(at);
        }
        *before = consent;
        self.sink
            .event(at, KernelEvent::ConsentChanged(being, consent));
        Ok(())
    }

    fn set_parameters(
        &mut self,
        being: BeingId,
        parameters: Parameters,
        at: Timestamp,
    ) -> Result<(), CommandError> {
        let seat = self.seat_of(being)?;
        self.seats.works[seat].being.parameters = parameters;
        self.note(&Entry::Parameters(being, parameters));
        self.sink
            .event(at, KernelEvent::ParametersChanged(being, parameters));
        Ok(())
    }

    fn set_rate(&mut self, period: Nanoseconds, at: Timestamp) -> Result<(), CommandError> {
        check_period(period)?;
        self.settings.period = period;
        let from = self.governor.level();
        self.governor.ordinary_period_is(period);
        self.level_changed(from, at);
        self.retime(at);
        Ok(())
    }

    fn set_policy(&mut self, policy: OverrunPolicy, at: Timestamp) -> Result<(), CommandError> {
        policy.check()?;
        self.settings.policy = policy;
        self.timer.catch_up(policy.caught_up_in_a_row());
        let from = self.governor.level();
        self.governor.reset();
        self.sink.event(at, KernelEvent::PolicyChanged(policy));
        self.level_changed(from, at);
        Ok(())
    }

    fn ask_burst(&mut self, command: BurstCommand, at: Timestamp) -> Result<(), CommandError> {
        let present = self.seats.len();
        let change = self.burst.ask(
            command,
            &Turn {
                at,
                cost: 0,
                overrun: false,
                cycled: self.burst.cycling(present),
                present,
                level: self.governor.level(),
                period: self.settings.period,
            },
        )?;
        self.burst_changed(change, at);
        Ok(())
    }

    fn seat_of(&self, being: BeingId) -> Result<usize, CommandError> {
        self.seats
            .find(being)
            .ok_or(CommandError::UnknownBeing(being))
    }
}
