//! What is made to fail on purpose: senses, words and answers, loops, and the store.

use crate::kernel_api::FaultsView;
use std::sync::Arc;
use std::time::Duration;
use triune_core::Timestamp;
use triune_engine::{FaultKind, FaultPlan, FaultPlanError, FaultTarget, Faults};
use triune_hal::clock;
use triune_memory::{Disk, FaultSyntaxError, FaultyDisk, RealDisk, StoreFault};

/// How often the store's faults are switched.
const INTERVAL: Duration = Duration::from_millis(20);
/// What stands before a fault of the store.
const STORE: &str = "memory=";

/// A plan that cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum InjectError {
    /// A fault of an input or a loop.
    #[error(transparent)]
    Plan(#[from] FaultPlanError),
    /// A fault of the store.
    #[error(transparent)]
    Store(#[from] FaultSyntaxError),
    /// Its time.
    #[error("'{0}' has no time: write it as memory=full@10s..20s or memory=full@10s..")]
    Time(String),
    /// It would end before it begins.
    #[error("'{0}' ends before it begins: name the earlier time first")]
    Order(String),
}

/// Whether `text` is a plan that can be followed.
///
/// # Errors
/// [`InjectError`] for the first fault that is none.
pub(crate) fn check_faults(text: &str) -> Result<(), InjectError> {
    FaultDesk::begin(text).map(drop)
}

/// A fault of the store and when it is on, after the start.
#[derive(Clone, Debug, PartialEq)]
struct Scheduled {
    text: String,
    fault: StoreFault,
    from: Duration,
    until: Option<Duration>,
}

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
    store: Vec<Scheduled>,
    disk: Option<Arc<FaultyDisk>>,
}

impl FaultDesk {
    /// Reads a plan whose times count from now; no text means no faults.
    ///
    /// # Errors
    /// [`InjectError`] for the first fault that is none.
    pub(in crate::wiring) fn begin(text: &str) -> Result<Self, InjectError> {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let (store, others): (Vec<&str>, Vec<&str>) =
            parts.partition(|part| part.starts_with(STORE));
        let plan: FaultPlan = others.join(",").parse()?;
        let store = store
            .into_iter()
            .map(scheduled)
            .collect::<Result<Vec<_>, _>>()?;
        let begin = Timestamp(clock::now_ns());
        let of = |wanted: fn(FaultTarget) -> bool| {
            let mut part = plan.clone();
            part.faults.retain(|fault| wanted(fault.target));
            part.begin(begin)
        };
        let disk = (!store.is_empty()).then(Arc::default);
        Ok(Self {
            text: text.trim().to_owned(),
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
        })
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
        let mut now_on: Option<&Scheduled> = None;
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

impl Scheduled {
    fn is_on(&self, since: Duration) -> bool {
        since >= self.from && self.until.is_none_or(|until| since < until)
    }
}

/// Reads `memory=FAULT@FROM..UNTIL`.
fn scheduled(text: &str) -> Result<Scheduled, InjectError> {
    let wrong = || InjectError::Time(text.to_owned());
    let (fault, time) = text
        .strip_prefix(STORE)
        .unwrap_or(text)
        .split_once('@')
        .ok_or_else(wrong)?;
    let (from, until) = time.split_once("..").ok_or_else(wrong)?;
    let span = |text: &str| humantime::parse_duration(text).map_err(|_| wrong());
    let from = span(from)?;
    let until = (!until.is_empty()).then(|| span(until)).transpose()?;
    if until.is_some_and(|until| until <= from) {
        return Err(InjectError::Order(text.to_owned()));
    }
    Ok(Scheduled {
        text: format!("{STORE}{fault}"),
        fault: fault.parse()?,
        from,
        until,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_taken_apart_by_who_carries_it_out() {
        let text = "sight=frozen@5s..10s, memory=full@1s..2s,told=burst:10/s@0s..,loop.analytical=late@3s..4s";
        let Ok(desk) = FaultDesk::begin(text) else {
            panic!("a plan");
        };
        let count = |faults: &Faults| faults.plan().faults.len();
        assert_eq!(
            [count(&desk.shared), count(&desk.own), count(&desk.loops)],
            [1, 1, 1]
        );
        assert_eq!(desk.store.len(), 1);
        assert!(desk.store[0].is_on(Duration::from_millis(1_500)));
        assert!(!desk.store[0].is_on(Duration::from_secs(2)));
    }

    #[test]
    fn what_is_no_plan_is_refused_with_a_reason() {
        for text in [
            "memory=full",
            "memory=fool@1s..",
            "sight=blind@1s..2s",
            "memory=full@soon..",
            "memory=full@5s..2s",
        ] {
            let refused = FaultDesk::begin(text);
            assert!(refused.is_err(), "{text}");
        }
    }
}
