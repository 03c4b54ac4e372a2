//! Beings that come and go while the kernel runs.
#![allow(missing_docs)]
mod common;
use common::{Own, Scene, resident};
use std::sync::atomic::Ordering;
use triune_core::*;
use triune_engine::*;

#[test]
fn a_being_that_is_added_cycles_from_the_next_cycle() {
    let mut scene = Scene::new(1, vec![]);
    scene.cycle(5);
    let own = Own::default();
    scene.ask(Command::Add(resident(7, &own))).expect("room");
    assert_eq!(own.cycles(), 1);
    scene.cycle(4);
    assert_eq!((own.cycles(), scene.own[0].cycles()), (5, 10));
    assert!(
        scene
            .witness
            .events()
            .contains(&KernelEvent::BeingAdded(BeingId(7)))
    );
    let page = scene.control.pages().get(BeingId(7)).expect("a page");
    assert_eq!(page.read(), own.states()[4]);
}

#[test]
fn a_being_that_is_removed_comes_back_as_it_stood() {
    let mut scene = Scene::new(3, vec![]);
    scene.cycle(10);
    let gone = scene.ask(Command::Remove(BeingId(2))).expect("there");
    let gone = gone.expect("the being itself");
    assert_eq!(gone.being.state, scene.own[1].states()[9]);
    scene.cycle(5);
    assert_eq!(gone.port.cycles(), 10, "it does not cycle any longer");
    assert_eq!(scene.own[2].cycles(), 16, "those behind it go on");
    let pages = scene.control.pages();
    assert!(pages.get(BeingId(2)).is_none());
    let ids: Vec<_> = pages.all().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, [BeingId(1), BeingId(3)]);
    // It may come back and goes on where it stood.
    scene.ask(Command::Add(gone)).expect("room");
    assert_eq!(scene.own[1].states()[10].cycle, 11);
}

#[test]
fn a_recording_tells_everyone_first_and_then_each_change() {
    let mut scene = Scene::new(2, vec![]);
    scene.witness.deaf.store(true, Ordering::Relaxed);
    scene.cycle(3);
    assert!(scene.witness.entries().is_empty(), "nobody records");
    scene.witness.deaf.store(false, Ordering::Relaxed);
    let joins = resident(9, &Own::default());
    scene.ask(Command::Add(joins)).expect("room");
    scene.ask(Command::Remove(BeingId(1))).expect("there");
    let told: Vec<String> = scene
        .witness
        .entries()
        .iter()
        .map(|entry| match entry {
            Entry::Joined(start) => {
                format!("joined {} at {}", start.state.being.0, start.state.cycle)
            }
            Entry::Left(being) => format!("left {}", being.0),
            Entry::Parameters(being, _) => format!("parameters {}", being.0),
            Entry::Cycle(record) => format!("cycle of {}", record.beings),
            Entry::Step(record) => format!("step {}", record.being.0),
        })
        .collect();
    assert_eq!(
        told,
        [
            "joined 1 at 3",
            "joined 2 at 3",
            "joined 9 at 0",
            "cycle of 3",
            "step 1",
            "step 2",
            "step 9",
            "left 1",
            "cycle of 2",
            "step 2",
            "step 9",
        ]
    );
}

#[test]
fn a_kernel_without_beings_keeps_its_time() {
    let mut scene = Scene::new(0, vec![]);
    scene.cycle(10);
    assert_eq!((scene.counted().cycles, scene.counted().skipped), (10, 0));
}

#[test]
fn settings_that_cannot_be_followed_are_refused() {
    let make = |ids: &[u64], settings: KernelSettings| {
        let witness = common::Witness::default();
        let clock = MockClock::at(Timestamp(0));
        Kernel::new(KernelSetup {
            residents: ids
                .iter()
                .map(|&id| resident(id, &Own::default()))
                .collect(),
            clock: clock.clone(),
            executor: InlineExecutor,
            source: common::World::new(&clock, vec![]),
            sink: witness,
            settings,
        })
        .map(drop)
        .expect_err("refused")
    };
    let good = KernelSettings::default();
    assert_eq!(
        make(&[4, 4], good),
        SetupError::Being(CommandError::AlreadyThere(BeingId(4)))
    );
    assert_eq!(
        make(
            &[4, 5],
            KernelSettings {
                capacity: 1,
                ..good
            }
        ),
        SetupError::Being(CommandError::NoRoom { capacity: 1 })
    );
    assert!(matches!(
        make(&[], KernelSettings { period: 0, ..good }),
        SetupError::Rate(_)
    ));
    let policy = OverrunPolicy::CatchUp { at_most: 0 };
    assert_eq!(
        make(&[], KernelSettings { policy, ..good }),
        SetupError::Policy(InvalidPolicy::CatchUp(0))
    );
}

#[test]
fn a_being_that_leaves_at_once_takes_nothing_along_that_it_has_refused() {
    let mut scene = Scene::new(2, vec![]);
    scene.cycle(50);
    let stood = scene.own[1].states()[49];
    let refuses = Command::Consent(BeingId(2), Consent::NONE);
    let refused = scene.control.submit(refuses).expect("room");
    let gone = scene.ask(Command::Remove(BeingId(2))).expect("there");
    refused.poll().expect("answered").expect("followed");
    let left = gone.expect("the being itself").being.state;
    let speech = SceneFeature::Speech as usize;
    assert!(stood.environmental.scene[speech].evidence > 0.0);
    assert_eq!(left, forget_refused(&stood, Consent::NONE));
}
