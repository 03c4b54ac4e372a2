//! A kept moment as people and programs see it.

use crate::http::CrystalView;
use triune_memory::crystals::Crystal;

pub(super) fn crystal_view(crystal: &Crystal) -> CrystalView {
    let unix = crystal.unix();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |span| span.as_nanos() as u64);
    CrystalView {
        sequence: crystal.sequence(),
        being: crystal.being().to_string(),
        cycle: crystal.cycle(),
        kind: crystal
            .kind()
            .map_or("unknown", |kind| kind.name())
            .to_owned(),
        age_s: now.checked_sub(unix).map(|age| age as f64 / 1e9),
        unix_ms: Some(unix / 1_000_000),
        salience: crystal.salience(),
        confidence: crystal.confidence(),
        coherence: crystal.coherence(),
        centres: crystal.centres().0,
        summary: Some(crystal.summary().to_owned()),
    }
}
