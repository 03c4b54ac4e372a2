//! What recurs in one being and was not taught: from the model's answers into the being's folder.
//!
//! The activation thread offers answers and never waits for a disk: who stores works on a copy.

use crate::http::PatternNow;
use crate::kernel_api::{PatternView, PatternsView};
use crate::wiring::household::ConsentCell;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use triune_core::{ACTIVATION_SPAN, BeingId, Nanoseconds, Sense, Timestamp};
use triune_npu::FEATURE_COUNT;
use triune_npu::patterns::{
    Known, NameError, Observation, OpenedPatterns, Pattern, PatternEvent, Patterns,
    PatternsFileError, SEGMENT_INTERVAL, SEGMENT_SAMPLES, TRACE_LENGTH,
};

/// How often counts that have changed are stored: at most 5 MB a day.
const INTERVAL: Duration = Duration::from_secs(15 * 60);
/// When it is tried again after a failure.
const RETRY: Duration = Duration::from_secs(60);
/// After a longer time without an answer nothing shows any more, and what comes next begins anew.
const LONGEST_GAP: Nanoseconds = 1_000_000_000;
/// Time of a segment, seconds.
const SEGMENT_SECONDS: u64 = SEGMENT_SAMPLES as u64 * SEGMENT_INTERVAL / 1_000_000_000;

/// Why something was not done with a pattern.
#[derive(Debug, thiserror::Error)]
pub(in crate::wiring) enum DiscoveryError {
    #[error("there is no pattern {0}")]
    NoSuchPattern(u32),
    #[error(transparent)]
    Name(NameError),
    #[error("to remember is refused")]
    MayNotRemember,
    /// The file cannot be used; says why.
    #[error("{0}")]
    File(String),
}

/// The patterns of one being.
pub(in crate::wiring) struct Discovery {
    being: BeingId,
    folder: PathBuf,
    consent: ConsentCell,
    /// Why the file is left alone and nothing is found.
    refused: Option<String>,
    /// Held while the file is written; taken before `found`, which is never held meanwhile.
    storing: Mutex<()>,
    found: Mutex<Found>,
}

struct Found {
    patterns: Patterns,
    /// As they lie in the folder.
    stored: Patterns,
    changed: bool,
    /// When they are stored next.
    due: Instant,
    /// Since when hearing, sight and body are allowed, and since when remembering is.
    senses_since: Option<Timestamp>,
    remember_since: Option<Timestamp>,
    /// The newest state that an answer rests on.
    newest: Timestamp,
}

