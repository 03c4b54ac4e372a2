//! Keeps a part running: whatever ends it, it is started again, with growing pauses.

use super::stop::Stop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use triune_engine::{RealTimeWish, request_real_time};

/// First pause after a failure.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// A part that ran this long before it failed begins with the first pause again.
const GOOD_RUN: Duration = Duration::from_secs(30);

/// How one run of a part ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// It is not there on this board and will not come: leave it.
    NotFitted(String),
    /// It is wrong in a way that only a person can mend: leave it.
    Hopeless(String),
    /// It failed and is worth another attempt.
    Failed(String),
    /// It was told to stop.
    Stopped,
}

/// What a supervised part tells of itself.
pub(super) trait Report: Send + 'static {
    /// It is gone, and why.
    fn absent(&self, why: &str);
    /// It is being started again.
    fn restarting(&self);
}

/// Starts a thread with the scheduling and the processors that it is to have.
///
/// # Errors
/// What the system says when it gives no thread.
pub(super) fn spawn(
    name: &'static str,
    wish: RealTimeWish,
    work: impl FnOnce() + Send + 'static,
) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            for refused in &request_real_time(&wish).refused {
                log::warn!("{name}: {refused}");
            }
            work();
        })
}

/// Starts a thread that runs `part` again and again until it says that it is not fitted or
/// `stop` is set. `part` itself says that it is present, once it is.
///
/// # Errors
/// What the system says when it gives no thread.
pub(super) fn supervise(
    name: &'static str,
    wish: RealTimeWish,
    stop: Stop,
    report: impl Report,
    mut part: impl FnMut() -> Ended + Send + 'static,
) -> std::io::Result<JoinHandle<()>> {
    spawn(name, wish, move || {
        let mut pause = FIRST_PAUSE;
        let mut last_reason = String::new();
        while !stop.is_set() {
            let began = Instant::now();
            let ended = catch_unwind(AssertUnwindSafe(&mut part))
                .unwrap_or_else(|panic| Ended::Failed(panic_message(panic.as_ref())));
            match ended {
                Ended::Stopped => break,
                Ended::Hopeless(why) => {
                    log::warn!("{name}: {why}");
                    report.absent(&why);
                    break;
                }
                Ended::NotFitted(why) => {
                    log::info!("{name}: {why}");
                    report.absent(&why);
                    break;
                }
                Ended::Failed(why) => {
                    if began.elapsed() >= GOOD_RUN {
                        pause = FIRST_PAUSE;
                    }
                    // The same reason again and again would bury the log.
                    if why != last_reason {
                        log::warn!("{name}: {why}; trying again by itself");
                        last_reason.clone_from(&why);
                    }
                    report.absent(&why);
                    if stop.wait(pause) {
                        break;
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    report.restarting();
                }
            }
        }
    })
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!(
        "panicked: {}",
        text.unwrap_or_else(|| "without a message".to_owned())
    )
}
