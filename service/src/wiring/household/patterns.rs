//! What recurs in a being and was not taught, whether the being takes part or sleeps.

use super::members::Household;
use super::reach::Reached;
use super::resident::ConsentCell;
use super::troubles::{EndedBy, Trouble};
use crate::kernel_api::{KernelError, PatternsView};
use crate::status::Degradation;
use crate::wiring::activation::{Discovery, DiscoveryError};
use triune_core::BeingId;
use triune_npu::patterns::Patterns;

impl Household {
    /// Opens what was found in a being; what is wrong with the file is told.
    pub(super) fn discovery(&self, being: BeingId, consent: &ConsentCell) -> Discovery {
        let (discovery, trouble) = Discovery::open(being, &self.directory(being), consent.clone());
        if let Some((why, remedy)) = trouble {
            log::warn!("patterns: being {being}: {why}; {remedy}");
            self.note_pattern_trouble(being, EndedBy::Restart, &why, remedy);
        }
        discovery
    }

    /// A being's patterns. Of one that sleeps nothing but their file is read, unless that is damaged.
    pub(super) fn patterns_of(&self, being: BeingId) -> Result<PatternsView, KernelError> {
        if self.resident(being).is_none()
            && let Some(patterns) = Patterns::look(&self.directory(being))
        {
            return Ok(Discovery::view(&patterns));
        }
        self.with_patterns_of(being, Discovery::list)
    }

    /// Does something with a being's patterns.
    pub(super) fn with_patterns_of<T>(
        &self,
        being: BeingId,
        work: impl FnOnce(&Discovery) -> Result<T, DiscoveryError>,
    ) -> Result<T, KernelError> {
        let reached = self.reach(being)?;
        match &reached {
            Reached::Awake(resident) => work(&resident.discovery),
            Reached::AtRest { memory, .. } => {
                work(&self.discovery(being, &ConsentCell::new(memory.consent())))
            }
        }
        .map_err(|error| match error {
            DiscoveryError::NoSuchPattern(id) => KernelError::NoSuchPattern(being, id),
            DiscoveryError::Name(error) => KernelError::Invalid {
                why: error.to_string(),
            },
            DiscoveryError::MayNotRemember => KernelError::Refused {
                why: format!(
                    "being {being} does not consent to remember: allow that, then name it again"
                ),
            },
            DiscoveryError::File(why) => KernelError::Failed { why },
        })
    }

    /// Stores what was found, where it is time.
    pub(in crate::wiring) fn store_patterns(&self) {
        for resident in self.everybody() {
            if !resident.discovery.is_due() {
                continue;
            }
            let being = resident.memory.being();
            match resident.discovery.store() {
                Ok(()) => self.trouble_ended(being, EndedBy::PatternsStored),
                Err(error) => {
                    let why = format!("they cannot be stored: {error}");
                    log::warn!("patterns: being {being}: {why}");
                    let remedy = "free space on the data disk; it is tried again each minute";
                    self.note_pattern_trouble(being, EndedBy::PatternsStored, &why, remedy);
                }
            }
        }
    }

    fn note_pattern_trouble(&self, being: BeingId, ended_by: EndedBy, why: &str, remedy: &str) {
        self.note_trouble(Trouble {
            being: Some(being),
            ended_by,
            told: Degradation {
                what: "patterns".to_owned(),
                why: format!("being {being}: {why}"),
                remedy: remedy.to_owned(),
            },
        });
    }
}