impl Discovery {
    /// Opens the patterns in a being's folder; gives with them what is wrong there, and its remedy.
    pub(in crate::wiring) fn open(
        being: BeingId,
        folder: &Path,
        consent: ConsentCell,
    ) -> (Self, Option<(String, &'static str)>) {
        let (patterns, refused, trouble) = match Patterns::open(folder) {
            Ok(OpenedPatterns {
                patterns,
                put_aside,
            }) => {
                let told = put_aside.map(|(aside, _)| {
                    let why = format!("their file was damaged and lies at {}", aside.display());
                    (why, "it begins without them; put a copy of your own back")
                });
                (patterns, None, told)
            }
            Err(error) => {
                let why = explained(&error);
                let told = (
                    format!("none are found: {why}"),
                    "mend it, then restart the service",
                );
                (Patterns::default(), Some(why), Some(told))
            }
        };
        let found = Found {
            stored: patterns.clone(),
            patterns,
            changed: false,
            due: Instant::now() + INTERVAL,
            senses_since: senses_since(&consent),
            remember_since: consent.allowed_since(Sense::Remember),
            newest: Timestamp(0),
        };
        let discovery = Self {
            being,
            folder: folder.to_owned(),
            consent,
            refused,
            storing: Mutex::default(),
            found: Mutex::new(found),
        };
        (discovery, trouble)
    }

    /// Offers what the model answered on the states up to `time`. Nothing is learnt while a sense or
    /// remembering is refused, nor from states of before it was allowed.
    pub(super) fn observe(
        &self,
        known: &Known,
        time: Timestamp,
        trace: &[f32; TRACE_LENGTH],
        features: &[f32; FEATURE_COUNT],
    ) {
        let mut found = self.settled();
        let Some((senses, remember)) = found.senses_since.zip(found.remember_since) else {
            return;
        };
        let allowed = senses.max(remember).after(ACTIVATION_SPAN);
        if self.refused.is_some() || time < allowed {
            return;
        }
        if time.since(found.newest) > LONGEST_GAP {
            found.patterns.interrupt();
        }
        found.newest = time;
        let observation = Observation {
            time,
            unix_ms: unix_ms(),
            trace,
            features,
        };
        let event = found.patterns.observe(known, &observation);
        if found.patterns.take_changed() {
            found.changed = true;
        }
        let Some(event) = event else { return };
        // What was told of must not be lost: its number would be another's.
        found.due = Instant::now();
        drop(found);
        let being = self.being;
        match event {
            PatternEvent::Found(id) => log::info!(
                "patterns: being {being}: number {id} recurs and was not taught: 'triune patterns' shows and names it"
            ),
            PatternEvent::Merged { kept, gone } => {
                log::info!("patterns: being {being}: number {gone} turned out to be number {kept}");
            }
        }
    }

    /// The pattern that shows at `now`.
    pub(in crate::wiring) fn current(&self, now: Timestamp) -> Option<PatternNow> {
        let found = self.settled();
        let is_allowed = found.senses_since.is_some() && found.remember_since.is_some();
        let id = found.patterns.current()?;
        if !is_allowed || now.since(found.newest) > LONGEST_GAP {
            return None;
        }
        let pattern = found.patterns.get(id)?;
        Some(PatternNow {
            id,
            name: name(&pattern),
        })
    }

    /// All of them.
    pub(in crate::wiring) fn list(&self) -> Result<PatternsView, DiscoveryError> {
        self.usable()?;
        Ok(Self::view(&self.settled().patterns))
    }

    /// The same of patterns that were read elsewhere.
    pub(in crate::wiring) fn view(patterns: &Patterns) -> PatternsView {
        PatternsView {
            patterns: patterns.list().iter().map(view).collect(),
        }
    }

    /// Names one; durable when this returns.
    pub(in crate::wiring) fn name(
        &self,
        id: u32,
        name: &str,
    ) -> Result<PatternView, DiscoveryError> {
        self.change(|found| {
            if found.remember_since.is_none() {
                return Err(DiscoveryError::MayNotRemember);
            }
            found.patterns.name(id, name).map_err(|error| match error {
                NameError::NoPattern(id) => DiscoveryError::NoSuchPattern(id),
                other => DiscoveryError::Name(other),
            })?;
            let named = found.patterns.get(id);
            named.ok_or(DiscoveryError::NoSuchPattern(id))
        })
    }

    /// Forgets one, also while remembering is refused; durable when this returns.
    pub(in crate::wiring) fn forget(&self, id: u32) -> Result<PatternView, DiscoveryError> {
        self.change(|found| {
            let gone = found.patterns.get(id);
            let gone = gone.ok_or(DiscoveryError::NoSuchPattern(id))?;
            found.patterns.forget(id);
            Ok(gone)
        })
    }

    /// Whether it is time to store.
    pub(in crate::wiring) fn is_due(&self) -> bool {
        let found = self.settled();
        found.changed && Instant::now() >= found.due
    }

    /// Stores what has changed, unless remembering is refused.
    pub(in crate::wiring) fn store(&self) -> Result<(), DiscoveryError> {
        let order = lock(&self.storing);
        let found = self.settled();
        if !found.changed || found.remember_since.is_none() || self.refused.is_some() {
            return Ok(());
        }
        self.write(&order, found)
    }

    fn change(
        &self,
        change: impl FnOnce(&mut Found) -> Result<Pattern, DiscoveryError>,
    ) -> Result<PatternView, DiscoveryError> {
        self.usable()?;
        let order = lock(&self.storing);
        let mut found = self.settled();
        let (before, since) = (found.patterns.clone(), found.remember_since);
        let changed = change(&mut found)?;
        if let Err(error) = self.write(&order, found) {
            let mut found = self.settled();
            if found.remember_since == since {
                found.patterns = before;
            }
            return Err(DiscoveryError::File(format!("nothing is changed: {error}")));
        }
        Ok(view(&changed))
    }

    fn write(
        &self,
        _order: &MutexGuard<'_, ()>,
        mut found: MutexGuard<'_, Found>,
    ) -> Result<(), DiscoveryError> {
        found.patterns.take_changed();
        found.changed = false;
        found.due = Instant::now() + INTERVAL;
        let (copy, since) = (found.patterns.clone(), found.remember_since);
        drop(found);
        let written = copy.store(&self.folder);
        let mut found = self.settled();
        match written {
            Ok(()) => {
                // Refused meanwhile: what is in memory is what lay there before.
                if found.remember_since != since {
                    found.patterns = copy.clone();
                    found.patterns.interrupt();
                }
                found.stored = copy;
                Ok(())
            }
            Err(error) => {
                found.changed = true;
                found.due = Instant::now() + RETRY;
                Err(DiscoveryError::File(explained(&error)))
            }
        }
    }

    fn usable(&self) -> Result<(), DiscoveryError> {
        let refused = self.refused.clone().map(DiscoveryError::File);
        refused.map_or(Ok(()), Err)
    }

    /// What was found, as far as it may be known by what is allowed now. Whoever looks sees to it
    /// first, so that a refusal waits for no thread.
    fn settled(&self) -> MutexGuard<'_, Found> {
        let mut found = lock(&self.found);
        let remember = self.consent.allowed_since(Sense::Remember);
        if remember != found.remember_since {
            // As with moments: what is not on the disk when it is refused never comes there.
            found.patterns = found.stored.clone();
            found.patterns.interrupt();
            found.changed = false;
            found.remember_since = remember;
        }
        let senses = senses_since(&self.consent);
        if senses != found.senses_since {
            found.patterns.interrupt();
            found.senses_since = senses;
        }
        found
    }
}

/// Since when all senses are allowed on which the model's answers rest; `None` while one is refused.
fn senses_since(consent: &ConsentCell) -> Option<Timestamp> {
    let since = [Sense::Hear, Sense::See, Sense::Feel].map(|sense| consent.allowed_since(sense));
    let since = since.into_iter().collect::<Option<Vec<_>>>()?;
    since.into_iter().max()
}

fn view(pattern: &Pattern) -> PatternView {
    PatternView {
        id: pattern.id,
        name: name(pattern),
        first_seen_unix_ms: pattern.first_seen_unix_ms,
        last_seen_unix_ms: pattern.last_seen_unix_ms,
        seconds: u64::from(pattern.segments) * SEGMENT_SECONDS,
        visits: pattern.visits,
    }
}

fn name(pattern: &Pattern) -> Option<String> {
    (!pattern.name.is_empty()).then(|| pattern.name.clone())
}

/// An error with its cause.
fn explained(error: &PatternsFileError) -> String {
    match error {
        PatternsFileError::Format { reason, .. } => format!("{error}: {reason}"),
        PatternsFileError::File { .. } => error.to_string(),
    }
}

fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
