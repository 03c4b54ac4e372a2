//! Reading crystals from any thread.

use super::recall::{Recalled, nearest};
use super::record::Crystal;
use super::segment::Segment;
use std::sync::{Arc, PoisonError, RwLock};
use triune_core::Embedding;

/// The segments as the store and its readers share them, ordered by sequence number. The lock is
/// held only to copy or to replace the list.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedSegments(Arc<RwLock<Arc<[Arc<Segment>]>>>);

impl SharedSegments {
    pub(crate) fn new(segments: Vec<Arc<Segment>>) -> Self {
        Self(Arc::new(RwLock::new(segments.into())))
    }

    pub(crate) fn list(&self) -> Arc<[Arc<Segment>]> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn replace(&self, segments: impl Iterator<Item = Arc<Segment>>) {
        let list: Arc<[_]> = segments.collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = list;
    }
}

/// Reads the crystals of one being; cheap to clone, usable from any thread.
#[derive(Clone, Debug)]
pub struct CrystalReader {
    segments: SharedSegments,
}

impl CrystalReader {
    pub(crate) fn new(segments: SharedSegments) -> Self {
        Self { segments }
    }

    /// All crystals that are there now. The view stays as it is while more are added.
    #[must_use]
    pub fn view(&self) -> CrystalView {
        let parts = self
            .segments
            .list()
            .iter()
            .map(|segment| (Arc::clone(segment), segment.used()))
            .collect();
        CrystalView { parts }
    }

    /// Sequence number of the oldest crystal that is kept; nothing while there is none. What lay
    /// below it was given up by retention, or lost.
    #[must_use]
    pub fn first_sequence(&self) -> Option<u64> {
        let segments = self.segments.list();
        segments.iter().find_map(|segment| segment.first_whole())
    }

    /// Sequence number of the newest crystal; nothing while there is none.
    #[must_use]
    pub fn newest_sequence(&self) -> Option<u64> {
        let segments = self.segments.list();
        segments
            .iter()
            .rev()
            .find_map(|segment| segment.last_whole())
    }

    /// The segments that may hold crystals after the one numbered `sequence`.
    pub(crate) fn around(&self, sequence: u64) -> CrystalView {
        let segments = self.segments.list();
        let begin = segments
            .partition_point(|one| one.header().end_sequence() <= sequence.saturating_add(1));
        let parts = segments[begin..]
            .iter()
            .map(|segment| (Arc::clone(segment), segment.used()))
            .collect();
        CrystalView { parts }
    }

    /// The segments that may hold crystals before the one numbered `sequence`.
    pub(crate) fn before(&self, sequence: u64) -> CrystalView {
        let segments = self.segments.list();
        let end = segments.partition_point(|one| one.header().first_sequence < sequence);
        let parts = segments[..end]
            .iter()
            .map(|segment| (Arc::clone(segment), segment.used()))
            .collect();
        CrystalView { parts }
    }

    /// The crystal numbered `sequence`; nothing when it is not there, or not whole any more.
    #[must_use]
    pub fn get(&self, sequence: u64) -> Option<Crystal> {
        let segments = self.segments.list();
        let after = segments.partition_point(|one| one.header().first_sequence <= sequence);
        // Copied before it is checked, so that what was checked is what is returned.
        let crystal = *segments[..after].last()?.by_sequence(sequence)?;
        crystal.is_whole().then_some(crystal)
    }

    /// The `count` whole crystals nearest to `question` by cosine, nearest first; of two equally near ones
    /// the newer first. None when the question is the zero vector, which is similar to nothing. Exact, and
    /// so slow with many: what a search is measured by.
    #[must_use]
    pub fn recall(&self, question: &Embedding, count: usize) -> Vec<Recalled> {
        nearest(self.view().iter(), question, count)
    }
}

/// A fixed set of crystals, read where they lie in the mapped files; see [`Crystal::is_whole`].
#[derive(Clone, Debug)]
pub struct CrystalView {
    parts: Vec<(Arc<Segment>, u32)>,
}

impl CrystalView {
    /// Crystals in the view.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.parts
            .iter()
            .map(|(segment, used)| segment.whole(*used))
            .sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The crystals, oldest first, without copying them.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Crystal> {
        self.parts
            .iter()
            .flat_map(|(segment, used)| (0..*used).filter_map(|slot| segment.get(slot)))
    }
}
