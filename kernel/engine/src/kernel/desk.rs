//! The way of commands to the cycle thread and of their outcomes back, without waking anyone.

use super::command::{Answer, Command, Order, Outcome, Resident, check_being};
use super::error::{CommandError, Refused};
use super::pages::StatePages;
use super::seats::Passage;
use crate::state_page::StatePage;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use triune_core::BeingId;

/// Both rings, used by any number of control threads.
#[derive(Debug)]
pub(super) struct Desk<O> {
    lines: Mutex<Lines<O>>,
    pages: StatePages,
}

#[derive(Debug)]
struct Lines<O> {
    orders: rtrb::Producer<(u64, Order<O>)>,
    answers: rtrb::Consumer<Answer<O>>,
    next: u64,
    expected: HashMap<u64, Expected>,
    answered: HashMap<u64, Outcome<O>>,
    unclaimed: Vec<Resident<O>>,
    closed: bool,
}

/// What an answer will mean.
#[derive(Debug, Default)]
struct Expected {
    adds: Option<(BeingId, Arc<StatePage>)>,
    /// Nobody waits for it any longer.
    forgotten: bool,
}

impl<O> Desk<O> {
    pub(super) fn new(
        orders: rtrb::Producer<(u64, Order<O>)>,
        answers: rtrb::Consumer<Answer<O>>,
        pages: StatePages,
    ) -> Self {
        Self {
            lines: Mutex::new(Lines {
                orders,
                answers,
                next: 0,
                expected: HashMap::new(),
                answered: HashMap::new(),
                unclaimed: Vec::new(),
                closed: false,
            }),
            pages,
        }
    }

    /// Sends a command; gives its number.
    pub(super) fn submit(&self, command: Command<O>) -> Result<u64, Refused<O>> {
        let mut expected = Expected::default();
        let order = match command {
            Command::Add(resident) => {
                if let Err(why) = check_being(&resident.being) {
                    return Err(Refused {
                        why,
                        resident: Some(Box::new(resident)),
                    });
                }
                let being = resident.being.state.being;
                let passage = Passage::of(resident);
                let page = passage.aboard.as_ref().map(|(_, page)| Arc::clone(page));
                expected.adds = page.map(|page| (being, page));
                Order::Add(passage)
            }
            Command::Remove(being) => Order::Remove(being),
            Command::Consent(being, consent) => Order::Consent(being, consent),
            Command::Parameters(being, parameters) => {
                parameters.check().map_err(CommandError::from)?;
                Order::Parameters(being, parameters)
            }
            Command::Rate(period) => Order::Rate(period),
            Command::Policy(policy) => Order::Policy(policy),
            Command::Burst(command) => Order::Burst(command),
        };
        let mut lines = self.lock();
        lines.collect(&self.pages);
        let sequence = lines.next;
        let why = if lines.closed || lines.orders.is_abandoned() {
            Some(CommandError::Stopped)
        } else if lines.orders.is_full() {
            Some(CommandError::Busy)
        } else {
            None
        };
        if let Some(why) = why {
            let Order::Add(passage) = order else {
                return Err(why.into());
            };
            return Err(refused(why, Some(passage)));
        }
        let _has_room = lines.orders.push((sequence, order));
        lines.next += 1;
        lines.expected.insert(sequence, expected);
        Ok(sequence)
    }

    /// The outcome of a command, if there is one by now; it is given once.
    pub(super) fn poll(&self, sequence: u64) -> Option<Outcome<O>> {
        let mut lines = self.lock();
        // Asked before the answers are taken: a kernel answers first and stops then.
        let stopped = lines.answers.is_abandoned();
        lines.collect(&self.pages);
        if let Some(outcome) = lines.answered.remove(&sequence) {
            return Some(outcome);
        }
        if stopped && lines.expected.remove(&sequence).is_some() {
            return Some(Err(CommandError::Stopped.into()));
        }
        None
    }

    /// Nobody waits for this command any longer.
    pub(super) fn forget(&self, sequence: u64) {
        let mut lines = self.lock();
        if let Some(expected) = lines.expected.get_mut(&sequence) {
            expected.forgotten = true;
        }
        if let Some(outcome) = lines.answered.remove(&sequence) {
            lines.keep_resident(outcome);
        }
    }

    pub(super) fn pages(&self) -> StatePages {
        self.lock().collect(&self.pages);
        self.pages.clone()
    }

    pub(super) fn take_unclaimed(&self) -> Vec<Resident<O>> {
        let mut lines = self.lock();
        lines.collect(&self.pages);
        std::mem::take(&mut lines.unclaimed)
    }

    /// Refuses what has not been followed, and whatever is asked from now on; beings on their way
    /// go back. It takes the desk's lock, so that nobody can ask in between: for a cycle thread
    /// that cycles no more.
    pub(super) fn close(&self, orders: &mut rtrb::Consumer<(u64, Order<O>)>) {
        let mut lines = self.lock();
        lines.closed = true;
        lines.collect(&self.pages);
        while let Ok((sequence, order)) = orders.pop() {
            let passage = match order {
                Order::Add(passage) => Some(passage),
                _ => None,
            };
            let answer = Answer {
                sequence,
                outcome: Err(CommandError::Stopped),
                passage,
            };
            lines.settle(answer, &self.pages);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Lines<O>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<O> Lines<O> {
    /// Takes what the cycle thread has answered.
    fn collect(&mut self, pages: &StatePages) {
        while let Ok(answer) = self.answers.pop() {
            self.settle(answer, pages);
        }
    }

    fn settle(&mut self, answer: Answer<O>, pages: &StatePages) {
        let expected = self.expected.remove(&answer.sequence).unwrap_or_default();
        let outcome = match answer.outcome {
            Err(why) => Err(refused(why, answer.passage)),
            Ok(()) => {
                if let Some((being, page)) = expected.adds {
                    pages.insert(being, page);
                }
                let resident = answer.passage.and_then(|mut passage| passage.aboard.take());
                Ok(resident.map(|(resident, _page)| {
                    pages.remove(resident.being.state.being);
                    resident
                }))
            }
        };
        if expected.forgotten {
            self.keep_resident(outcome);
        } else {
            self.answered.insert(answer.sequence, outcome);
        }
    }

    fn keep_resident(&mut self, outcome: Outcome<O>) {
        let resident = match outcome {
            Ok(resident) => resident,
            Err(refused) => refused.resident.map(|resident| *resident),
        };
        self.unclaimed.extend(resident);
    }
}

fn refused<O>(why: CommandError, passage: Option<Box<Passage<O>>>) -> Refused<O> {
    let aboard = passage.and_then(|mut passage| passage.aboard.take());
    Refused {
        why,
        resident: aboard.map(|(resident, _page)| Box::new(resident)),
    }
}
