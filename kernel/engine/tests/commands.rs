//! Every command has an outcome.
#![allow(missing_docs)]
mod common;
use common::{Own, PERIOD, Scene, resident};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use triune_core::*;
use triune_engine::*;

#[test]
fn a_consent_is_in_force_from_the_next_cycle() {
    let mut scene = Scene::new(1, vec![]);
    scene.cycle(1);
    let deaf = Consent::ALL.with(Sense::Hear, false);
    scene
        .ask(Command::Consent(BeingId(1), deaf))
        .expect("there");
    let steps = scene.witness.steps(BeingId(1));
    assert!(steps[0].percept.hearing.level.is_present());
    assert_eq!(steps[1].percept.hearing, HearingPercept::ABSENT);
    assert_eq!(
        scene.witness.events(),
        [KernelEvent::ConsentChanged(BeingId(1), deaf)]
    );
}

#[test]
fn what_cannot_be_followed_is_refused_by_name() {
    let settings = KernelSettings {
        capacity: 2,
        ..KernelSettings::default()
    };
    let mut scene = Scene::with(2, vec![], settings);
    let stranger = BeingId(99);
    let unknown = CommandError::UnknownBeing(stranger);
    assert_eq!(scene.refusal(Command::Remove(stranger)), unknown);
    assert_eq!(
        scene.refusal(Command::Consent(stranger, Consent::NONE)),
        unknown
    );
    let parameters = Parameters::default();
    assert_eq!(
        scene.refusal(Command::Parameters(stranger, parameters)),
        unknown
    );
    assert_eq!(
        scene.refusal(Command::Rate(999_999)),
        CommandError::Rate(RateOutOfRange { period: 999_999 })
    );
    assert_eq!(
        scene.refusal(Command::Policy(OverrunPolicy::CatchUp { at_most: 0 })),
        CommandError::Policy(InvalidPolicy::CatchUp(0))
    );
    assert_eq!(
        scene.refusal(Command::Burst(BurstCommand::Start)),
        CommandError::Burst(BurstRefusal::SwitchedOff)
    );
    let wild = Parameters {
        centre_damping: f32::NAN,
        ..parameters
    };
    assert!(matches!(
        scene.refusal(Command::Parameters(BeingId(1), wild)),
        CommandError::Parameter(ParameterOutOfRange {
            name: "centre_damping",
            ..
        })
    ));
}

#[test]
fn a_being_that_is_refused_comes_back() {
    let settings = KernelSettings {
        capacity: 2,
        ..KernelSettings::default()
    };
    let mut scene = Scene::with(2, vec![], settings);
    for (id, why) in [
        (2, CommandError::AlreadyThere(BeingId(2))),
        (3, CommandError::NoRoom { capacity: 2 }),
    ] {
        let refused = scene.ask(Command::Add(resident(id, &Own::default())));
        let refused = refused.expect_err("no seat");
        assert_eq!(refused.why, why);
        let back = refused.resident.expect("the being itself");
        assert_eq!(back.being.state.being, BeingId(id));
    }
    assert_eq!(scene.control.pages().all().len(), 2);
}

/// An import or an essence may hold anything behind a right checksum.
#[test]
fn a_being_with_a_damaged_state_is_refused() {
    let mut damaged = resident(3, &Own::default());
    damaged.being.state.analytical.elp.logos = f32::NAN;
    let mut scene = Scene::new(1, vec![]);
    let refused = scene.ask(Command::Add(damaged.clone()));
    let refused = refused.expect_err("damaged");
    let is_logos = |why: &CommandError| matches!(why, CommandError::State(state) if state.name == "analytical.elp.logos");
    assert!(is_logos(&refused.why), "{refused:?}");
    let back = refused.resident.expect("the being itself");
    assert_eq!(back.being.state.being, BeingId(3));
    let clock = MockClock::at(Timestamp(0));
    let made = Kernel::new(KernelSetup {
        residents: vec![damaged],
        clock: clock.clone(),
        executor: InlineExecutor,
        source: common::World::new(&clock, vec![]),
        sink: common::Witness::default(),
        settings: KernelSettings::default(),
    });
    let error = made.map(drop).expect_err("damaged");
    assert!(
        matches!(error, SetupError::Being(why) if is_logos(&why)),
        "{error}"
    );
}

#[test]
fn too_many_commands_are_refused_and_none_is_lost() {
    let mut scene = Scene::new(1, vec![]);
    let mut tickets = Vec::new();
    let busy = loop {
        match scene.control.submit(Command::Rate(PERIOD)) {
            Ok(ticket) => tickets.push(ticket),
            Err(refused) => break refused.why,
        }
    };
    assert_eq!(busy, CommandError::Busy);
    assert!(tickets.iter().all(|ticket| ticket.poll().is_none()));
    scene.cycle(1);
    assert!(tickets.len() >= 16);
    for ticket in tickets {
        ticket.poll().expect("answered").expect("followed");
    }
}

