//! Bursts: more beings or a higher rate for a bounded time.
#![allow(missing_docs)]
mod common;
use common::{Own, PERIOD, Scene, World};
use proptest::prelude::*;
use triune_core::*;
use triune_engine::*;

const SECOND: Nanoseconds = 1_000_000_000;

const BURST: BurstSettings = BurstSettings {
    steady_beings: 2,
    burst_beings: 4,
    longest: SECOND,
    rest: SECOND,
    rate: None,
    cost_limit: 70,
    by_itself: false,
};

/// Beings of which each takes so long a cycle.
fn scene(beings: u64, each: Nanoseconds, burst: BurstSettings) -> Scene {
    let clock = MockClock::at(Timestamp(0));
    let own = (0..beings)
        .map(|_| Own {
            work: Some((clock.clone(), each)),
            ..Own::default()
        })
        .collect();
    let settings = KernelSettings {
        burst: Some(burst),
        ..KernelSettings::default()
    };
    Scene::of(
        InlineExecutor,
        &clock,
        own,
        World::new(&clock, vec![]),
        settings,
    )
}

fn start() -> Command<Own> {
    Command::Burst(BurstCommand::Start)
}

fn refused(why: BurstRefusal) -> CommandError {
    CommandError::Burst(why)
}

/// Beginnings and ends, in order.
fn course(scene: &Scene) -> Vec<KernelEvent> {
    let mut events = scene.witness.events();
    events.retain(|event| {
        matches!(
            event,
            KernelEvent::BurstBegan(_) | KernelEvent::BurstEnded(_)
        )
    });
    events
}

fn cycles(scene: &Scene) -> Vec<u64> {
    scene.own.iter().map(Own::cycles).collect()
}

/// The promise: whatever happens to others, the steady ones are there at every deadline.
fn assert_steady_lose_nothing(scene: &Scene) {
    let counted = scene.counted();
    assert_eq!((counted.skipped, counted.overruns), (0, 0));
    for own in &scene.own[..2] {
        assert_eq!(own.cycles(), counted.scheduled);
    }
}

#[test]
fn beings_beyond_the_steady_ones_wait_and_keep_their_state() {
    let mut scene = scene(4, 0, BURST);
    scene.cycle(10);
    assert_eq!(cycles(&scene), [10, 10, 0, 0]);
    let counted = scene.counted();
    assert_eq!((counted.beings_cycling, counted.beings_waiting), (2, 2));
    scene.ask(start()).expect("headroom");
    scene.cycle(9);
    scene.ask(Command::Burst(BurstCommand::End)).expect("lasts");
    let kept = scene.own[2].states().pop();
    scene.cycle(500);
    scene.ask(start()).expect("rested");
    let next = scene.own[3].states();
    assert!(next.len() > 8);
    scene.cycle(3);
    let states = scene.own[2].states();
    let after = kept.expect("it cycled").cycle + 1;
    assert!(
        states.iter().any(|state| state.cycle == after),
        "it goes on where it stood"
    );
    assert_steady_lose_nothing(&scene);
}

#[test]
fn a_command_begins_a_burst_and_its_time_ends_it() {
    let mut scene = scene(6, 0, BURST);
    scene.ask(start()).expect("headroom");
    assert_eq!(cycles(&scene), [1, 1, 1, 0, 0, 0], "one more being a cycle");
    assert_eq!(scene.refusal(start()), refused(BurstRefusal::Lasts));
    scene.cycle(400);
    assert_eq!(
        course(&scene),
        [
            KernelEvent::BurstBegan(BurstCause::Command),
            KernelEvent::BurstEnded(BurstEnd::TimeUp)
        ]
    );
    let counted = scene.counted();
    assert_eq!((counted.bursts, counted.bursting), (1, false));
    assert_eq!(
        counted.burst_time,
        SECOND + PERIOD,
        "ends after the cycle at its time"
    );
    // Every cycle says who was there and whether a burst lasted.
    for cycle in scene.witness.cycles() {
        assert_eq!(cycle.beings > 2, cycle.burst == 1);
        assert!(cycle.beings <= 4);
    }
    assert!(matches!(
        scene.refusal(start()),
        CommandError::Burst(BurstRefusal::Resting(_))
    ));
    assert_steady_lose_nothing(&scene);
}

