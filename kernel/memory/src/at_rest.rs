//! What the files of a being that nobody has open say, told without opening them for writing.

use crate::catalog::{
    ConsentChange, Crossing, NAME, common, look_at_consent_changes, look_at_crossings,
};
use crate::directory::being_directory;
use crate::essence::{Looked, look};
use std::path::Path;
use triune_core::{BeingId, Consent};

/// The consent with which `being` would begin if it were opened under the memory directory `root` now;
/// nothing where only opening it can tell, as after damage or when there is no such being.
#[must_use]
pub fn consent_at_rest(root: &Path, being: BeingId) -> Option<Consent> {
    let Ok(Looked::Whole(essence)) = look(&being_directory(root, being)) else {
        return None;
    };
    // As at its start: nothing is allowed that the last logged change refused.
    let last = consent_changes_at_rest(root, being, 1)?;
    last.first()
        .map(|change| common(essence.consent, change.after))
}

/// The newest `limit` changes of the consent of `being`, newest first; nothing where only opening it can
/// tell.
#[must_use]
pub fn consent_changes_at_rest(
    root: &Path,
    being: BeingId,
    limit: usize,
) -> Option<Vec<ConsentChange>> {
    look_at_consent_changes(&being_directory(root, being).join(NAME), limit)
}

/// The newest `limit` entries of the bridge log of `being`, newest first; nothing where only opening it
/// can tell.
#[must_use]
pub fn crossings_at_rest(root: &Path, being: BeingId, limit: usize) -> Option<Vec<Crossing>> {
    look_at_crossings(&being_directory(root, being).join(NAME), limit)
}
