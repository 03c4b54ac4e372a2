//! Who changed a being's consent, and when.

use super::opening::look_for;
use super::rows::{Rows, append, newest};
use super::{Catalog, CatalogError};
use crate::clock::{BootId, monotonic_now, unix_now};
use crate::writer::Shared;
use redb::TableDefinition;
use std::path::Path;
use triune_core::{Consent, Sense, Timestamp};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

pub(crate) const CONSENT: Rows = TableDefinition::new("consent");

/// Who changed a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum ConsentSource {
    /// A person at the board.
    Person = 1,
    /// A program, over the interface.
    Api = 2,
    /// The hardware key.
    Key = 3,
    /// The start: a new being's first consent, or less than it had because some was lost.
    Start = 4,
}

impl ConsentSource {
    /// All sources.
    pub const ALL: [Self; 4] = [Self::Person, Self::Api, Self::Key, Self::Start];

    /// The name as people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Api => "api",
            Self::Key => "key",
            Self::Start => "start",
        }
    }
}

/// One change of a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentChange {
    /// Its number, from 1 up without a gap.
    pub number: u64,
    /// Wall time, in nanoseconds since 1970.
    pub unix: u64,
    /// The same moment on the monotonic clock of `boot`.
    pub monotonic: Timestamp,
    /// The boot in which it was changed.
    pub boot: BootId,
    /// What was allowed before.
    pub before: Consent,
    /// What is allowed since.
    pub after: Consent,
    /// Who changed it.
    pub by: ConsentSource,
}

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Row {
    unix: u64,
    monotonic: Timestamp,
    boot: BootId,
    before: Consent,
    after: Consent,
    by: u32,
    reserved: u32,
}

fn read(number: u64, bytes: &[u8]) -> Option<ConsentChange> {
    let row = Row::read_from_bytes(bytes).ok()?;
    let by = ConsentSource::ALL
        .into_iter()
        .find(|source| *source as u32 == row.by)?;
    let known = |consent: Consent| consent.bits() & !Consent::ALL.bits() == 0;
    (known(row.before) && known(row.after)).then_some(ConsentChange {
        number,
        unix: row.unix,
        monotonic: row.monotonic,
        boot: row.boot,
        before: row.before,
        after: row.after,
        by,
    })
}

/// Whether a row is one of this table.
pub(crate) fn understands(key: u64, row: &[u8]) -> bool {
    key > 0 && read(key, row).is_some()
}

fn understood(number: u64, bytes: &[u8]) -> Result<ConsentChange, CatalogError> {
    read(number, bytes).ok_or(CatalogError::Row {
        table: "consent",
        key: number,
    })
}

/// [`Catalog::consent_changes`] of the catalogue at `path`, as far as it can be read without writing.
pub(crate) fn look_at_consent_changes(path: &Path, limit: usize) -> Option<Vec<ConsentChange>> {
    look_for(path, |view| newest(view, CONSENT, limit, understood))
}

impl Catalog {
    /// The newest `limit` changes of the being's consent, newest first.
    ///
    /// # Errors
    /// See [`CatalogError`].
    pub fn consent_changes(&self, limit: usize) -> Result<Vec<ConsentChange>, CatalogError> {
        newest(&self.begin_read()?, CONSENT, limit, understood)
    }

    /// Adds a change to the log, durably, and returns its number.
    fn log_consent(
        &self,
        before: Consent,
        after: Consent,
        by: ConsentSource,
    ) -> Result<u64, CatalogError> {
        let row = Row {
            unix: unix_now(),
            monotonic: monotonic_now(),
            boot: BootId::current(),
            before,
            after,
            by: by as u32,
            reserved: 0,
        };
        let change = self.begin_write()?;
        let number = append(&change, CONSENT, row.as_bytes())?;
        change.commit()?;
        Ok(number)
    }
}

/// What both allow.
pub(crate) fn common(one: Consent, other: Consent) -> Consent {
    Sense::ALL
        .into_iter()
        .filter(|&sense| one.allows(sense) && other.allows(sense))
        .fold(Consent::NONE, |all, sense| all.with(sense, true))
}

/// Puts `after` in force and logs who did it. What it refuses is refused at once, whether or not it
/// can be logged; what it newly allows is allowed only once that is in the log.
///
/// When this returns, nothing is under way any more that rests on what was refused: a gift over the
/// bridge holds the same lock.
pub(crate) fn in_force(
    catalog: &Catalog,
    shared: &Shared,
    after: Consent,
    by: ConsentSource,
) -> Result<(), CatalogError> {
    let found = shared.restrict_consent(after);
    let _order = catalog.consent_order();
    // Again, since another change may have allowed it while this one waited for its turn.
    shared.restrict_consent(after);
    let last = catalog.consent_changes(1)?;
    let before = last.first().map_or(found, |change| change.after);
    catalog.log_consent(before, after, by)?;
    shared.set_consent(after);
    Ok(())
}

/// The consent to begin with: the `recovered` one, but nothing that the last logged change refused,
/// which a power cut may have kept from the essence. A difference is logged.
///
/// `is_newest` says whether the recovered one is the last that was written. One before it does not
/// know what was refused since: where the log does not say so either, nothing is allowed.
pub(crate) fn consent_at_start(catalog: &Catalog, recovered: Consent, is_newest: bool) -> Consent {
    let last = match catalog.consent_changes(1) {
        Ok(changes) => changes.first().map(|change| change.after),
        Err(error) => {
            log::error!("memory: the consent log cannot be read: {error}");
            return if is_newest { recovered } else { Consent::NONE };
        }
    };
    let consent = match last {
        Some(last) => common(recovered, last),
        None if is_newest => recovered,
        None => Consent::NONE,
    };
    if last != Some(consent) {
        let before = last.unwrap_or(Consent::NONE);
        if let Err(error) = catalog.log_consent(before, consent, ConsentSource::Start) {
            log::error!("memory: the consent at the start is not logged: {error}");
        }
    }
    consent
}
