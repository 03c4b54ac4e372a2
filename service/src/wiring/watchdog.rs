//! Feeds the hardware watchdog, but only while cycles advance: a service that hangs resets
//! the board.

use super::stop::Stop;
use super::supervisor::{Ended, Report, supervise};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use triune_board::WatchdogSpec;
use triune_engine::{Counters, RealTimeWish};
use triune_hal::{Watchdog, WatchdogError, open_watchdog};

/// Longest time between two feedings.
const INTERVAL: Duration = Duration::from_secs(2);

/// Nobody asks for the watchdog's state; the log holds it.
struct Unreported;

impl Report for Unreported {
    fn absent(&self, _why: &str) {}
    fn restarting(&self) {}
}

/// Starts the thread that feeds.
pub(super) fn start(
    wish: RealTimeWish,
    spec: WatchdogSpec,
    counters: Arc<Counters>,
    stop: Stop,
) -> std::io::Result<JoinHandle<()>> {
    let ended = stop.clone();
    supervise(
        "watchdog",
        wish,
        stop,
        Unreported,
        move || match open_watchdog(&spec) {
            Ok(Some(watchdog)) => feed(watchdog, &counters, &ended),
            Ok(None) => Ended::NotFitted("this board has no watchdog".to_owned()),
            Err(error) => ended_by(&error),
        },
    )
}

fn feed(mut watchdog: Box<dyn Watchdog>, counters: &Counters, stop: &Stop) -> Ended {
    log::info!(
        "watchdog: {}, resets after {} s",
        watchdog.describe(),
        watchdog.timeout_s()
    );
    let interval = INTERVAL.min(Duration::from_secs(u64::from(watchdog.timeout_s())) / 4);
    let mut cycles = None;
    loop {
        let now = counters.cycles();
        if cycles == Some(now) {
            log::error!("watchdog: the cycle stands still; it is not fed");
        } else if let Err(error) = watchdog.feed() {
            return ended_by(&error);
        }
        cycles = Some(now);
        if stop.wait(interval) {
            // An end that was asked for is no reason to reset the board.
            return match watchdog.disarm() {
                Ok(()) => Ended::Stopped,
                Err(error) => ended_by(&error),
            };
        }
    }
}

fn ended_by(error: &WatchdogError) -> Ended {
    match error {
        WatchdogError::NotFound { .. } => Ended::NotFitted(error.to_string()),
        _ => Ended::Failed(error.to_string()),
    }
}
