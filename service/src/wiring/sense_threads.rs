//! Starts the three senses and hands out their ends.

use super::body::BodyPart;
use super::facts::{SenseFacts, publisher};
use super::hearing::HearingPart;
use super::hub::SenseEnds;
use super::latest::Taker;
use super::process::Rate;
use super::sight::SightPart;
use super::steward::SensedEvent;
use super::stop::Stop;
use super::supervisor::supervise;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use triune_board::{Board, ResolvedCores};
use triune_core::{BodyPercept, HearingPercept, SightPercept};
use triune_engine::RealTimeWish;

/// Events of a sense that may wait for the steward, who comes every 20 ms.
const WAITING_EVENTS: usize = 256;

/// The running senses.
pub(super) struct SenseThreads {
    pub(super) threads: Vec<JoinHandle<()>>,
    /// The cycle's ends.
    pub(super) hearing: Taker<HearingPercept>,
    pub(super) sight: Taker<SightPercept>,
    pub(super) body: Taker<BodyPercept>,
    /// The steward's ends.
    pub(super) heard: rtrb::Consumer<SensedEvent>,
    pub(super) seen: rtrb::Consumer<SensedEvent>,
    /// The status's ends.
    pub(super) status: SenseEnds,
}

/// Starts hearing, sight and body on the board's devices.
pub(super) fn start(
    board: &Board,
    cores: &ResolvedCores,
    stop: &Stop,
) -> std::io::Result<SenseThreads> {
    let devices = &board.devices;
    let mut threads = Vec::new();

    let (giver, hearing, hearing_shown) = publisher();
    let (events, heard) = rtrb::RingBuffer::new(WAITING_EVENTS);
    let hearing_facts = SenseFacts::new();
    let mut part = HearingPart {
        spec: devices.microphone.clone(),
        publisher: giver,
        events,
        facts: Arc::clone(&hearing_facts),
        stop: stop.clone(),
    };
    let capture = RealTimeWish {
        priority: Some(board.priorities.capture),
        ..on(&cores.capture)
    };
    let report = Arc::clone(&hearing_facts);
    threads.push(supervise(
        "hearing",
        capture,
        stop.clone(),
        report,
        move || part.run(),
    )?);

    let (giver, sight, sight_shown) = publisher();
    let (events, seen) = rtrb::RingBuffer::new(WAITING_EVENTS);
    let sight_facts = SenseFacts::new();
    let mut part = SightPart {
        spec: devices.camera.clone(),
        publisher: giver,
        events,
        facts: Arc::clone(&sight_facts),
        stop: stop.clone(),
    };
    let report = Arc::clone(&sight_facts);
    threads.push(supervise(
        "sight",
        on(&cores.sight),
        stop.clone(),
        report,
        move || part.run(),
    )?);

    let (giver, body, body_shown) = publisher();
    let body_facts = SenseFacts::new();
    let mut part = BodyPart {
        spec: devices.vitals.clone(),
        publisher: giver,
        facts: Arc::clone(&body_facts),
        stop: stop.clone(),
    };
    let report = Arc::clone(&body_facts);
    threads.push(supervise(
        "body",
        on(&cores.control),
        stop.clone(),
        report,
        move || part.run(),
    )?);

    let status = SenseEnds {
        hearing: (hearing_facts, hearing_shown),
        sight: (sight_facts, sight_shown),
        body: (body_facts, body_shown),
        frame_rate: Mutex::new(Rate::new()),
    };
    Ok(SenseThreads {
        threads,
        hearing,
        sight,
        body,
        heard,
        seen,
        status,
    })
}

/// Ordinary scheduling on these processors.
pub(super) fn on(processors: &[usize]) -> RealTimeWish {
    RealTimeWish {
        processors: processors.to_vec(),
        ..RealTimeWish::default()
    }
}