#[test]
fn those_who_wait_take_turns() {
    let mut scene = scene(6, 0, BURST);
    for _ in 0..2 {
        scene.ask(start()).expect("rested");
        scene.cycle(600);
    }
    let cycles = cycles(&scene);
    assert_eq!(cycles[2], cycles[4]);
    assert_eq!(cycles[3], cycles[5]);
    assert!(cycles[2] > 200);
    assert_steady_lose_nothing(&scene);
}

#[test]
fn a_burst_begins_by_itself_when_beings_wait_and_there_is_headroom() {
    let settings = BurstSettings {
        by_itself: true,
        ..BURST
    };
    let mut calm = scene(4, PERIOD / 20, settings);
    calm.cycle(1_000);
    let began = KernelEvent::BurstBegan(BurstCause::Load);
    let ended = KernelEvent::BurstEnded(BurstEnd::TimeUp);
    assert_eq!(course(&calm), [began, ended, began, ended]);
    assert_steady_lose_nothing(&calm);
    // Three of 0.3 periods each would fill 90 %.
    let mut busy = scene(4, PERIOD * 3 / 10, settings);
    busy.cycle(1_000);
    assert_eq!(course(&busy), []);
    assert_eq!(busy.refusal(start()), refused(BurstRefusal::NoHeadroom));
    assert_steady_lose_nothing(&busy);
    let mut nobody = scene(2, 0, settings);
    nobody.cycle(1_000);
    assert_eq!(course(&nobody), []);
    assert_eq!(nobody.refusal(start()), refused(BurstRefusal::NothingWaits));
}

#[test]
fn a_burst_takes_in_only_as_many_as_fit() {
    let settings = BurstSettings {
        burst_beings: 10,
        ..BURST
    };
    // Each takes 15 %: four fill 60 %, five would fill 75 %.
    let mut scene = scene(10, PERIOD * 15 / 100, settings);
    scene.cycle(1);
    scene.ask(start()).expect("headroom");
    scene.cycle(200);
    let most = scene
        .witness
        .cycles()
        .iter()
        .map(|cycle| cycle.beings)
        .max();
    assert_eq!(most, Some(4));
    assert!(scene.counted().bursting, "it lasts with those who fit");
    assert_steady_lose_nothing(&scene);
}

#[test]
fn beings_that_cost_more_than_foreseen_end_the_burst_before_a_deadline_is_lost() {
    let mut scene = scene(4, PERIOD / 10, BURST);
    // The third being takes five times as long as the steady ones.
    let heavy = Own {
        work: Some((scene.clock.clone(), PERIOD * 55 / 100)),
        ..Own::default()
    };
    for id in [3, 4] {
        scene.ask(Command::Remove(BeingId(id))).expect("there");
    }
    scene
        .ask(Command::Add(common::resident(9, &heavy)))
        .expect("room");
    scene.ask(start()).expect("headroom as far as is known");
    scene.cycle(50);
    assert_eq!(
        course(&scene)[1],
        KernelEvent::BurstEnded(BurstEnd::CostLimit)
    );
    assert_eq!(heavy.cycles(), 1);
    assert_steady_lose_nothing(&scene);
}

#[test]
fn an_overrun_ends_the_burst() {
    let mut scene = scene(4, 0, BURST);
    scene.ask(start()).expect("headroom");
    scene.cycle(5);
    scene.clock.advance(3 * PERIOD);
    scene.cycle(2);
    assert_eq!(
        course(&scene)[1],
        KernelEvent::BurstEnded(BurstEnd::Overrun)
    );
    assert_eq!(scene.witness.cycles().pop().expect("a cycle").beings, 2);
}

