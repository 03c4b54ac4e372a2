//! The kernel as a whole, and how many beings do what.

use super::sheet::{Sheet, truth};
use crate::status::Status;

pub(super) fn kernel(sheet: &mut Sheet, status: &Status) {
    let beings = &status.beings;
    let modes = [
        ("awake", beings.awake),
        ("waiting", beings.waiting),
        ("asleep", beings.asleep),
    ];
    let samples = modes.map(|(mode, count)| (vec![("mode", mode.to_owned())], f64::from(count)));
    sheet.each(
        "beings",
        "Beings that cycle, wait for a burst, sleep",
        None,
        samples,
    );
    let Some(kernel) = &status.kernel else { return };
    let words = vec![
        ("executor", kernel.executor.clone()),
        ("overrun", kernel.overrun.clone()),
    ];
    sheet.each(
        "kernel_info",
        "Who runs the loops, and what becomes of lost deadlines",
        None,
        [(words, 1.0)],
    );
    sheet.gauge(
        "kernel_rate_hertz",
        "Cycle rate in force: less while the policy lowers it, other in a burst",
        kernel.rate_now_hz,
    );
    sheet.gauge(
        "kernel_level",
        "How far the rate is lowered: divided by two to this power",
        kernel.level,
    );
    sheet.count(
        "kernel_caught_up",
        "Lost deadlines that were caught up",
        kernel.caught_up,
    );
    let late = kernel
        .loops
        .iter()
        .map(|one| (vec![("loop", one.name.clone())], one.late));
    sheet.counts(
        "kernel_late_loops",
        "Cycles for which a loop was not in time",
        late,
    );
    sheet.gauge(
        "kernel_beings_steady",
        "Beings that may cycle at any time",
        kernel.beings_steady,
    );
    sheet.gauge(
        "kernel_beings_in_burst",
        "Beings that may cycle in a burst",
        kernel.beings_in_burst,
    );
    let burst = &kernel.burst;
    sheet.gauge(
        "kernel_burst_active",
        "Whether a burst lasts",
        truth(burst.active),
    );
    sheet.count("kernel_bursts", "Bursts since the start", burst.bursts);
    sheet.seconds("kernel_burst", "Time spent in bursts", burst.spent_s);
}
