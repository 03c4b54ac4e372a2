//! Beings, memories and the kernel as people and programs see them.

use super::arrival::failed;
use super::members::Household;
use super::resident::{Resident, lock};
use crate::http::ConsentView;
use crate::kernel_api::{
    BeingMode, BeingView, BurstView, CrossingView, IndexView, KernelError, KernelView, LoopView,
    MemoryView, PairView, ParameterView, ParametersView, WearView,
};
use std::fs::Metadata;
use std::path::Path;
use triune_core::{BeingId, LoopKind, Nanoseconds, Parameters};
use triune_memory::catalog::{Crossing, Direction};
use triune_memory::search::IndexState;
use triune_memory::{DirectoryError, ListedBeing, Statistics, list_beings};

/// A being whose state is of another time than the first being's by more than so many periods
/// waits.
const WAITING_PERIODS: Nanoseconds = 2;

impl Household {
    /// Every being that lies in memory.
    pub(super) fn listed(&self) -> Result<Vec<ListedBeing>, DirectoryError> {
        list_beings(&self.setup.data.join("memory"))
    }

    /// One being. Of one that takes part no other's files are read.
    pub(super) fn one_view(&self, being: BeingId) -> Result<BeingView, KernelError> {
        let listed = match self.resident(being) {
            Some(resident) => self.listed_resident(&resident),
            None => find(self.listed().map_err(failed)?, being)?,
        };
        Ok(self.being_view(&listed))
    }

    /// What a list says of a being that takes part, as far as its running memory does not know it
    /// better.
    fn listed_resident(&self, resident: &Resident) -> ListedBeing {
        let memory = &resident.memory;
        // As in the list: a name that cannot be read keeps nothing else from being shown.
        let profile = memory.catalog().profile().ok().flatten();
        ListedBeing {
            being: memory.being(),
            name: profile.as_ref().map(|profile| profile.name().to_owned()),
            created_unix: profile.map(|profile| profile.created_unix()),
            crystals: memory.view().len(),
            bytes: bytes_in(&self.directory(memory.being())),
            written_unix: None,
            cycle: None,
            consent: Some(memory.consent()),
        }
    }

    pub(super) fn being_view(&self, listed: &ListedBeing) -> BeingView {
        let being = listed.being;
        let id = being.to_string();
        let mut view = BeingView {
            name: listed.name.clone().unwrap_or_else(|| short_name(being)),
            id,
            mode: BeingMode::Asleep,
            cycle: listed.cycle.unwrap_or(0),
            consent: listed.consent.map(ConsentView::from),
            crystals: listed.crystals,
            bytes: listed.bytes,
            stale: Vec::new(),
            created_unix_ms: listed.created_unix.map(|unix| unix / 1_000_000),
        };
        if let Some((resident, page)) = self.resident(being).zip(self.page(being)) {
            let state = page.read();
            view.mode = if self.waits(being) {
                BeingMode::Waiting
            } else {
                BeingMode::Awake
            };
            view.cycle = state.cycle;
            view.consent = Some(resident.consent.get().into());
            view.crystals = resident.memory.view().len();
            let stale = state.stale_loops();
            view.stale = LoopKind::ALL
                .into_iter()
                .filter(|&kind| stale.contains(kind))
                .map(|kind| kind.name().to_owned())
                .collect();
        }
        view
    }

    /// Whether a being takes part and does not cycle, until a burst.
    pub(super) fn waits(&self, being: BeingId) -> bool {
        let counted = self.counters().map(|counters| counters.read());
        let Some(counted) = counted.ok().filter(|counted| counted.beings_waiting > 0) else {
            return false;
        };
        let time = |being| self.page(being).map(|page| page.read().time);
        // The first being always cycles. Time stands still for those who wait, and may have
        // stopped when the clock stood elsewhere, before the machine was started anew.
        let (before, own, after) = (time(BeingId::FIRST), time(being), time(BeingId::FIRST));
        let Some(((before, own), after)) = before.zip(own).zip(after) else {
            return false;
        };
        let slack = WAITING_PERIODS * counted.period;
        before.since(own) > slack || own.since(after) > slack
    }

    pub(super) fn memory_view(&self, resident: &Resident) -> MemoryView {
        let figures = resident.memory.statistics();
        MemoryView {
            being: resident.memory.being().to_string(),
            oldest: figures.first_kept.unwrap_or(0),
            newest: resident.memory.crystals().newest_sequence().unwrap_or(0),
            durable: figures.last_durable,
            pending: figures.pending,
            dropped: figures.dropped,
            refused: figures.refused,
            crystal_bytes: figures.crystal_bytes,
            crystal_bytes_most: self.setup.crystal_bytes,
            index: index_view(resident.searcher.state()),
            wear: self.wear_view(&figures),
            degraded: degraded(resident, &figures),
        }
    }

    /// What a memory costs the flash, and what all do: the budget is for all together.
    pub(in crate::wiring) fn wear_view(&self, figures: &Statistics) -> WearView {
        WearView {
            bytes_today: figures.wear.total(),
            bytes_per_day: figures.bytes_per_day,
            all_bytes_today: self.setup.memories.wear().today().total(),
            budget_bytes_per_day: figures.wear_budget,
            withheld: figures.withheld,
        }
    }

