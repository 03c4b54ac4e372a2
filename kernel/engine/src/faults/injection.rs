//! Carries out one fault of a sense.

use super::forge::{forge, take, words};
use super::parse::LONGEST_DELAY;
use super::plan::{Fault, FaultKind, FaultTarget};
use super::random::Random;
use crate::kernel::SHORTEST_PERIOD;
use crate::touched::touched_vec;
use std::collections::VecDeque;
use triune_core::{Nanoseconds, Percept, Timestamp, ToldPercept};

const SECOND: Nanoseconds = 1_000_000_000;

/// One fault of a sense under way. Takes its room when it is made and none later.
#[derive(Debug)]
pub(super) struct Injection {
    fault: Fault,
    random: Random,
    /// What was sampled, oldest first, as far back as a delay reaches.
    past: VecDeque<(Timestamp, Percept)>,
    /// The last value before the fault, or the newest jump of a burst.
    held: Option<(Timestamp, Percept)>,
    /// Late words that were sampled up to here have been passed on.
    told_until: Timestamp,
    /// The cycle before.
    before: Timestamp,
    was_on: bool,
    /// Jumps or words of a burst that a cycle was too short for, in billionths.
    owed: u64,
}

impl Injection {
    pub(super) fn new(fault: Fault, random: Random) -> Self {
        let kept = match fault.kind {
            // A sense is sampled once a cycle at most.
            FaultKind::Late(delay) => delay.min(LONGEST_DELAY) / SHORTEST_PERIOD + 2,
            _ => 0,
        };
        Self {
            fault,
            random,
            past: touched_vec(kept as usize).into(),
            held: None,
            told_until: Timestamp(0),
            before: Timestamp(0),
            was_on: false,
            owed: 0,
        }
    }

    /// Changes what was sampled at `now`, or only remembers it while the fault is not on.
    pub(super) fn act(&mut self, now: Timestamp, is_on: bool, percept: &mut Percept) {
        let began = is_on && !self.was_on;
        self.was_on = is_on;
        let target = self.fault.target;
        match self.fault.kind {
            FaultKind::Missing if is_on => take(target, &Percept::ABSENT, 0, percept),
            FaultKind::Missing => {}
            FaultKind::Late(delay) => self.delay(delay, now, is_on, percept),
            FaultKind::Frozen => {
                if !is_on || self.held.is_none() {
                    self.held = Some((now, *percept));
                }
                self.take_held(now, percept);
            }
            FaultKind::Nan if is_on => {
                forge(target, percept, f32::NAN, |_| f32::NAN);
                self.say_something(percept);
            }
            FaultKind::Nan => {}
            FaultKind::OutOfRange if is_on => {
                forge(target, percept, 1.0, |(low, high)| high + (high - low));
                self.say_something(percept);
                if target == FaultTarget::Told {
                    percept.told.count = u32::MAX;
                }
            }
            FaultKind::OutOfRange => {}
            FaultKind::Burst(rate) if is_on => self.burst(rate, began, now, percept),
            FaultKind::Burst(_) => {}
        }
        self.before = now;
    }

    /// A number can only be wrong in words that are there.
    fn say_something(&mut self, percept: &mut Percept) {
        if self.fault.target == FaultTarget::Told && percept.told.count == 0 {
            percept.told = ToldPercept {
                confidence: percept.told.confidence,
                ..words(1, &mut self.random)
            };
        }
    }

    fn take_held(&self, now: Timestamp, percept: &mut Percept) {
        if let Some((time, held)) = &self.held {
            take(self.fault.target, held, now.since(*time), percept);
        }
    }

    fn delay(&mut self, delay: Nanoseconds, now: Timestamp, is_on: bool, percept: &mut Percept) {
        let target = self.fault.target;
        let is_told = target == FaultTarget::Told;
        let mut kept = *percept;
        if is_told && is_on {
            percept.told = ToldPercept::ABSENT;
        } else if is_told {
            // These words are not late: they reach this cycle.
            kept.told = ToldPercept::ABSENT;
        }
        if self.past.len() == self.past.capacity() {
            self.past.pop_front();
        }
        self.past.push_back((now, kept));
        let arrived = match now.0.checked_sub(delay) {
            Some(time) => self.past.partition_point(|(past, _)| past.0 <= time),
            None => 0,
        };
        if is_told {
            // Words reach one cycle only: the first behind the end of their delay that has none
            // of its own, even if the fault has ended by then.
            let heard = self
                .past
                .partition_point(|(past, _)| *past <= self.told_until)
                .min(arrived);
            if percept.told.count == 0 {
                for (time, past) in self.past.range(heard..arrived) {
                    self.told_until = *time;
                    if past.told.count > 0 {
                        take(target, past, now.since(*time), percept);
                        break;
                    }
                }
            }
        } else if is_on {
            match self.past.range(..arrived).next_back() {
                Some((time, past)) => take(target, past, now.since(*time), percept),
                None => take(target, &Percept::ABSENT, 0, percept),
            }
        }
    }

    fn burst(&mut self, rate: u32, began: bool, now: Timestamp, percept: &mut Percept) {
        let elapsed = if began { 0 } else { now.since(self.before) };
        // More than a second's worth is not made up for.
        let due = self.owed + elapsed.min(SECOND) * u64::from(rate);
        let jumps = due / SECOND + u64::from(began);
        self.owed = due % SECOND;
        let target = self.fault.target;
        if target == FaultTarget::Told {
            if jumps > 0 {
                percept.told = words(jumps, &mut self.random);
            }
            return;
        }
        if jumps > 0 {
            let random = &mut self.random;
            let answers = &mut percept.answers;
            match target {
                FaultTarget::Recall => answers.recall.crystal = random.bits(),
                FaultTarget::Activation => {
                    answers.activation.situation = random.bits() as u32;
                    answers.activation.feeling = random.bits() as u32;
                }
                _ => {}
            }
            forge(target, percept, 1.0, |(low, high)| {
                random.between(low, high)
            });
            self.held = Some((now, *percept));
        }
        self.take_held(now, percept);
    }
}
