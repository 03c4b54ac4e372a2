//! What is made to fail on purpose: senses, words and answers, loops, and the store.

use crate::kernel_api::FaultsView;
use crate::settings::{Injection, ScheduledFault};
use std::sync::Arc;
use std::time::Duration;
use triune_core::Timestamp;
use triune_engine::{FaultKind, FaultTarget, Faults};
use triune_hal::clock;
use triune_memory::{Disk, FaultyDisk, RealDisk};

/// How often the store's faults are switched.
const INTERVAL: Duration = Duration::from_millis(20);
/// The whole plan, shared by those who carry it out and those who report it.
#[derive(Clone)]
pub(in crate::wiring) struct FaultDesk {
    text: String,
    begin: Timestamp,
    /// Of the senses that all beings share.
    pub(in crate::wiring) shared: Arc<Faults>,
    /// Of what a being alone is told and answered.
    pub(in crate::wiring) own: Arc<Faults>,
    /// Of the loops.
    pub(in crate::wiring) loops: Arc<Faults>,
    store: Vec<ScheduledFault>,
    disk: Option<Arc<FaultyDisk>>,
}

impl FaultDesk {
    /// A plan whose times count from now.
    pub(in crate::wiring) fn begin(injection: &Injection) -> Self {
        let Injection { text, plan, store } = injection.clone();
        let begin = Timestamp(clock::now_ns());
        let of = |wanted: fn(FaultTarget) -> bool| {
            let mut part = plan.clone();
            part.faults.retain(|fault| wanted(fault.target));
            part.begin(begin)
        };
        let disk = (!store.is_empty()).then(Arc::default);
        Self {
            text,
            begin,
            shared: of(|target| {
                matches!(
                    target,
                    FaultTarget::Hearing | FaultTarget::Sight | FaultTarget::Body
                )
            }),
            own: of(|target| {
                matches!(
                    target,
                    FaultTarget::Told | FaultTarget::Recall | FaultTarget::Activation
                )
            }),
            loops: of(|target| matches!(target, FaultTarget::Loop(_))),
            store,
            disk,
        }
    }

    /// Where memory writes.
    pub(in crate::wiring) fn disk(&self) -> Arc<dyn Disk> {
        match &self.disk {
            Some(disk) => Arc::clone(disk) as Arc<dyn Disk>,
            None => Arc::new(RealDisk),
        }
    }

    /// Whether the store is to fail at some time.
    pub(in crate::wiring) fn has_store_faults(&self) -> bool {
        self.disk.is_some()
    }

    /// Switches the store's faults until the stop comes.
    pub(in crate::wiring) fn switch_store(&self, stop: &crate::wiring::Stop) {
        let Some(disk) = &self.disk else { return };
        let mut now_on: Option<&ScheduledFault> = None;
        while !stop.wait(INTERVAL) {
            let since = Duration::from_nanos(Timestamp(clock::now_ns()).since(self.begin));
            let wanted = self.store.iter().find(|one| one.is_on(since));
            if wanted == now_on {
                continue;
            }
            match wanted {
                Some(one) => {
                    log::warn!("faults: {} begins, on purpose", one.text);
                    disk.inject(one.fault);
                }
                None => {
                    log::warn!("faults: the store is healed");
                    disk.heal();
                }
            }
            now_on = wanted;
        }
        // Closing is to find a whole disk.
        disk.heal();
    }

    /// What the API tells of it.
    pub(in crate::wiring) fn view(&self) -> FaultsView {
        let now = Timestamp(clock::now_ns());
        let mut active: Vec<String> = [&self.shared, &self.own, &self.loops]
            .into_iter()
            .flat_map(|faults| faults.report(now))
            .filter(|report| report.is_active)
            .map(|report| {
                let how = match report.fault.kind {
                    FaultKind::Missing => "missing",
                    FaultKind::Late(_) => "late",
                    FaultKind::Frozen => "frozen",
                    FaultKind::Nan => "nan",
                    FaultKind::OutOfRange => "out-of-range",
                    FaultKind::Burst(_) => "burst",
                };
                format!("{}={how}", report.fault.target.name())
            })
            .collect();
        let since = Duration::from_nanos(now.since(self.begin));
        active.extend(
            self.store
                .iter()
                .filter(|one| one.is_on(since))
                .map(|one| one.text.clone()),
        );
        FaultsView {
            plan: self.text.clone(),
            active,
        }
    }
}