#[test]
fn what_nobody_waited_for_can_still_be_claimed() {
    let mut scene = Scene::new(2, vec![]);
    let removal = scene.control.submit(Command::Remove(BeingId(2)));
    let late = removal.expect("sent").wait(Duration::ZERO);
    assert_eq!(late.expect_err("no cycle yet").why, CommandError::TimedOut);
    scene.cycle(1);
    let unclaimed = scene.control.take_unclaimed();
    assert_eq!(unclaimed.len(), 1);
    assert_eq!(unclaimed[0].being.state.being, BeingId(2));
    assert!(scene.control.pages().get(BeingId(2)).is_none());
    assert!(scene.control.take_unclaimed().is_empty());
}

#[test]
fn a_stopped_kernel_says_so_and_keeps_nobody() {
    let scene = Scene::new(2, vec![]);
    let control = scene.control.clone();
    let early = control
        .submit(Command::Add(resident(5, &Own::default())))
        .expect("room");
    let stop = AtomicBool::new(true);
    let everyone = scene.kernel.run(&stop);
    assert_eq!(everyone.len(), 2);
    let refused = early.wait(Duration::from_secs(5)).expect_err("too late");
    assert_eq!(refused.why, CommandError::Stopped);
    assert!(refused.resident.is_some());
    assert_eq!(control.set_rate(PERIOD), Err(CommandError::Stopped));
    let refused = control.add(resident(6, &Own::default())).expect_err("gone");
    assert!(refused.resident.is_some());
}

#[test]
fn a_kernel_that_is_gone_answers_nobody() {
    let scene = Scene::new(1, vec![]);
    let ticket = scene.control.submit(Command::Rate(PERIOD)).expect("room");
    assert!(ticket.poll().is_none());
    drop(scene.kernel);
    let outcome = ticket.wait(Duration::from_secs(5));
    assert_eq!(outcome.expect_err("gone").why, CommandError::Stopped);
}

#[test]
fn many_threads_command_one_kernel() {
    let scene = Scene::new(1, vec![]);
    let (control, stop) = (scene.control.clone(), AtomicBool::new(false));
    let everyone = std::thread::scope(|scope| {
        let runs = scope.spawn(|| scene.kernel.run(&stop));
        let clients: Vec<_> = (10..14)
            .map(|id| {
                let control = control.clone();
                scope.spawn(move || {
                    for _ in 0..20 {
                        control.add(resident(id, &Own::default())).expect("room");
                        control
                            .set_consent(BeingId(id), Consent::NONE)
                            .expect("there");
                        let gone = control.remove(BeingId(id)).expect("there");
                        assert_eq!(gone.being.consent, Consent::NONE);
                    }
                })
            })
            .collect();
        for client in clients {
            client.join().expect("no panic");
        }
        stop.store(true, Ordering::Relaxed);
        runs.join().expect("no panic")
    });
    assert_eq!(everyone.len(), 1);
    assert_eq!(control.pages().all().len(), 1);
}

#[test]
fn a_being_that_comes_while_the_kernel_stops_is_never_lost() {
    const BEINGS: u64 = 200;
    for _ in 0..100 {
        let settings = KernelSettings {
            capacity: 2 * BEINGS as usize,
            ..KernelSettings::default()
        };
        let Scene {
            kernel, control, ..
        } = Scene::with(BEINGS, vec![], settings);
        let begun = AtomicBool::new(false);
        let (added, there) = std::thread::scope(|scope| {
            let comes = scope.spawn(|| {
                let mut tickets = Vec::new();
                let mut id = BEINGS;
                loop {
                    id += 1;
                    match control.submit(Command::Add(resident(id, &Own::default()))) {
                        Ok(ticket) => tickets.push(ticket),
                        Err(refused) if refused.why == CommandError::Busy => {}
                        Err(_stopped) => return tickets,
                    }
                    begun.store(true, Ordering::Relaxed);
                }
            });
            while !begun.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
            let there = kernel.run(&AtomicBool::new(true)).len() - BEINGS as usize;
            (comes.join().expect("no panic"), there)
        });
        let sent = added.len();
        let back = added
            .into_iter()
            .filter_map(|ticket| ticket.wait(Duration::from_secs(5)).err()?.resident)
            .count();
        assert_eq!(sent, there + back);
    }
}
