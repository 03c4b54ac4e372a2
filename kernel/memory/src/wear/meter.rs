//! The counter that all stores share.

use super::pace::Pace;
use crate::clock::unix_now;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes that a disk writes at least.
const DISK_PAGE: u64 = 4096;
const DAY: u64 = 86_400 * 1_000_000_000;

/// What is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WearSource {
    /// Kept moments, with the creation of their segments.
    Crystals,
    /// The running state.
    Essence,
    /// The index for nearness, words, kind and time.
    Index,
    /// The catalogue of beings.
    Catalogue,
}

/// Bytes handed to the disk in one day, in whole pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WearDay {
    /// Days since 1970 (UTC).
    pub day: u32,
    /// For [`WearSource::Crystals`].
    pub crystals: u64,
    /// For [`WearSource::Essence`].
    pub essence: u64,
    /// For [`WearSource::Index`].
    pub index: u64,
    /// For [`WearSource::Catalogue`].
    pub catalogue: u64,
}

impl WearDay {
    /// For everything together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.crystals
            .saturating_add(self.essence)
            .saturating_add(self.index)
            .saturating_add(self.catalogue)
    }

    fn of(&mut self, source: WearSource) -> &mut u64 {
        match source {
            WearSource::Crystals => &mut self.crystals,
            WearSource::Essence => &mut self.essence,
            WearSource::Index => &mut self.index,
            WearSource::Catalogue => &mut self.catalogue,
        }
    }

    /// Adds what was counted earlier, if that was today.
    fn resume(&mut self, mut earlier: Self) {
        // Where the clock stands a day before what was seen earlier, that day is not over yet; where
        // it stands further back, it was wrong then.
        if earlier.day > self.day.saturating_add(1) {
            earlier.day = self.day;
        }
        self.turn_to(earlier.day);
        if earlier.day == self.day {
            self.crystals = self.crystals.saturating_add(earlier.crystals);
            self.essence = self.essence.saturating_add(earlier.essence);
            self.index = self.index.saturating_add(earlier.index);
            self.catalogue = self.catalogue.saturating_add(earlier.catalogue);
        }
    }

    /// Goes to `day`. A clock that was set back begins no new day: what was counted stays counted. By
    /// more than a day, the clock was wrong before, and the next day begins by the right one.
    fn turn_to(&mut self, day: u32) {
        if day > self.day {
            *self = Self {
                day,
                ..Self::default()
            };
        } else if self.day - day > 1 {
            self.day = day;
        }
    }
}

/// Counts what is handed to one disk; cheap to clone, usable from any thread but the cycle's.
///
/// Each being has a count of its own ([`crate::Memory::wear`]), which its essence carries over a
/// restart and which adds to that of all beings ([`crate::Memories::wear`]).
#[derive(Clone, Debug)]
pub struct Wear {
    day: Arc<Mutex<WearDay>>,
    /// That of all beings, where this is the count of one.
    whole: Option<Arc<Mutex<WearDay>>>,
    /// Bytes a day for all beings.
    budget: u64,
}

impl Wear {
    /// A count that begins now, held against `budget` bytes a day.
    #[must_use]
    pub fn new(budget: u64) -> Self {
        Self {
            day: Arc::default(),
            whole: None,
            budget,
        }
    }

    /// A new count of one being's share in this one.
    pub(crate) fn share(&self) -> Self {
        Self {
            day: Arc::default(),
            whole: Some(Arc::clone(self.whole.as_ref().unwrap_or(&self.day))),
            budget: self.budget,
        }
    }

    /// Counts `bytes` that were handed to the disk in one piece, in whole pages.
    pub fn count(&self, source: WearSource, bytes: u64) {
        let bytes = bytes.div_ceil(DISK_PAGE).saturating_mul(DISK_PAGE);
        let unix = unix_now();
        for count in [Some(&self.day), self.whole.as_ref()].into_iter().flatten() {
            let mut day = at(count, unix);
            let counted = day.of(source);
            *counted = counted.saturating_add(bytes);
        }
    }

    /// What was counted today.
    #[must_use]
    pub fn today(&self) -> WearDay {
        *at(&self.day, unix_now())
    }

    /// Bytes that a day may cost for all beings together.
    #[must_use]
    pub fn budget(&self) -> u64 {
        self.budget
    }

    /// How what all beings spent today stands to what `source` may use of the budget: all of it for
    /// the essence, seven eighths for the others.
    #[must_use]
    pub fn pace(&self, source: WearSource) -> Pace {
        self.pace_after(source, 0)
    }

