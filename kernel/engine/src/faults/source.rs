//! A source of percepts whose senses fail as planned.

use super::active::Faults;
use super::injection::Injection;
use super::plan::FaultTarget;
use super::random::Random;
use crate::PerceptSource;
use std::sync::Arc;
use triune_core::{BeingId, Percept, Timestamp};

/// Wraps a source of percepts; its senses fail as planned. Takes all its room when it is made.
#[derive(Debug)]
pub struct FaultySource<P> {
    source: P,
    faults: Arc<Faults>,
    /// Each with its place in the plan.
    injections: Vec<(usize, Injection)>,
}

impl<P> FaultySource<P> {
    /// Wraps the source of what all beings share.
    #[must_use]
    pub fn new(source: P, faults: Arc<Faults>) -> Self {
        Self::of_being(source, faults, BeingId(0))
    }

    /// Wraps a source of one being's own: what happens to it by chance is its own, too.
    #[must_use]
    pub fn of_being(source: P, faults: Arc<Faults>, being: BeingId) -> Self {
        let plan = faults.plan();
        let injections = plan
            .faults
            .iter()
            .enumerate()
            .filter(|(_, fault)| !matches!(fault.target, FaultTarget::Loop(_)))
            .map(|(place, &fault)| {
                let random = Random::new(plan.seed, being, place);
                (place, Injection::new(fault, random))
            })
            .collect();
        Self {
            source,
            faults,
            injections,
        }
    }
}

impl<P: PerceptSource> PerceptSource for FaultySource<P> {
    fn sample(&mut self, now: Timestamp, percept: &mut Percept) {
        self.source.sample(now, percept);
        for (place, injection) in &mut self.injections {
            let is_on = self.faults.is_on(&self.faults.plan().faults[*place], now);
            injection.act(now, is_on, percept);
        }
    }
}
