//! A plan that has begun, shared by those who carry it out and those who report it.

use super::plan::{Fault, FaultPlan};
use std::sync::Arc;
use triune_core::Timestamp;

/// A plan that has begun.
#[derive(Debug)]
pub struct Faults {
    plan: FaultPlan,
    begin: Timestamp,
}

/// One fault and what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultReport {
    /// Which.
    pub fault: Fault,
    /// Whether it is on.
    pub is_active: bool,
}

impl FaultPlan {
    /// Begins: the plan's times count from `begin`.
    #[must_use]
    pub fn begin(self, begin: Timestamp) -> Arc<Faults> {
        Arc::new(Faults { plan: self, begin })
    }
}

impl Faults {
    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &FaultPlan {
        &self.plan
    }

    /// Every fault of the plan, in its order.
    #[must_use]
    pub fn report(&self, now: Timestamp) -> Vec<FaultReport> {
        self.plan
            .faults
            .iter()
            .map(|fault| FaultReport {
                fault: *fault,
                is_active: self.is_on(fault, now),
            })
            .collect()
    }

    pub(super) fn is_on(&self, fault: &Fault, now: Timestamp) -> bool {
        now >= self.begin && fault.is_on(now.since(self.begin))
    }
}
