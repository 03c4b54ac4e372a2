//! What a person should know of the beings, until it is mended.

use super::members::Household;
use super::resident::lock;
use crate::status::Degradation;
use crate::wiring::awakening::recovery;
use triune_core::BeingId;
use triune_memory::{Memory, RecoveryReport};

/// What ends a trouble; the erasure of its being ends any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::wiring) enum EndedBy {
    /// The being takes part again.
    Waking,
    /// Its consent is given anew.
    Consent,
    /// It is named anew.
    Naming,
    /// Its patterns are on the disk.
    PatternsStored,
    /// Nothing but a restart.
    Restart,
}

/// Something that is not as it should be with a being, or with all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::wiring) struct Trouble {
    /// With whom; `None` for all.
    pub(in crate::wiring) being: Option<BeingId>,
    pub(in crate::wiring) ended_by: EndedBy,
    pub(in crate::wiring) told: Degradation,
}

impl Household {
    /// Notes what recovery found in a memory that was just opened.
    pub(super) fn note_recovery(&self, being: BeingId, report: &RecoveryReport, memory: &Memory) {
        for trouble in recovery(being, report, memory.catalog().moved_aside()) {
            self.note_trouble(trouble);
        }
    }

    /// Notes a trouble, once.
    pub(super) fn note_trouble(&self, trouble: Trouble) {
        let mut troubles = lock(&self.troubles);
        if !troubles.contains(&trouble) {
            troubles.push(trouble);
        }
    }

    /// Notes a trouble in place of those of the same being that end like it. Under one lock, so that
    /// nobody finds none in between.
    pub(super) fn replace_trouble(&self, trouble: Trouble) {
        let mut troubles = lock(&self.troubles);
        troubles.retain(|one| one.being != trouble.being || one.ended_by != trouble.ended_by);
        troubles.push(trouble);
    }

    /// Forgets what of a being is mended by what was done.
    pub(super) fn trouble_ended(&self, being: BeingId, by: EndedBy) {
        lock(&self.troubles)
            .retain(|trouble| trouble.being != Some(being) || trouble.ended_by != by);
    }

    /// Forgets every trouble of a being that is no more.
    pub(super) fn forget_troubles(&self, being: BeingId) {
        lock(&self.troubles).retain(|trouble| trouble.being != Some(being));
    }

    /// What is not as it should be with the beings now.
    pub(in crate::wiring) fn troubles(&self) -> Vec<Degradation> {
        let troubles = lock(&self.troubles);
        troubles.iter().map(|one| one.told.clone()).collect()
    }
}