    pub(super) fn kernel_view(&self) -> KernelView {
        let counted = self
            .counters()
            .map(|counters| counters.read())
            .unwrap_or_default();
        let spec = &self.setup.spec;
        KernelView {
            rate_hz: *lock(&self.rate_hz),
            rate_now_hz: if counted.period > 0 {
                1e9 / counted.period as f64
            } else {
                0.0
            },
            executor: spec.executor.name().to_owned(),
            overrun: lock(&self.policy).to_string(),
            level: u32::try_from(counted.level).unwrap_or(u32::MAX),
            caught_up: counted.caught_up,
            beings: u32::try_from(counted.beings_cycling).unwrap_or(u32::MAX),
            waiting: u32::try_from(counted.beings_waiting).unwrap_or(u32::MAX),
            beings_steady: spec.beings_steady,
            beings_in_burst: spec.beings_in_burst,
            burst: BurstView {
                active: counted.bursting,
                bursts: counted.bursts,
                spent_s: counted.burst_time as f64 / 1e9,
                last_end: lock(&self.last_burst_end).clone(),
                longest_s: spec.burst_seconds,
            },
            loops: self.loop_views(counted.late_joins),
        }
    }

    fn loop_views(&self, late: [u64; 3]) -> Vec<LoopView> {
        let grants = self.loop_grants.get();
        LoopKind::ALL
            .into_iter()
            .map(|kind| {
                let granted = grants
                    .into_iter()
                    .flatten()
                    .find(|granted| granted.kind == kind)
                    .map(|granted| &granted.grant);
                LoopView {
                    name: kind.name().to_owned(),
                    late: late[kind as usize],
                    priority: granted.and_then(|grant| grant.priority),
                    cpu: granted.and_then(|grant| match grant.processors[..] {
                        [only] => Some(only),
                        _ => None,
                    }),
                    refused: granted
                        .map(|grant| grant.refused.clone())
                        .unwrap_or_default(),
                }
            })
            .collect()
    }
}

/// Bytes of the files in a folder, as far as they can be looked at.
fn bytes_in(folder: &Path) -> u64 {
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.metadata().ok())
        .filter(Metadata::is_file)
        .map(|metadata| metadata.len())
        .sum()
}

/// A gift as people and programs see it.
pub(super) fn crossing_view(crossing: &Crossing) -> CrossingView {
    CrossingView {
        unix_ms: crossing.unix / 1_000_000,
        direction: match crossing.direction {
            Direction::Given => "given",
            Direction::Received => "received",
        }
        .to_owned(),
        peer: crossing.peer.to_string(),
        crystals: crossing
            .crystals
            .iter()
            .map(|pair| PairView {
                own: pair.own,
                other: pair.other,
            })
            .collect(),
    }
}

/// How the index of a memory stands.
pub(in crate::wiring) fn index_view(state: IndexState) -> IndexView {
    let (name, covered) = match state {
        IndexState::Absent => ("absent", 0),
        IndexState::Building { done, .. } => ("building", done),
        IndexState::Ready { covered } => ("ready", covered),
    };
    IndexView {
        state: name.to_owned(),
        covered,
    }
}

/// What is told when moments are kept but cannot be made easy to find.
const INDEX_DEGRADED: &str =
    "told words or the index cannot be written: free space on the data disk; the log says more";

/// What is wrong with a being's memory, with the remedy after a colon.
pub(in crate::wiring) fn degraded(resident: &Resident, figures: &Statistics) -> Option<String> {
    let retention = figures.retention_degraded.map(|why| {
        let why = why.to_string();
        let (why, remedy) = why.split_once(": ").unwrap_or((&why, "see the log"));
        format!("old moments cannot be removed, {why}: {remedy}")
    });
    figures
        .crystals_degraded
        .or(figures.essence_degraded)
        .map(|why| why.to_string())
        .or(retention)
        .or_else(|| {
            let index = resident.searcher.statistics();
            index.degraded.then(|| INDEX_DEGRADED.to_owned())
        })
}

/// Every parameter by its name.
pub(super) fn parameters_view(parameters: &Parameters) -> ParametersView {
    let rows = parameters.table().into_iter().map(|row| {
        let view = ParameterView {
            value: row.value,
            default: row.default,
            low: row.low,
            high: row.high,
            unit: row.unit.to_owned(),
            meaning: row.meaning.to_owned(),
        };
        (row.name.to_owned(), view)
    });
    ParametersView {
        parameters: rows.collect(),
    }
}

/// What a being is called that nobody has named.
fn short_name(being: BeingId) -> String {
    if being == BeingId::FIRST {
        "first".to_owned()
    } else {
        format!("being {:04x}", being.0 & 0xffff)
    }
}

/// The being in a list of them.
fn find(listed: Vec<ListedBeing>, being: BeingId) -> Result<ListedBeing, KernelError> {
    listed
        .into_iter()
        .find(|listed| listed.being == being)
        .ok_or(KernelError::NoSuchBeing(being))
}
