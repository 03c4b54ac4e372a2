//! The first being's memory.

use super::sheet::{Sheet, truth};
use crate::status::{PartState, Status};
use prometheus_client::registry::Unit;

pub(super) fn memory(sheet: &mut Sheet, status: &Status) {
    let memory = &status.memory;
    sheet.state(
        "memory_state",
        "How memory fares",
        &PartState::ALL.map(PartState::name),
        memory.state.name(),
    );
    sheet.gauge("memory_crystals", "Crystals kept", memory.crystals as f64);
    sheet.count(
        "memory_dropped",
        "Crystals lost because the writer could not keep up",
        memory.dropped,
    );
    sheet.gauge(
        "memory_durable_sequence",
        "Greatest sequence number that is safe on the disk",
        memory.durable_sequence as f64,
    );
    sheet.known_of(
        "memory_flush_age",
        "Age of the oldest moment that is not durable yet",
        Unit::Seconds,
        memory.flush_age_ms.map(|ms| ms / 1e3),
    );
    sheet.count(
        "memory_written_bytes",
        "Bytes written",
        memory.bytes_written,
    );
    sheet.gauge(
        "memory_oldest_sequence",
        "Least sequence number that is kept, 0 when nothing is",
        memory.oldest_sequence as f64,
    );
    sheet.gauge(
        "memory_newest_sequence",
        "Greatest sequence number that is kept, 0 when nothing is",
        memory.newest_sequence as f64,
    );
    let (wear, index) = (&memory.wear, &memory.index);
    sheet.gauge_of(
        "memory_wear_today",
        "Written to the flash for the first being since midnight (UTC), whole pages",
        Unit::Bytes,
        wear.bytes_today as f64,
    );
    sheet.gauge_of(
        "memory_wear_today_all",
        "Written to the flash for all beings since midnight (UTC), whole pages",
        Unit::Bytes,
        wear.all_bytes_today as f64,
    );
    sheet.known_of(
        "memory_wear_daily_pace",
        "What a day of the first being costs the flash at the present pace",
        Unit::Bytes,
        wear.bytes_per_day.map(|bytes| bytes as f64),
    );
    sheet.gauge_of(
        "memory_wear_daily_budget",
        "What a day may cost the flash, all beings together",
        Unit::Bytes,
        wear.budget_bytes_per_day as f64,
    );
    sheet.count(
        "memory_withheld",
        "Crystals that were not kept for the sake of the flash",
        wear.withheld,
    );
    sheet.state(
        "memory_index_state",
        "How the index stands",
        &["absent", "building", "ready"],
        &index.state,
    );
    sheet.gauge(
        "memory_index_crystals",
        "Crystals in the index",
        index.covered as f64,
    );
    sheet.gauge(
        "memory_degraded",
        "Whether something is wrong with it",
        truth(memory.degraded.is_some()),
    );
}
