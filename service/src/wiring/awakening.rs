//! How a being comes back: its memory, its last state, and what recovery found.

use super::board_id::board_id;
use super::household::{EndedBy, Trouble};
use super::running::StartError;
use crate::settings::Settings;
use crate::status::Degradation;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use triune_board::ResolvedCores;
use triune_core::{Being, BeingId, State};
use triune_memory::essence::EssenceRecovery;
use triune_memory::{Disk, Memories, Opened, Options, RecoveryReport};

/// Live history that is worth keeping, seconds.
const HISTORY_SECONDS: usize = 60;
/// States below which a history is of no use: a second at 250 Hz.
const SHORTEST_HISTORY: usize = 250;

/// Bytes of one record of the live history.
const HISTORY_RECORD: usize = size_of::<State>();

/// Opens the memories of all beings.
pub(super) fn open_memories(
    settings: &Settings,
    cores: &ResolvedCores,
    disk: Arc<dyn Disk>,
) -> Result<Memories, StartError> {
    let root = settings.data.join("memory");
    std::fs::create_dir_all(&root).map_err(|source| StartError::Data {
        path: settings.data.clone(),
        source,
    })?;
    let board = &settings.board;
    let history = mebibytes(board.memory.history_mib) as usize;
    let most_beings = board.kernel.beings_in_burst as usize;
    let longest = HISTORY_SECONDS * settings.rate_hz as usize;
    let options = Options {
        history_records: (history / most_beings / HISTORY_RECORD)
            .clamp(SHORTEST_HISTORY, longest.max(SHORTEST_HISTORY)),
        flush_window: Duration::from_millis(settings.memory.flush_window_ms),
        essence_interval: Duration::from_secs_f64(settings.memory.essence_interval_s),
        crystal_bytes: mebibytes(board.memory.crystals_mib),
        wear_budget: mebibytes(board.memory.flash_mib_per_day),
        initial_parameters: settings.parameters,
        board: board_id(),
        writer_cores: cores.control.clone(),
        disk,
        ..Options::default()
    };
    Ok(Memories::open(&root, &options)?)
}

/// Bytes of so many mebibytes.
pub(super) fn mebibytes(count: u32) -> u64 {
    u64::from(count) << 20
}

/// The being as it goes on, or begins: also where its state is one that no life leads to, so that what
/// it kept is not lost with it.
pub(super) fn being_of(id: BeingId, opened: &Opened) -> Being {
    let mut being = Being::new(id);
    being.parameters = opened.parameters;
    being.consent = opened.consent;
    if let Some(essence) = opened.essence()
        && essence.state.check().is_ok()
    {
        being.state = essence.state;
    }
    being
}

/// What recovery found that a person should know.
pub(super) fn recovery(
    being: BeingId,
    report: &RecoveryReport,
    catalog_moved_to: Option<&Path>,
) -> Vec<Trouble> {
    let mut found = Vec::new();
    let mut add = |why: String, remedy: &str, ended_by: EndedBy| {
        let why = format!("being {being}: {why}");
        log::warn!("memory: {why}");
        found.push(Trouble {
            being: Some(being),
            ended_by,
            told: Degradation {
                what: "memory".to_owned(),
                why,
                remedy: remedy.to_owned(),
            },
        });
    };
    if let EssenceRecovery::Damaged { moved_to } = &report.essence {
        add(
            format!("the essence was damaged and lies at {}", moved_to.display()),
            "give consent anew: nothing is sensed until then",
            EndedBy::Consent,
        );
    }
    let state = report.essence.essence().map(|essence| essence.state);
    if let Some(Err(error)) = state.map(|state| state.check()) {
        add(
            format!(
                "the state is one that cannot be ({} = {}), so it begins at rest",
                error.name, error.value
            ),
            "check the disk; its moments and its consent stand",
            EndedBy::Restart,
        );
    }
    if let Some(moved_to) = catalog_moved_to {
        add(
            format!(
                "the catalogue was damaged and lies at {}",
                moved_to.display()
            ),
            "name the being anew; its logs of consent and gifts begin anew",
            EndedBy::Naming,
        );
    }
    let crystals = &report.crystals;
    let missing = crystals.missing_at_start + crystals.missing_at_end;
    if crystals.damaged > 0 || missing > 0 {
        add(
            format!(
                "{} kept moments are damaged and {missing} are missing ({} of the oldest, {} of the newest)",
                crystals.damaged, crystals.missing_at_start, crystals.missing_at_end
            ),
            "check the disk; the others are whole",
            EndedBy::Restart,
        );
    }
    if crystals.sealed > 0 {
        add(
            format!(
                "{} files of kept moments have a damaged header or length",
                crystals.sealed
            ),
            "check the disk; they are read as far as they are whole, and not written to any more",
            EndedBy::Restart,
        );
    }
    for path in &crystals.moved_aside {
        add(
            format!(
                "a file of kept moments held none that is whole and lies at {}",
                path.display()
            ),
            "check the disk; remove the file when it is of no use to you",
            EndedBy::Restart,
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use triune_memory::catalog::ConsentSource;

    #[test]
    fn a_being_with_a_state_that_cannot_be_begins_at_rest_and_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let id = BeingId::FIRST;
        let memories = Memories::open(folder.path(), &Options::default()).expect("memories");
        let mut opened = memories.open_being(id).expect("opened");
        let refused = opened.consent.with(triune_core::Sense::Hear, false);
        opened
            .memory
            .set_consent(refused, ConsentSource::Api)
            .expect("durable");
        let mut state = State::at_rest(id);
        // Lived since the refusal, so that nothing of it is forgotten.
        state.cycle = 1;
        state.observation.consent = refused.bits();
        state.experiential.arousal = f32::NAN;
        let _remembered = opened.cycle.remember(&state, None);
        drop(opened.cycle);
        opened.memory.close().expect("closed");

        let again = memories.open_being(id).expect("opened again");
        let being = being_of(id, &again);
        assert_eq!(being.state, State::at_rest(id));
        assert_eq!(being.consent, refused);
        let found = recovery(id, &again.report, None);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].told.why.contains("experiential.arousal"),
            "{found:?}"
        );
    }
}