#[test]
fn stalls_of_the_machine_do_not_lengthen_the_rest() {
    let mut scene = scene(4, 0, BURST);
    for _ in 0..4 {
        scene.ask(start()).expect("rested for its ordinary rest");
        scene.cycle(5);
        // The thread was kept from its processor; its cycles are short.
        scene.clock.advance(3 * PERIOD);
        scene.cycle(2);
        assert_eq!(
            course(&scene).pop(),
            Some(KernelEvent::BurstEnded(BurstEnd::Overrun))
        );
        scene.cycle(SECOND / PERIOD);
    }
}

#[test]
fn a_being_that_is_too_much_every_time_is_tried_ever_more_seldom() {
    let settings = BurstSettings {
        by_itself: true,
        rest: 100 * PERIOD,
        ..BURST
    };
    let mut scene = scene(2, 0, settings);
    let endless = Own {
        work: Some((scene.clock.clone(), 2 * PERIOD)),
        ..Own::default()
    };
    scene
        .ask(Command::Add(common::resident(9, &endless)))
        .expect("room");
    scene.cycle(10_000);
    // 100, 200, 400 ... cycles of rest: 200 + 400 + 800 + 1600 + 3200 and then 6400.
    assert_eq!(endless.cycles(), 6);
    assert_eq!(scene.counted().overruns, 6);
}

proptest! {
    /// Beings of any cost below the free third of the period come and go by bursts: the steady
    /// ones are there at every deadline.
    #[test]
    fn the_steady_lose_no_cycle(
        costs in prop::collection::vec(0..PERIOD / 4, 0..8),
        steady in 0..PERIOD / 10,
        by_itself: bool,
        starts in prop::collection::vec(1_u64..400, 1..8),
    ) {
        let settings = BurstSettings {
            burst_beings: 8,
            longest: 100 * PERIOD,
            rest: 50 * PERIOD,
            by_itself,
            ..BURST
        };
        let mut scene = scene(2, steady, settings);
        for (id, cost) in (10..).zip(costs) {
            let own = Own {
                work: Some((scene.clock.clone(), cost)),
                ..Own::default()
            };
            scene.ask(Command::Add(common::resident(id, &own))).expect("room");
        }
        for cycles in starts {
            let _begun_or_refused = scene.ask(start());
            scene.cycle(cycles);
        }
        assert_steady_lose_nothing(&scene);
    }
}

#[test]
fn a_burst_may_raise_the_rate() {
    let settings = BurstSettings {
        rate: Some(1000),
        ..BURST
    };
    let mut scene = scene(2, PERIOD / 20, settings);
    scene.cycle(10);
    scene.ask(start()).expect("headroom");
    assert_eq!(scene.counted().period, 1_000_000);
    scene.cycle(1_500);
    assert_eq!(scene.counted().period, PERIOD);
    let events: Vec<_> = scene.witness.events();
    assert_eq!(
        events,
        [
            KernelEvent::BurstBegan(BurstCause::Command),
            KernelEvent::PeriodChanged(1_000_000),
            KernelEvent::BurstEnded(BurstEnd::TimeUp),
            KernelEvent::PeriodChanged(PERIOD),
        ]
    );
    let told: u64 = scene
        .witness
        .cycles()
        .iter()
        .map(|cycle| cycle.tick.elapsed)
        .sum();
    let last = scene.witness.cycles().pop().expect("a cycle");
    assert_eq!(Timestamp(told), last.tick.time);
    assert_steady_lose_nothing(&scene);
}

#[test]
fn nobody_left_to_take_in_ends_the_burst() {
    let mut scene = scene(3, 0, BURST);
    scene.ask(start()).expect("headroom");
    scene.ask(Command::Remove(BeingId(1))).expect("there");
    scene.cycle(1);
    assert_eq!(
        course(&scene)[1],
        KernelEvent::BurstEnded(BurstEnd::NothingLeft)
    );
    assert_eq!(
        scene.counted().beings_waiting,
        0,
        "the third is a steady one now"
    );
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let check = |change: fn(&mut BurstSettings)| {
        let mut settings = BURST;
        change(&mut settings);
        settings.check().expect_err("refused")
    };
    assert_eq!(
        check(|burst| burst.steady_beings = 0),
        InvalidBurst::Beings {
            steady: 0,
            burst: 4
        }
    );
    assert_eq!(check(|burst| burst.longest = 0), InvalidBurst::Length);
    assert_eq!(
        check(|burst| burst.rate = Some(1001)),
        InvalidBurst::Rate(1001)
    );
    assert_eq!(
        check(|burst| burst.cost_limit = 91),
        InvalidBurst::CostLimit(91)
    );
}

