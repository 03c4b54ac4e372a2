//! Told texts, until the catalogue has them.

use crate::crystals::Crystal;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use triune_core::{CrystalDraft, Nanoseconds, Timestamp};

/// Texts whose moment may still come, at most. The way to the cycle (64 and 8) and the ring behind it
/// (256) hold fewer, and the moments that wait behind a stuck one have theirs already: of more the oldest
/// made no moment.
const TOLD: usize = 512;
/// Texts of kept moments that wait for the catalogue at most.
pub(super) const WAITING: usize = 4096;
/// Bytes of a text that are kept.
pub const TEXT_BYTES: usize = 4096;
/// A cycle bears the time at which it was due. One that is late, or that is made up for, takes in what
/// was said this much after that time.
const LATE: Nanoseconds = 100_000_000;
/// Tellings are on their way to the cycle together for so long at most: there is room for 64 and 8, and
/// each cycle takes one, 31 in a second where one of 250 Hz has fallen back as far as it may.
const TOGETHER: Nanoseconds = 3_000_000_000;

/// The cycle knows words as hashes only, and only the first of a text. Whoever tells a being something
/// notes the text here, in the order in which the being is told; the writer finds it when a moment
/// arrives that was made of it, and it stays with that moment until the catalogue has it, however long
/// that takes. Cheap to clone; never used by the cycle thread.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    waiting: Arc<Mutex<Waiting>>,
    /// How often everything was given up.
    given_up: Arc<Mutex<u64>>,
    /// Texts of kept moments that had to give way.
    lost: Arc<AtomicU64>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Their moment may still come, in the order in which they were told.
    told: VecDeque<Noted>,
    /// The last one whose moment came. Words that find the analytical loop late come again, and may
    /// make two moments.
    newest: Option<Noted>,
    /// By the cycle of their moment.
    kept: BTreeMap<u64, Noted>,
    /// Those of moments up to this cycle wait with the indexer, too.
    handed_on: u64,
}

#[derive(Clone, Debug)]
struct Noted {
    fingerprint: u64,
    said: Timestamp,
    text: Arc<str>,
}

impl Texts {
    /// Takes note of `text`, of which the first [`TEXT_BYTES`] are kept, said at `said` on the monotonic
    /// clock. A `fingerprint` ([`triune_core::ToldPercept::fingerprint`]) of 0, that of no words, is not
    /// noted.
    pub fn note(&self, fingerprint: u64, said: Timestamp, text: &str) {
        if fingerprint == 0 {
            return;
        }
        let text = &text[..text.floor_char_boundary(TEXT_BYTES)];
        let mut waiting = self.waiting();
        if waiting.told.len() == TOLD {
            waiting.told.pop_front();
        }
        waiting.told.push_back(Noted {
            fingerprint,
            said,
            text: text.into(),
        });
    }

    /// Forgets the text that was noted last with this fingerprint and time: the being was not told it
    /// after all.
    pub fn take_back(&self, fingerprint: u64, said: Timestamp) {
        let told = &mut self.waiting().told;
        let is_it = |one: &Noted| one.fingerprint == fingerprint && one.said == said;
        if let Some(place) = told.iter().rposition(is_it) {
            told.remove(place);
        }
    }

    /// The text told at the moment of `draft`, which stays with it from now on. Moments must come in the
    /// order in which they were lived. A being heeds no words that are as old as `heeded`: texts that
    /// were said so long before this moment can make none any more, and are forgotten.
    #[must_use]
    pub fn claim(&self, draft: &CrystalDraft, heeded: Nanoseconds) -> Option<Arc<str>> {
        let mut waiting = self.waiting();
        waiting.forget_before(Timestamp(draft.time.0.saturating_sub(heeded)));
        if draft.told == 0 {
            return None;
        }
        if let Some(noted) = waiting.kept_at(draft.cycle, draft.told) {
            return Some(Arc::clone(&noted.text));
        }
        let noted = waiting.next_of(draft)?;
        let text = Arc::clone(&noted.text);
        waiting.kept.insert(draft.cycle, noted);
        if waiting.kept.len() > WAITING
            && let Some((cycle, _)) = waiting.kept.pop_first()
            && cycle > waiting.handed_on
        {
            self.count_lost();
        }
        Some(text)
    }

    /// Forgets the text told at the moment of `draft`, which is not kept: a later telling that begins alike
    /// must not inherit it. Comes in the same order as what is claimed.
    pub(crate) fn discard(&self, draft: &CrystalDraft, heeded: Nanoseconds) {
        let mut waiting = self.waiting();
        waiting.forget_before(Timestamp(draft.time.0.saturating_sub(heeded)));
        if draft.told == 0 {
            return;
        }
        if waiting.kept_at(draft.cycle, draft.told).is_some() {
            waiting.kept.remove(&draft.cycle);
        } else {
            waiting.next_of(draft);
        }
    }

