//! Whether a deadline can be promised, by what the waiting work is measured to need.

use std::time::Duration;

/// What stands between a request and its answer. Times are counted from now.
pub(super) struct Demand<'a> {
    /// The weight of the request's class.
    pub(super) weight: u32,
    /// How many requests run at once.
    pub(super) lanes: u32,
    /// Until a lane is free.
    pub(super) free: Duration,
    /// Weight and waiting work of each other class.
    pub(super) others: &'a [(u32, Duration)],
}

impl Demand<'_> {
    /// Until a request is answered that has this much work of its class before it.
    fn answered_after(&self, before: Duration, cost: Duration) -> Duration {
        let own = before + cost;
        // While its class has so much work done, each other class gets its share of the lanes.
        let others: Duration = self
            .others
            .iter()
            .map(|&(weight, backlog)| backlog.min(own * weight / self.weight))
            .sum();
        self.free + (before + others) / self.lanes + cost
    }
}

/// What a newcomer (deadline, cost) needs, if its deadline or one that was promised to a request of
/// `waiting`, which come by deadline, would be missed because of it.
pub(super) fn broken_promise(
    now: Duration,
    demand: &Demand<'_>,
    (deadline, cost): (Duration, Duration),
    waiting: impl Iterator<Item = (Duration, Duration)>,
) -> Option<Duration> {
    let mut before = Duration::ZERO;
    let mut needs = None;
    for (promised, other) in waiting {
        if promised <= deadline {
            before += other;
            continue;
        }
        let needed = *needs.get_or_insert_with(|| demand.answered_after(before, cost));
        let kept = now + demand.answered_after(before, other) <= promised;
        if kept && now + demand.answered_after(before + cost, other) > promised {
            return Some(needed);
        }
        before += other;
    }
    let needs = needs.unwrap_or_else(|| demand.answered_after(before, cost));
    (now + needs > deadline).then_some(needs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn alone(lanes: u32) -> Demand<'static> {
        Demand {
            weight: 8,
            lanes,
            free: Duration::ZERO,
            others: &[],
        }
    }

    #[test]
    fn a_run_that_takes_longer_than_there_is_time_is_not_promised() {
        let none = || [].into_iter();
        let needs = broken_promise(ms(100), &alone(1), (ms(103), ms(4)), none());
        assert_eq!(needs, Some(ms(4)));
        assert_eq!(
            broken_promise(ms(100), &alone(1), (ms(104), ms(4)), none()),
            None
        );
    }

    #[test]
    fn what_goes_first_is_waited_for() {
        let waiting = [(ms(5), ms(4)), (ms(9), ms(4))];
        let asked =
            |deadline| broken_promise(ms(0), &alone(1), (deadline, ms(4)), waiting.into_iter());
        assert_eq!(asked(ms(11)), Some(ms(12)));
        assert_eq!(asked(ms(12)), None);
    }

    #[test]
    fn a_newcomer_does_not_break_what_was_promised() {
        let waiting = [(ms(5), ms(4))];
        let asked =
            |lanes| broken_promise(ms(0), &alone(lanes), (ms(4), ms(2)), waiting.into_iter());
        assert_eq!(
            asked(1),
            Some(ms(2)),
            "it would finish in time, the other would not"
        );
        assert_eq!(asked(2), None);
    }

    #[test]
    fn other_classes_get_their_share_and_no_more_than_they_have() {
        fn demand(others: &[(u32, Duration)]) -> Demand<'_> {
            Demand {
                weight: 4,
                lanes: 1,
                free: ms(1),
                others,
            }
        }
        let none = || [].into_iter();
        // While 4 ms of work are done here, a class of twice the weight has 8 ms done.
        let needs = broken_promise(ms(0), &demand(&[(8, ms(100))]), (ms(1), ms(4)), none());
        assert_eq!(needs, Some(ms(13)));
        let needs = broken_promise(ms(0), &demand(&[(8, ms(3))]), (ms(1), ms(4)), none());
        assert_eq!(needs, Some(ms(8)));
    }
}
