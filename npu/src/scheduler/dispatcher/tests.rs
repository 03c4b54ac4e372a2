//! The dispatcher beside a plain model, on a clock that is only told.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn us(microseconds: u64) -> Duration {
    Duration::from_micros(microseconds)
}

fn entry(
    number: u64,
    class: Class,
    now: Duration,
    deadline: Duration,
    cost: Option<u64>,
) -> Entry<u64> {
    Entry {
        number,
        class,
        since: now,
        deadline,
        cost: cost.map(us),
        item: number,
    }
}

/// What is done to a dispatcher.
#[derive(Clone, Debug)]
enum Deed {
    Offer {
        class: usize,
        within: u64,
        cost: Option<u64>,
    },
    Pass {
        time: u64,
    },
    Begin {
        lane: usize,
    },
    End {
        lane: usize,
        lost: bool,
    },
    Withdraw {
        which: usize,
    },
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (0..3_usize, 0..3_000_u64, proptest::option::of(1..400_u64))
            .prop_map(|(class, within, cost)| Deed::Offer { class, within, cost }),
        2 => (1..500_u64).prop_map(|time| Deed::Pass { time }),
        3 => (0..3_usize).prop_map(|lane| Deed::Begin { lane }),
        3 => (0..3_usize, any::<bool>()).prop_map(|(lane, lost)| Deed::End { lane, lost }),
        1 => (0..20_usize).prop_map(|which| Deed::Withdraw { which }),
    ]
}

/// What the plain model knows of a request that waits.
type Plain = BTreeMap<u64, (Class, Duration)>;

const BOUND: usize = 4;