    /// The same, when `bytes` more are spent.
    fn pace_after(&self, source: WearSource, bytes: u64) -> Pace {
        let unix = unix_now();
        let day = *at(self.whole.as_ref().unwrap_or(&self.day), unix);
        let budget = match source {
            WearSource::Essence => self.budget,
            WearSource::Crystals | WearSource::Index | WearSource::Catalogue => self.budget / 8 * 7,
        };
        let spent = day.total().saturating_add(bytes);
        Pace::of(spent, budget, part_of_day(unix, day.day))
    }

    /// Whether writing `bytes` more for `source` would still leave all beings well within the budget.
    #[must_use]
    pub fn has_room(&self, source: WearSource, bytes: u64) -> bool {
        self.pace_after(source, bytes) == Pace::Easy
    }

    /// Takes in what an earlier run counted, if that was today.
    pub(crate) fn resume(&self, earlier: WearDay) {
        let unix = unix_now();
        for count in [Some(&self.day), self.whole.as_ref()].into_iter().flatten() {
            at(count, unix).resume(earlier);
        }
    }
}

/// The count at `unix`.
fn at(count: &Mutex<WearDay>, unix: u64) -> MutexGuard<'_, WearDay> {
    let mut day = count.lock().unwrap_or_else(PoisonError::into_inner);
    day.turn_to(u32::try_from(unix / DAY).unwrap_or(u32::MAX));
    day
}

/// How much of `day` is over at `unix`, 0 to 1; nothing of it while the clock stands before it.
fn part_of_day(unix: u64, day: u32) -> f64 {
    let since = unix.saturating_sub(u64::from(day) * DAY);
    (since as f64 / DAY as f64).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_counted_in_whole_pages() {
        let wear = Wear::new(1 << 30);
        wear.count(WearSource::Index, 1);
        wear.count(WearSource::Crystals, 4097);
        wear.count(WearSource::Catalogue, 0);
        let today = wear.today();
        assert_eq!(
            (today.index, today.crystals, today.catalogue),
            (4096, 8192, 0)
        );
        assert_eq!(today.total(), 3 * 4096);
    }

    #[test]
    fn an_earlier_run_of_today_is_taken_in_and_one_of_yesterday_not() {
        let wear = Wear::new(1 << 30);
        wear.count(WearSource::Essence, 4096);
        let today = wear.today();
        wear.resume(today);
        assert_eq!(wear.today().essence, 8192);
        let yesterday = WearDay {
            day: today.day - 1,
            ..today
        };
        wear.resume(yesterday);
        assert_eq!(wear.today().essence, 8192);
    }

    #[test]
    fn a_clock_that_was_years_ahead_does_not_keep_the_budget_spent_for_years() {
        let wear = Wear::new(1 << 30);
        at(&wear.day, DAY * 40_000).crystals = 4096;
        assert_eq!(at(&wear.day, DAY * 7).crystals, 4096);
        assert_eq!(at(&wear.day, DAY * 8).crystals, 0);
        let wear = Wear::new(1 << 30);
        let today = wear.today().day;
        wear.resume(WearDay {
            day: u32::MAX,
            crystals: 4096,
            ..WearDay::default()
        });
        let now = wear.today();
        assert!(now.day <= today + 1 && now.crystals <= 4096, "{now:?}");
    }

    #[test]
    fn beings_share_a_budget_and_the_essence_has_the_last_eighth() {
        let whole = Wear::new(1 << 20);
        let (one, other) = (whole.share(), whole.share());
        one.count(WearSource::Crystals, 1 << 20);
        assert_eq!(other.today().total(), 0);
        assert_eq!(other.pace(WearSource::Crystals), Pace::Spent);
        assert_eq!(other.pace(WearSource::Essence), Pace::Spent);
        // Just below what is let out at midnight: an eighth more is the essence's, at any hour.
        let whole = Wear::new(1 << 20);
        whole
            .share()
            .count(WearSource::Crystals, (1 << 18) / 20 * 17);
        assert_ne!(whole.pace(WearSource::Essence), Pace::Spent);
        assert_eq!(whole.today().crystals, whole.today().total());
    }

    #[test]
    fn a_new_day_begins_at_nothing_and_a_clock_set_back_begins_none() {
        let wear = Wear::new(1 << 30);
        at(&wear.day, DAY * 7).essence = 4096;
        assert_eq!(at(&wear.day, DAY * 6).essence, 4096);
        assert_eq!(at(&wear.day, DAY * 8 - 1).essence, 4096);
        let next = WearDay {
            day: 8,
            ..WearDay::default()
        };
        assert_eq!(*at(&wear.day, DAY * 8), next);
        assert_eq!(part_of_day(DAY * 8 + DAY / 4, 8), 0.25);
        assert_eq!(part_of_day(DAY * 7, 8), 0.0);
    }
}
