//! What every watchdog must do.

use super::Report;
use crate::{Watchdog, WatchdogError};

/// Arms a watchdog, feeds it, and disarms it at once.
///
/// Not for a board in service: the service's own watchdog is busy then, which skips the suite.
pub fn check_watchdog(open: impl FnOnce() -> Result<Box<dyn Watchdog>, WatchdogError>) -> Report {
    let mut watchdog = match open() {
        Ok(watchdog) => watchdog,
        Err(error) => return Report::skip(error),
    };
    let mut report = Report::new();
    report.device = watchdog.describe();
    report.check("has a time-out", watchdog.timeout_s() > 0, || {
        "0 s".to_owned()
    });
    let fed = watchdog.feed().and_then(|()| watchdog.feed());
    report.check("takes food", fed.is_ok(), || format!("{fed:?}"));
    report.figure("timeout", f64::from(watchdog.timeout_s()), "s");
    let disarmed = watchdog.disarm();
    report.check("is disarmed", disarmed.is_ok(), || format!("{disarmed:?}"));
    report
}