    /// The text of a kept moment that was told in this run, while it waits for the catalogue.
    #[must_use]
    pub fn of(&self, crystal: &Crystal) -> Option<Arc<str>> {
        let waiting = self.waiting();
        let noted = waiting.kept_at(crystal.cycle(), crystal.told())?;
        Some(Arc::clone(&noted.text))
    }

    /// Gives up every text that is not in the catalogue yet, because remembering is refused. None of
    /// them is written after the return.
    pub fn give_up(&self) {
        let mut given_up = self.given_up();
        *given_up += 1;
        *self.waiting() = Waiting::default();
    }

    /// Forgets what was said before `time` and made no moment. To be called only while no moment is on
    /// its way that was lived less than the time that words are heeded after that.
    pub(crate) fn forget_before(&self, time: Timestamp) {
        self.waiting().forget_before(time);
    }

    /// The texts of moments up to this cycle wait with the indexer from now on: none of them is lost when
    /// it has to give way here.
    pub(super) fn hand_on(&self, cycle: u64) {
        self.waiting().handed_on = cycle;
    }

    /// Lets go of the texts of moments up to this cycle: the catalogue has them.
    pub(super) fn release(&self, cycle: u64) {
        let kept = &mut self.waiting().kept;
        while let Some(first) = kept.first_entry()
            && *first.key() <= cycle
        {
            first.remove();
        }
    }

    /// How often everything was given up; nothing is given up while this is held.
    pub(super) fn given_up(&self) -> MutexGuard<'_, u64> {
        self.given_up.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a text that had to give way, of which only what the summary quotes is left.
    fn count_lost(&self) {
        if self.lost.fetch_add(1, Ordering::Relaxed) == 0 {
            log::warn!(
                "memory: more told texts wait for the catalogue than there is room for: of the oldest only their beginning is kept"
            );
        }
    }

    /// Texts of kept moments that had to give way so far.
    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn kept_at(&self, cycle: u64, fingerprint: u64) -> Option<&Noted> {
        let noted = self.kept.get(&cycle)?;
        (noted.fingerprint == fingerprint).then_some(noted)
    }

    /// The telling that made `draft`. Words reach the cycle in the order in which they are told, so what
    /// was told before it made no moment and cannot any more. Of tellings that begin alike the first is
    /// meant of those that may have been on their way together with the last; one that was told longer
    /// before made a moment for which the ring had no room, or none.
    fn next_of(&mut self, draft: &CrystalDraft) -> Option<Noted> {
        let latest = draft.time.0.saturating_add(LATE);
        let is_alike = |one: &Noted| one.fingerprint == draft.told;
        let in_time = |one: &Noted| is_alike(one) && one.said.0 <= latest;
        let again = self.newest.as_ref().is_some_and(is_alike);
        let place = match self.told.iter().rev().find(|one| in_time(one)) {
            None if again => return self.newest.clone(),
            // Said after the moment, as it seems: who else could have said it?
            None => self.told.iter().position(is_alike)?,
            Some(last) => {
                let earliest = last.said.0.min(draft.time.0).saturating_sub(TOGETHER);
                self.told
                    .iter()
                    .position(|one| in_time(one) && one.said.0 >= earliest)?
            }
        };
        self.newest = self.told.drain(..=place).next_back();
        self.newest.clone()
    }

