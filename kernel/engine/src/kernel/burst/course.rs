//! The course of bursts: when one begins, how it grows, when it ends.

use super::load::Load;
use super::settings::{BurstCause, BurstCommand, BurstEnd, BurstRefusal, BurstSettings};
use triune_core::{Nanoseconds, Timestamp};

/// Cycles without an overrun before a burst begins by itself.
const CALM_CYCLES: u32 = 64;
/// A burst begins by itself only with this share of its limit free beyond what it needs.
const ENTRY_PERCENT: u64 = 75;

/// The rest doubles with each burst that failed, up to this power of 2.
const MOST_DOUBLINGS: u32 = 6;

/// Decides how many beings cycle.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Burst {
    settings: Option<BurstSettings>,
    load: Load,
    /// No burst begins before.
    rests_until: Timestamp,
    /// Bursts in a row that cycles were too long for.
    failed: u32,
    lasting: Option<Lasting>,
}

#[derive(Clone, Copy, Debug)]
struct Lasting {
    until: Timestamp,
    /// Beings that cycle beyond the steady ones.
    extra: usize,
}

/// What a finished cycle tells.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Turn {
    /// The cycle's deadline.
    pub(in super::super) at: Timestamp,
    pub(in super::super) cost: Nanoseconds,
    pub(in super::super) overrun: bool,
    /// Beings that cycled.
    pub(in super::super) cycled: usize,
    /// Beings that are there.
    pub(in super::super) present: usize,
    pub(in super::super) level: u32,
    /// The ordinary period.
    pub(in super::super) period: Nanoseconds,
}

/// What became of the burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Change {
    Began(BurstCause),
    Ended {
        reason: BurstEnd,
        /// Beings that were taken in.
        extra: usize,
    },
}

impl Burst {
    pub(in super::super) fn new(settings: Option<BurstSettings>) -> Self {
        Self {
            settings,
            load: Load::default(),
            rests_until: Timestamp(0),
            failed: 0,
            lasting: None,
        }
    }

    pub(in super::super) const fn lasts(&self) -> bool {
        self.lasting.is_some()
    }

    /// How many of the beings that are there cycle next.
    pub(in super::super) fn cycling(&self, present: usize) -> usize {
        let Some(settings) = self.settings else {
            return present;
        };
        let extra = self.lasting.map_or(0, |lasting| lasting.extra);
        present.min(settings.steady_beings + extra)
    }

    /// The first being that does not always cycle.
    pub(in super::super) fn steady(&self) -> usize {
        self.settings
            .map_or(usize::MAX, |settings| settings.steady_beings)
    }

    /// The period that the ordinary one becomes.
    pub(in super::super) fn period(&self, ordinary: Nanoseconds) -> Nanoseconds {
        match self.settings {
            Some(settings) if self.lasts() => settings.period(ordinary),
            _ => ordinary,
        }
    }

    /// Does what was asked; `turn` tells how things stand.
    pub(in super::super) fn ask(
        &mut self,
        command: BurstCommand,
        turn: &Turn,
    ) -> Result<Change, BurstRefusal> {
        match command {
            BurstCommand::Start => self.begin(BurstCause::Command, turn),
            BurstCommand::End if self.lasts() => Ok(self.end(BurstEnd::Command, turn.at, false)),
            BurstCommand::End => Err(BurstRefusal::NoneLasts),
        }
    }

    /// Learns how a cycle went; begins, grows or ends a burst.
    pub(in super::super) fn learn(&mut self, turn: &Turn) -> Option<Change> {
        let settings = self.settings?;
        self.load.learn(turn.cost, turn.cycled, turn.overrun);
        let Some(lasting) = self.lasting else {
            let calm = settings.by_itself && self.load.calm() >= CALM_CYCLES;
            let waiting = turn.present > settings.steady_beings;
            return (calm && waiting)
                .then(|| self.begin(BurstCause::Load, turn).ok())
                .flatten();
        };
        if let Some(end) = self.reason_to_end(settings, lasting, turn) {
            // A machine that stalls a short cycle says nothing about the beings.
            let too_long = match end {
                BurstEnd::CostLimit => true,
                BurstEnd::Overrun => settings.is_beyond_limit(turn.cost, turn.period),
                _ => false,
            };
            return Some(self.end(end, turn.at, too_long));
        }
        self.lasting = Some(Lasting {
            extra: self.next_extra(settings, lasting.extra, turn),
            ..lasting
        });
        None
    }

    fn begin(&mut self, cause: BurstCause, turn: &Turn) -> Result<Change, BurstRefusal> {
        let settings = self.settings.ok_or(BurstRefusal::SwitchedOff)?;
        let period = settings.period(turn.period);
        let takes_in = settings.burst_beings.min(turn.present) > settings.steady_beings;
        let share = match cause {
            BurstCause::Command => 100,
            BurstCause::Load => ENTRY_PERCENT,
        };
        let limit = u64::from(settings.cost_limit) * share / 100;
        if self.lasts() {
            return Err(BurstRefusal::Lasts);
        }
        if turn.level > 0 {
            return Err(BurstRefusal::Degraded);
        }
        if !takes_in && period == turn.period {
            return Err(BurstRefusal::NothingWaits);
        }
        if turn.at < self.rests_until {
            return Err(BurstRefusal::Resting(self.rests_until.since(turn.at)));
        }
        if self.load.percent_with(u64::from(takes_in), period) > limit {
            return Err(BurstRefusal::NoHeadroom);
        }
        self.lasting = Some(Lasting {
            until: turn.at.after(settings.longest),
            extra: usize::from(takes_in),
        });
        Ok(Change::Began(cause))
    }

    fn reason_to_end(
        &self,
        settings: BurstSettings,
        lasting: Lasting,
        turn: &Turn,
    ) -> Option<BurstEnd> {
        let period = settings.period(turn.period);
        let takes_in = settings.burst_beings.min(turn.present) > settings.steady_beings;
        if turn.level > 0 {
            Some(BurstEnd::Degraded)
        } else if turn.overrun {
            Some(BurstEnd::Overrun)
        } else if self.load.percent(period) > u64::from(settings.cost_limit) {
            Some(BurstEnd::CostLimit)
        } else if turn.at >= lasting.until {
            Some(BurstEnd::TimeUp)
        } else if !takes_in && period == turn.period {
            Some(BurstEnd::NothingLeft)
        } else {
            None
        }
    }

    /// A burst takes in one being a cycle, so that a cost that was foreseen wrongly shows before
    /// it costs a deadline.
    fn next_extra(&self, settings: BurstSettings, extra: usize, turn: &Turn) -> usize {
        let wanted =
            settings.burst_beings.min(turn.present) - settings.steady_beings.min(turn.present);
        let fits = self.load.percent_with(1, settings.period(turn.period))
            <= u64::from(settings.cost_limit);
        let more = usize::from(extra < wanted && fits);
        extra.min(wanted) + more
    }

    fn end(&mut self, reason: BurstEnd, at: Timestamp, too_long: bool) -> Change {
        // A being that is too much each time must not cost a deadline each time.
        self.failed = if too_long {
            (self.failed + 1).min(MOST_DOUBLINGS)
        } else {
            0
        };
        let rest = self.settings.map_or(0, |settings| settings.rest);
        self.rests_until = at.after(rest.saturating_mul(1 << self.failed));
        let extra = self.lasting.take().map_or(0, |lasting| lasting.extra);
        Change::Ended { reason, extra }
    }
}
