//! Moments that are kept and indexed as a being's are.

use super::source::{Shape, Source};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::Path;
use std::time::{Duration, Instant};
use triune_core::{BeingId, CrystalDraft, Timestamp};
use triune_memory::crystals::{CrystalReader, CrystalStore, Provenance, Stamp};
use triune_memory::search::{IndexState, Indexer, IndexerOptions, Searcher, Texts};
use triune_memory::wear::Wear;
use triune_memory::{BootId, Options};

pub(super) fn bar(shape: Shape, what: &str, moments: u64) -> ProgressBar {
    let template = format!(
        "  {} {what}: {{bar:40}} {{pos}} of {{len}}, {{eta}} left",
        shape.name()
    );
    ProgressBar::new(moments).with_style(
        ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()),
    )
}

/// Keeps `moments` moments in `folder`.
pub(super) fn fill(
    shape: Shape,
    moments: u64,
    folder: &Path,
    source: &mut Source,
) -> Result<CrystalStore, String> {
    let being = BeingId::FIRST;
    let records = Options::default().records_per_segment;
    let (mut store, _) =
        CrystalStore::open(folder, being, records, 0).map_err(|error| error.to_string())?;
    let from = Provenance {
        being,
        board: [0; 16],
        sequence: 0,
    };
    let bar = bar(shape, "moments", moments);
    for number in 0..moments {
        let draft = CrystalDraft {
            being,
            told: 0,
            cycle: number,
            time: Timestamp(number),
            kind: 0,
            salience: 0.0,
            confidence: 0.0,
            coherence: 0.0,
            centres: triune_core::EnergyCentres([0.0; 7]),
            flux: 0,
            embedding: source.next(),
        };
        let stamp = Stamp {
            unix: number,
            boot: BootId([0; 16]),
        };
        store
            .append(&draft, stamp, from)
            .map_err(|error| error.to_string())?;
        if number % 1_024 == 0 {
            bar.set_position(number);
        }
    }
    store.sync().map_err(|error| error.to_string())?;
    bar.finish_and_clear();
    Ok(store)
}

/// Waits until the index answers; it is not kept any further then.
pub(super) fn index(
    shape: Shape,
    moments: u64,
    folder: &Path,
    crystals: CrystalReader,
) -> Result<Searcher, String> {
    let indexer = Indexer::start(IndexerOptions::default()).map_err(|error| error.to_string())?;
    let searcher = indexer.watch(
        folder,
        BeingId::FIRST,
        crystals,
        Texts::default(),
        None,
        Wear::new(u64::MAX).into(),
    );
    let bar = bar(shape, "linked", moments);
    let mut linked = None;
    loop {
        std::thread::sleep(Duration::from_millis(100));
        let done = match searcher.state() {
            IndexState::Absent => break,
            IndexState::Building { done, .. } => done,
            IndexState::Ready { covered } if covered >= moments => break,
            IndexState::Ready { covered } => covered,
        };
        bar.set_position(done);
        // A thread that has ended links nothing more.
        let since = linked.get_or_insert((done, Instant::now()));
        if since.0 != done {
            *since = (done, Instant::now());
        } else if since.1.elapsed() > Duration::from_secs(60) {
            return Err(format!(
                "the index stands still at {done} moments: see the log"
            ));
        }
    }
    bar.finish_and_clear();
    Ok(searcher)
}