/// Whether the being with that id still has averages of what it heard.
fn knows_sound(scene: &Scene, id: u64) -> bool {
    let page = scene.control.pages().get(BeingId(id)).expect("a page");
    page.read().environmental.scene[SceneFeature::Loudness as usize] != Average::default()
}

const DEAF: Consent = Consent::ALL.with(Sense::Hear, false);
const MUTE: Consent = Consent::ALL.with(Sense::Speak, false);

fn expression(scene: &Scene, id: u64) -> f32 {
    let page = scene.control.pages().get(BeingId(id)).expect("a page");
    page.read().observation.expression
}

#[test]
fn a_being_that_waits_forgets_what_it_refuses_at_once() {
    let mut scene = scene(3, 0, BURST);
    scene.ask(start()).expect("headroom");
    scene.cycle(50);
    scene.ask(Command::Burst(BurstCommand::End)).expect("lasts");
    assert!(knows_sound(&scene, 3));
    scene
        .ask(Command::Consent(BeingId(3), DEAF))
        .expect("there");
    assert!(!knows_sound(&scene, 3));
    // The recording knows the state with which the being goes on.
    let entries = scene.witness.entries();
    let start = entries.iter().rev().find_map(|entry| match entry {
        Entry::Joined(start) => Some(*start),
        _ => None,
    });
    let start = start.expect("told");
    assert_eq!((start.state.being, start.consent), (BeingId(3), DEAF));
    let gone = scene.ask(Command::Remove(BeingId(3))).expect("there");
    assert_eq!(gone.expect("itself").being.state, start.state);
}

#[test]
fn a_being_that_waits_expresses_nothing_once_it_may_not_speak() {
    let mut scene = scene(3, 0, BURST);
    scene.ask(start()).expect("headroom");
    scene.cycle(50);
    scene.ask(Command::Burst(BurstCommand::End)).expect("lasts");
    assert!(expression(&scene, 3) > 0.0);
    scene
        .ask(Command::Consent(BeingId(3), MUTE))
        .expect("there");
    assert_eq!(expression(&scene, 3), 0.0);
    assert!(knows_sound(&scene, 3), "what it heard stays its own");
    let gone = scene.ask(Command::Remove(BeingId(3))).expect("there");
    let left = gone.expect("itself").being.state;
    assert_eq!(left.observation.expression, 0.0);
}

#[test]
fn a_being_that_refuses_and_is_sent_to_wait_forgets_as_well() {
    let mut scene = scene(3, 0, BURST);
    scene.ask(start()).expect("headroom");
    scene.cycle(50);
    // Both in the same cycle: it never cycles under its new consent.
    let consent = Command::Consent(BeingId(3), DEAF);
    let _consent = scene.control.submit(consent).expect("room");
    scene.ask(Command::Burst(BurstCommand::End)).expect("lasts");
    assert!(!knows_sound(&scene, 3));
    // Nor does a being bring in what it refuses by now.
    let mut hears = Scene::new(1, vec![]);
    hears.cycle(50);
    assert!(expression(&hears, 1) > 0.0);
    let mut back = hears
        .ask(Command::Remove(BeingId(1)))
        .expect("there")
        .expect("itself");
    back.being.state.being = BeingId(4);
    let stood = back.being.state;
    back.being.consent = DEAF;
    scene.ask(Command::Add(back)).expect("room");
    assert!(!knows_sound(&scene, 4));
    let mut back = scene
        .ask(Command::Remove(BeingId(4)))
        .expect("there")
        .expect("itself");
    back.being.state = stood;
    back.being.consent = MUTE;
    scene.ask(Command::Add(back)).expect("room");
    assert_eq!(expression(&scene, 4), 0.0);
}
