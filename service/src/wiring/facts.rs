//! What a sense tells of itself: whether it is there, since when, on which device.

use super::latest::{Ageing, Giver, Taker, latest};
use super::supervisor::Report;
use crate::status::{Sense, SenseState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use triune_core::Timestamp;

/// Facts of one sense, shared by its thread and the status.
#[derive(Debug)]
pub(super) struct SenseFacts {
    standing: Mutex<Standing>,
    /// Events that began.
    pub(super) events: AtomicU64,
    /// Times that it was started anew.
    restarts: AtomicU64,
    /// Times that the device had data before we took it.
    pub(super) overruns: AtomicU64,
    /// Blocks or frames taken.
    pub(super) taken: AtomicU64,
}

#[derive(Debug)]
struct Standing {
    since: Instant,
    /// Device while it is there, else why it is not.
    device: Result<String, String>,
}

impl SenseFacts {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            standing: Mutex::new(Standing {
                since: Instant::now(),
                device: Err("is being opened".to_owned()),
            }),
            events: AtomicU64::new(0),
            restarts: AtomicU64::new(0),
            overruns: AtomicU64::new(0),
            taken: AtomicU64::new(0),
        })
    }

    /// The device is there.
    pub(super) fn present(&self, device: &str) {
        let mut standing = self.lock();
        if standing.device.is_err() {
            standing.since = Instant::now();
        }
        standing.device = Ok(device.to_owned());
    }

    /// The status's view; `refused` if the being may not have this sense.
    pub(super) fn view(&self, refused: bool) -> Sense {
        let standing = self.lock();
        let (state, device, why) = match &standing.device {
            _ if refused => (
                SenseState::Refused,
                None,
                Some("refused by consent".to_owned()),
            ),
            Ok(device) => (SenseState::Present, Some(device.clone()), None),
            Err(why) => (SenseState::Absent, None, Some(why.clone())),
        };
        Sense {
            state,
            since_s: standing.since.elapsed().as_secs_f64(),
            why,
            device,
            events: self.events.load(Ordering::Relaxed),
            restarts: self.restarts.load(Ordering::Relaxed),
            overruns: self.overruns.load(Ordering::Relaxed),
        }
    }

    /// Whether the device is there.
    pub(super) fn is_present(&self) -> bool {
        self.lock().device.is_ok()
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Report for Arc<SenseFacts> {
    fn absent(&self, why: &str) {
        let mut standing = self.lock();
        if standing.device.is_ok() {
            standing.since = Instant::now();
        }
        standing.device = Err(why.to_owned());
    }

    fn restarting(&self) {
        self.restarts.fetch_add(1, Ordering::Relaxed);
    }
}

/// The giving ends of a sense: one for the cycle, one for the status.
pub(super) struct Publisher<T: Ageing> {
    to_cycle: Giver<T>,
    to_status: Giver<T>,
}

/// A publisher with the cycle's end and the status's end.
pub(super) fn publisher<T: Ageing>() -> (Publisher<T>, Taker<T>, Mutex<Taker<T>>) {
    let (to_cycle, cycle) = latest();
    let (to_status, status) = latest();
    (
        Publisher {
            to_cycle,
            to_status,
        },
        cycle,
        Mutex::new(status),
    )
}

impl<T: Ageing> Publisher<T> {
    /// Publishes what was sensed at `time`.
    pub(super) fn publish(&mut self, value: T, time: Timestamp) {
        self.to_cycle.give(value, time);
        self.to_status.give(value, time);
    }

    /// Publishes that nothing is known any more.
    pub(super) fn publish_absent(&mut self) {
        self.to_cycle.give_absent();
        self.to_status.give_absent();
    }
}