proptest! {
    /// Every request that is taken in comes out exactly once, in the order of deadlines of its class;
    /// nothing expired is ever run, and no queue is longer than it may be.
    #[test]
    fn nothing_is_lost_or_run_twice(deeds in proptest::collection::vec(deed(), 1..200)) {
        let mut dispatcher = Dispatcher::new(3, BOUND);
        let mut waiting = Plain::new();
        let mut lanes: [Option<(Entry<u64>, Charge)>; 3] = [None, None, None];
        let (mut now, mut next) = (us(0), 0);
        for deed in deeds {
            match deed {
                Deed::Offer { class, within, cost } => {
                    let class = Class::ALL[class];
                    let deadline = now + us(within);
                    let before = waiting.values().filter(|(other, _)| *other == class).count();
                    let offered = dispatcher.offer(now, entry(next, class, now, deadline, cost));
                    match offered {
                        Ok(()) => {
                            prop_assert!(before < BOUND && within > 0);
                            prop_assert!(cost.is_none_or(|cost| cost <= within));
                            waiting.insert(next, (class, deadline));
                        }
                        Err((item, refusal)) => {
                            prop_assert_eq!(item, next);
                            let is_full = before == BOUND;
                            prop_assert_eq!(matches!(refusal, Refusal::QueueFull { .. }), is_full && within > 0);
                            prop_assert_eq!(refusal == Refusal::DeadlinePassed, within == 0);
                        }
                    }
                    next += 1;
                }
                Deed::Pass { time } => now += us(time),
                Deed::Begin { lane } if lanes[lane].is_none() => {
                    while let Some(entry) = dispatcher.take_expired(now) {
                        let (_, deadline) = waiting.remove(&entry.number).unwrap();
                        prop_assert!(deadline <= now);
                    }
                    match dispatcher.take(now, lane) {
                        Some((entry, charge)) => {
                            let (class, deadline) = waiting.remove(&entry.number).unwrap();
                            prop_assert_eq!(class, entry.class);
                            prop_assert!(deadline > now);
                            let earliest = waiting
                                .values()
                                .filter(|(other, _)| *other == class)
                                .all(|(_, other)| *other >= deadline);
                            prop_assert!(earliest);
                            lanes[lane] = Some((entry, charge));
                        }
                        None => prop_assert!(waiting.is_empty()),
                    }
                }
                Deed::Begin { .. } => {}
                Deed::End { lane, lost } => {
                    if let Some((entry, charge)) = lanes[lane].take() {
                        dispatcher.finished(lane, charge, us(150));
                        let (class, deadline) = (entry.class, entry.deadline);
                        let number = entry.number;
                        if lost && dispatcher.put_back(now, entry).is_ok() {
                            prop_assert!(deadline > now);
                            waiting.insert(number, (class, deadline));
                        }
                    }
                }
                Deed::Withdraw { which } => {
                    if let Some((&number, &(class, _))) = waiting.iter().nth(which) {
                        prop_assert_eq!(dispatcher.withdraw(class, number).unwrap().number, number);
                        prop_assert!(dispatcher.withdraw(class, number).is_none());
                        waiting.remove(&number);
                    }
                }
            }
            for class in Class::ALL {
                let expected = waiting.values().filter(|(other, _)| *other == class).count();
                prop_assert_eq!(dispatcher.waiting(class), expected);
                prop_assert!(expected <= BOUND);
            }
        }
        while let Some(entry) = dispatcher.take_any() {
            prop_assert!(waiting.remove(&entry.number).is_some());
        }
        prop_assert!(waiting.is_empty());
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever a class's runs take, and on however many lanes: while all have work, each gets its share.
    #[test]
    fn busy_classes_share_by_weight(
        costs in proptest::array::uniform3(50..2_000_u64),
        lanes in 1..4_usize,
        is_known in any::<bool>(),
    ) {
        let mut world = World::new(lanes, 8);
        let mut had = [0_u64; 3];
        world.run(us(6_000_000), |world, now, ended| {
            if let Some(class) = ended {
                had[class.index()] += costs[class.index()];
            }
            for class in Class::ALL {
                while world.dispatcher.waiting(class) < 8 {
                    let cost = costs[class.index()];
                    let known = is_known.then_some(cost);
                    world.offer(now, class, us(u64::MAX / 4_000), known, cost);
                }
            }
        });
        let total: u64 = had.iter().sum();
        for class in Class::ALL {
            let share = had[class.index()] as f64 / total as f64;
            let fair = f64::from(class.weight()) / 13.0;
            prop_assert!((share - fair).abs() < 0.02, "{class}: {share:.3} of {fair:.3}, {costs:?}");
        }
    }

}

proptest! {
    /// What was promised is kept, while runs take what they were measured to take.
    #[test]
    fn promised_deadlines_are_kept(
        asks in proptest::collection::vec((0..900_u64, 100..3_000_u64, 50..600_u64), 1..300),
    ) {
        let mut world = World::new(1, 64);
        let mut asks = asks.into_iter().peekable();
        let (mut at, mut late) = (us(0), 0);
        world.run(us(400_000), |world, now, _| {
            while let Some(&(pause, within, cost)) = asks.peek() {
                if at + us(pause) > now {
                    world.wake(at + us(pause));
                    break;
                }
                at += us(pause);
                world.offer(now, Class::Cycle, us(within), Some(cost), cost);
                asks.next();
            }
            late += world.expire(now);
        });
        prop_assert_eq!(late + world.late, 0);
    }
}

#[test]
fn a_class_that_had_no_work_has_saved_nothing_up() {
    let mut world = World::new(1, 8);
    let (mut background, mut streak, mut longest) = (0, 0, 0);
    world.run(us(2_000_000), |world, now, ended| {
        match ended {
            Some(Class::Cycle) => {
                streak += 1;
                longest = longest.max(streak);
            }
            Some(Class::Background) => {
                background += 1;
                streak = 0;
            }
            _ => {}
        }
        let is_late = now > us(1_000_000);
        for class in [Class::Cycle, Class::Background] {
            let wanted = class == Class::Background || is_late;
            while wanted && world.dispatcher.waiting(class) < 4 {
                world.offer(now, class, us(10_000_000), Some(1_000), 1_000);
            }
        }
    });
    assert!(background > 1_000);
    assert!(longest <= 9, "background stood still for {longest} runs");
}

/// When it ends, its class, what it takes, its charge and its deadline.
type Run = (Duration, Class, Duration, Charge, Duration);

/// Lanes on a clock of their own.
struct World {
    dispatcher: Dispatcher<u64>,
    costs: BTreeMap<u64, u64>,
    lanes: Vec<Option<Run>>,
    next: u64,
    wake: Option<Duration>,
    late: usize,
}

impl World {
    fn new(lanes: usize, bound: usize) -> Self {
        Self {
            dispatcher: Dispatcher::new(lanes, bound),
            costs: BTreeMap::new(),
            lanes: (0..lanes).map(|_| None).collect(),
            next: 0,
            wake: None,
            late: 0,
        }
    }

    fn wake(&mut self, at: Duration) {
        self.wake = Some(at);
    }

    fn offer(
        &mut self,
        now: Duration,
        class: Class,
        within: Duration,
        known: Option<u64>,
        cost: u64,
    ) {
        let entry = entry(self.next, class, now, now + within, known);
        if self.dispatcher.offer(now, entry).is_ok() {
            self.costs.insert(self.next, cost);
        }
        self.next += 1;
    }

    fn expire(&mut self, now: Duration) -> usize {
        std::iter::from_fn(|| self.dispatcher.take_expired(now)).count()
    }

    /// Asks `world` at the start, whenever a run ends, and when it wished to be asked.
    fn run(&mut self, until: Duration, mut world: impl FnMut(&mut Self, Duration, Option<Class>)) {
        let mut now = us(0);
        let mut ended = None;
        loop {
            world(self, now, ended.take());
            for lane in 0..self.lanes.len() {
                if self.lanes[lane].is_none()
                    && let Some((entry, charge)) = self.dispatcher.take(now, lane)
                {
                    let cost = us(self.costs.remove(&entry.number).unwrap());
                    self.lanes[lane] =
                        Some((now + cost, entry.class, cost, charge, entry.deadline));
                }
            }
            let first = (0..self.lanes.len())
                .filter_map(|lane| self.lanes[lane].as_ref().map(|run| (run.0, lane)))
                .min();
            let wake = self
                .wake
                .filter(|&at| first.is_none_or(|(end, _)| at < end));
            if let Some(at) = wake {
                self.wake = None;
                now = at;
            } else if let Some((end, lane)) = first {
                let (_, class, cost, charge, deadline) = self.lanes[lane].take().unwrap();
                now = end;
                self.late += usize::from(now > deadline);
                self.dispatcher.finished(lane, charge, cost);
                ended = Some(class);
            } else {
                return;
            }
            if now >= until {
                return;
            }
        }
    }
}
