//! A stored index by itself.

use super::file::{IndexFileError, load, path_in};
use super::walk::Walk;
use crate::crystals::CrystalReader;
use std::path::Path;
use triune_core::BeingId;

/// Rows that a walk keeps.
const EFFORT: usize = 64;

/// Reads the index that is stored for `being` in `directory` as the indexer does at a start, searches
/// its graph from every row, and links one row more. Gives how many moments it covers; `None` where
/// there is no file. Nothing is written, and no bytes make it panic.
///
/// # Errors
/// See [`IndexFileError`].
pub fn examine_index(
    directory: &Path,
    being: BeingId,
    crystals: &CrystalReader,
) -> Result<Option<u64>, IndexFileError> {
    let Some(mut rows) = load(&path_in(directory), being, crystals)? else {
        return Ok(None);
    };
    let covered = rows.linked();
    let mut walk = Walk::default();
    for row in 0..covered {
        let code = rows.codes[row];
        rows.graph
            .walk(&rows.codes, &code, EFFORT, EFFORT, &mut walk);
        for &(_, found) in walk.found() {
            let _alike = rows.graph.alike(found).count();
        }
    }
    if let Some(last) = covered.checked_sub(1) {
        let (moment, code) = rows.row(last);
        rows.push(moment, code)?;
        if let Some(plan) = rows.plan(&mut walk) {
            rows.link(&plan)?;
        }
    }
    Ok(Some(covered as u64))
}
