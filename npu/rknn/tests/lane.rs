//! A context on a thread of its own.
#![allow(missing_docs)]

mod common;

use std::sync::mpsc::channel;
use std::time::Duration;

use common::stub::Stub;
use triune_rknn::{Core, Cores, Form, Lane, LaneError, Role};

#[test]
fn each_core_has_a_lane_and_they_run_at_once() {
    let Some(stub) = Stub::open() else { return };
    let first = stub.context();
    let contexts = [
        first.duplicate().unwrap(),
        first.duplicate().unwrap(),
        first,
    ];
    let lanes: Vec<Lane> = contexts
        .into_iter()
        .enumerate()
        .map(|(index, context)| Lane::start(&format!("npu {index}"), context, 4).unwrap())
        .collect();
    // Each job waits until all have begun: on one thread they would wait for ever.
    let barrier = std::sync::Arc::new(std::sync::Barrier::new(3));
    let tickets: Vec<_> = lanes
        .iter()
        .zip(Core::ALL)
        .map(|(lane, core)| {
            let barrier = std::sync::Arc::clone(&barrier);
            lane.submit(move |context| {
                context.set_cores(Cores::One(core))?;
                for role in [Role::Input, Role::Output] {
                    for index in 0..context.count(role) {
                        context.bind_new(role, index, Form::Native)?;
                    }
                }
                barrier.wait();
                context.run()
            })
            .unwrap()
        })
        .collect();
    for ticket in tickets {
        ticket.wait().unwrap().unwrap();
    }
    drop(lanes);
    stub.assert_nothing_left();
}

#[test]
fn a_full_lane_refuses_and_a_panic_does_not_end_it() {
    let Some(stub) = Stub::open() else { return };
    let lane = Lane::start("npu", stub.context(), 1).unwrap();
    let (go, gate) = channel::<()>();
    let (begun, has_begun) = channel();
    let first = lane
        .submit(move |_| {
            begun.send(()).unwrap();
            gate.recv().unwrap();
            1
        })
        .unwrap();
    has_begun.recv().unwrap();
    let second = lane.submit(|_| -> i32 { panic!("on purpose") }).unwrap();
    assert_eq!(lane.submit(|_| 3).unwrap_err(), LaneError::Full);
    assert_eq!(first.poll(), Err(LaneError::NotDone));
    assert_eq!(
        first.wait_for(Duration::from_millis(1)),
        Err(LaneError::NotDone)
    );
    go.send(()).unwrap();
    assert_eq!(first.wait(), Ok(1));
    assert_eq!(second.wait(), Err(LaneError::Panicked));
    let third = lane.submit(|context| context.count(Role::Output)).unwrap();
    assert_eq!(third.wait(), Ok(2));
    let context = lane.close().unwrap();
    assert_eq!(stub.counters().contexts, 1);
    drop(context);
    stub.assert_nothing_left();
}

#[test]
fn jobs_that_wait_are_done_before_the_lane_ends() {
    let Some(stub) = Stub::open() else { return };
    let lane = Lane::start("npu", stub.context(), 8).unwrap();
    let tickets: Vec<_> = (0..8)
        .map(|index| lane.submit(move |_| index).unwrap())
        .collect();
    drop(lane);
    for (index, ticket) in tickets.into_iter().enumerate() {
        assert_eq!(ticket.wait(), Ok(index));
    }
}
