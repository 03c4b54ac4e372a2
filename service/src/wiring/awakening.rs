//! How a being comes back: its memory, its last state, and what recovery found.

use super::running::StartError;
use crate::settings::Settings;
use crate::status::Degradation;
use std::time::Duration;
use triune_board::ResolvedCores;
use triune_core::{Being, BeingId};
use triune_memory::essence::EssenceRecovery;
use triune_memory::{Memory, Opened, Options};

/// Opens the first being's memory.
pub(super) fn open_memory(
    settings: &Settings,
    cores: &ResolvedCores,
) -> Result<Opened, StartError> {
    let root = settings.data.join("memory");
    std::fs::create_dir_all(&root).map_err(|source| StartError::Data {
        path: settings.data.clone(),
        source,
    })?;
    let options = Options {
        history_records: 60 * settings.rate_hz as usize,
        flush_window: Duration::from_millis(settings.memory.flush_window_ms),
        essence_interval: Duration::from_secs_f64(settings.memory.essence_interval_s),
        writer_cores: cores.control.clone(),
        ..Options::default()
    };
    Ok(Memory::open(&root, BeingId::FIRST, &options)?)
}

/// The being as it goes on, or begins.
pub(super) fn being(settings: &Settings, opened: &Opened) -> Being {
    let mut being = Being::new(BeingId::FIRST);
    being.parameters = settings.parameters;
    being.consent = opened.consent;
    if let Some(essence) = opened.essence() {
        log::info!("memory: essence continues at cycle {}", essence.state.cycle);
        being.state = essence.state;
    } else {
        log::info!("memory: a new being begins");
    }
    being
}

/// What recovery found that a person should know.
pub(super) fn recovery(opened: &Opened) -> Vec<Degradation> {
    let mut found = Vec::new();
    let mut add = |why: String, remedy: &str| {
        log::warn!("memory: {why}");
        found.push(Degradation {
            what: "memory".to_owned(),
            why,
            remedy: remedy.to_owned(),
        });
    };
    if let EssenceRecovery::Damaged { moved_to } = &opened.report.essence {
        add(
            format!("the essence was damaged and lies at {}", moved_to.display()),
            "give consent anew: nothing is sensed until then",
        );
    }
    let crystals = &opened.report.crystals;
    if crystals.damaged > 0 || crystals.missing_at_end > 0 {
        add(
            format!(
                "{} kept moments are damaged and {} are missing",
                crystals.damaged, crystals.missing_at_end
            ),
            "check the disk; the others are whole",
        );
    }
    found
}
