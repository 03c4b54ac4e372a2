//! Where readers find the newest state of each being.

use crate::state_page::StatePage;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use triune_core::BeingId;

/// The pages of all beings that are there. Clones show the same. The cycle thread never
/// touches the list, only the pages.
#[derive(Clone, Debug, Default)]
pub struct StatePages(Arc<RwLock<BTreeMap<BeingId, Arc<StatePage>>>>);

impl StatePages {
    /// The page of one being, if it is there. It shows the last state when the being has left.
    #[must_use]
    pub fn get(&self, being: BeingId) -> Option<Arc<StatePage>> {
        self.read().get(&being).cloned()
    }

    /// Every being's page, by id.
    #[must_use]
    pub fn all(&self) -> Vec<(BeingId, Arc<StatePage>)> {
        let pages = self.read();
        pages
            .iter()
            .map(|(&id, page)| (id, Arc::clone(page)))
            .collect()
    }

    pub(super) fn insert(&self, being: BeingId, page: Arc<StatePage>) {
        self.write().insert(being, page);
    }

    pub(super) fn remove(&self, being: BeingId) {
        self.write().remove(&being);
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<BeingId, Arc<StatePage>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<BeingId, Arc<StatePage>>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
