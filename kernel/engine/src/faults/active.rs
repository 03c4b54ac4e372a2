//! A plan that has begun, shared by those who carry it out and those who report it.

use super::plan::{Fault, FaultPlan};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use triune_core::Timestamp;

/// A plan that has begun, with a count of what it did.
#[derive(Debug)]
pub struct Faults {
    plan: FaultPlan,
    begin: Timestamp,
    cycles: Vec<AtomicU64>,
}

/// One fault and what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultReport {
    /// Which.
    pub fault: Fault,
    /// Whether it is on.
    pub is_active: bool,
    /// Cycles in which it acted.
    pub cycles: u64,
}

impl FaultPlan {
    /// Begins: the plan's times count from `begin`.
    #[must_use]
    pub fn begin(self, begin: Timestamp) -> Arc<Faults> {
        Arc::new(Faults {
            cycles: self.faults.iter().map(|_| AtomicU64::new(0)).collect(),
            plan: self,
            begin,
        })
    }
}

impl Faults {
    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &FaultPlan {
        &self.plan
    }

    /// Whether any fault is on at `now`.
    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.plan.faults.iter().any(|fault| self.is_on(fault, now))
    }

    /// Every fault of the plan, in its order.
    #[must_use]
    pub fn report(&self, now: Timestamp) -> Vec<FaultReport> {
        self.plan
            .faults
            .iter()
            .zip(&self.cycles)
            .map(|(fault, cycles)| FaultReport {
                fault: *fault,
                is_active: self.is_on(fault, now),
                cycles: cycles.load(Ordering::Relaxed),
            })
            .collect()
    }

    pub(super) fn is_on(&self, fault: &Fault, now: Timestamp) -> bool {
        now >= self.begin && fault.is_on(now.since(self.begin))
    }

    /// Counts a cycle in which the fault at `place` of the plan acted.
    pub(super) fn count(&self, place: usize) {
        if let Some(cycles) = self.cycles.get(place) {
            cycles.fetch_add(1, Ordering::Relaxed);
        }
    }
}