    fn forget_before(&mut self, time: Timestamp) {
        while self.told.front().is_some_and(|one| one.said < time) {
            self.told.pop_front();
        }
        self.newest.take_if(|one| one.said < time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use triune_core::BeingId;
    use zerocopy::FromZeros;

    const HEEDED: Nanoseconds = 60_000_000_000;

    fn lived(cycle: u64, told: u64) -> CrystalDraft {
        CrystalDraft {
            being: BeingId::FIRST,
            cycle,
            time: Timestamp(cycle * 1_000_000_000),
            told,
            ..CrystalDraft::new_zeroed()
        }
    }

    fn claimed(texts: &Texts, cycle: u64, told: u64) -> Option<String> {
        let text = texts.claim(&lived(cycle, told), HEEDED);
        text.map(|text| text.to_string())
    }

    fn note(texts: &Texts, fingerprint: u64, second: u64, text: &str) {
        texts.note(fingerprint, Timestamp(second * 1_000_000_000), text);
    }

    #[test]
    fn texts_are_bounded_and_what_gives_way_is_counted() {
        let texts = Texts::default();
        note(&texts, 0, 1, "nothing");
        assert_eq!(claimed(&texts, 1, 0), None);
        for number in 1..=TOLD as u64 + 1 {
            note(&texts, number, 1, &format!("text {number}"));
        }
        assert_eq!(claimed(&texts, 1, 1), None);
        assert_eq!(claimed(&texts, 2, 2).as_deref(), Some("text 2"));
        note(&texts, 7000, 3, &"é".repeat(TEXT_BYTES));
        assert_eq!(
            claimed(&texts, 3, 7000).map(|text| text.len()),
            Some(TEXT_BYTES)
        );
        for cycle in 4..4 + WAITING as u64 {
            note(&texts, 1, cycle, "again");
            assert_eq!(claimed(&texts, cycle, 1).as_deref(), Some("again"));
        }
        assert_eq!(texts.lost(), 2, "those of cycles 2 and 3");
        texts.hand_on(4);
        for (cycle, lost) in [(5_000, 2), (5_001, 3)] {
            note(&texts, 1, cycle, "again");
            assert!(claimed(&texts, cycle, 1).is_some());
            assert_eq!(texts.lost(), lost, "that of cycle 4 waits elsewhere");
        }
    }

    #[test]
    fn tellings_that_begin_alike_keep_their_order() {
        let texts = Texts::default();
        note(&texts, 7, 1, "one");
        note(&texts, 7, 1, "two");
        assert_eq!(claimed(&texts, 2, 7).as_deref(), Some("one"));
        assert_eq!(
            claimed(&texts, 2, 7).as_deref(),
            Some("one"),
            "an attempt that is repeated"
        );
        assert_eq!(claimed(&texts, 3, 7).as_deref(), Some("two"));
        // The words come again while the loop is late; what is said later is not theirs.
        note(&texts, 7, 9, "three");
        assert_eq!(claimed(&texts, 4, 7).as_deref(), Some("two"));
        assert_eq!(claimed(&texts, 9, 7).as_deref(), Some("three"));
    }

    #[test]
    fn what_made_no_moment_is_passed_over() {
        let texts = Texts::default();
        note(&texts, 7, 1, "lost on its way");
        note(&texts, 8, 2, "said then");
        note(&texts, 7, 3, "said again");
        assert_eq!(claimed(&texts, 2, 8).as_deref(), Some("said then"));
        assert_eq!(claimed(&texts, 3, 7).as_deref(), Some("said again"));
        note(&texts, 7, 4, "too old by then");
        note(&texts, 7, 70, "fresh");
        assert_eq!(claimed(&texts, 71, 7).as_deref(), Some("fresh"));
        note(&texts, 9, 72, "no room on the way");
        texts.take_back(9, Timestamp(72_000_000_000));
        assert_eq!(claimed(&texts, 73, 9), None);
        note(&texts, 9, 74, "told");
        texts.forget_before(Timestamp(75_000_000_000));
        assert_eq!(claimed(&texts, 76, 9), None);
    }

    #[test]
    fn what_is_not_kept_leaves_no_text_to_others() {
        let texts = Texts::default();
        for text in ["withheld", "kept", "withheld later"] {
            note(&texts, 7, 1, text);
        }
        texts.discard(&lived(1, 7), HEEDED);
        assert_eq!(claimed(&texts, 2, 7).as_deref(), Some("kept"));
        assert_eq!(claimed(&texts, 3, 7).as_deref(), Some("withheld later"));
        texts.discard(&lived(3, 7), HEEDED);
        texts.discard(&lived(4, 0), HEEDED);
        assert!(texts.waiting().kept.keys().eq(&[2]));
        // Two that the loop, late, hears long after they were said; and one for which there was no room.
        for (second, text) in [(5, "no room"), (10, "first"), (12, "second")] {
            note(&texts, 7, second, text);
        }
        assert_eq!(claimed(&texts, 30, 7).as_deref(), Some("first"));
        assert_eq!(claimed(&texts, 31, 7).as_deref(), Some("second"));
    }

    #[test]
    fn a_text_stays_with_its_moment_until_it_is_released_or_given_up() {
        let texts = Texts::default();
        note(&texts, 7, 1, "one");
        note(&texts, 8, 1, "two");
        for (cycle, told) in [(2, 7), (3, 8)] {
            assert!(claimed(&texts, cycle, told).is_some());
        }
        assert_eq!(claimed(&texts, 4000, 0), None);
        texts.release(2);
        assert_eq!(claimed(&texts, 2, 7), None);
        assert_eq!(claimed(&texts, 3, 8).as_deref(), Some("two"));
        texts.give_up();
        assert_eq!(claimed(&texts, 3, 8), None);
    }
}
