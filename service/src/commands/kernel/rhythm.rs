//! `triune kernel`.

use super::table::columns;
use crate::cli::KernelArguments;
use crate::commands::ask::{client, patient_client, show};
use crate::commands::failure::{Exit, Failure};
use crate::kernel_api::{KernelChange, KernelView};

pub(in crate::commands) fn run(arguments: &KernelArguments) -> Result<Exit, Failure> {
    let change = KernelChange {
        rate_hz: arguments.rate,
        overrun: arguments.overrun.map(|policy| policy.to_string()),
    };
    let answer = if change == KernelChange::default() {
        client(&arguments.ask).get_json("/v1/kernel")
    } else {
        patient_client(&arguments.ask).patch_json("/v1/kernel", &change)
    };
    show(&arguments.ask, answer, told)
}

pub(super) fn told(kernel: &KernelView) -> String {
    let burst = &kernel.burst;
    let now = if burst.active { "lasts" } else { "none" };
    let mut bursts = format!(
        "{now}; {} since the start, {:.1} s in all, {:.0} s at most each",
        burst.bursts, burst.spent_s, burst.longest_s
    );
    if let Some(end) = &burst.last_end {
        bursts += &format!("; the last ended: {end}");
    }
    let mut rows = vec![
        (
            "rate".to_owned(),
            format!(
                "{} Hz set, {:.0} Hz in force",
                kernel.rate_hz, kernel.rate_now_hz
            ),
        ),
        (
            "overrun".to_owned(),
            format!(
                "{}; {} caught up, level {}",
                kernel.overrun, kernel.caught_up, kernel.level
            ),
        ),
        ("executor".to_owned(), kernel.executor.clone()),
        (
            "beings".to_owned(),
            format!(
                "{} cycle, {} wait; room for {}, {} in a burst",
                kernel.beings, kernel.waiting, kernel.beings_steady, kernel.beings_in_burst
            ),
        ),
        ("burst".to_owned(), bursts),
    ];
    rows.extend(kernel.loops.iter().map(|one| {
        let place = match (one.priority, one.cpu) {
            (Some(priority), Some(cpu)) => format!(", SCHED_FIFO {priority} on processor {cpu}"),
            (Some(priority), None) => format!(", SCHED_FIFO {priority}"),
            (None, Some(cpu)) => format!(", processor {cpu}"),
            (None, None) => String::new(),
        };
        let refused = match one.refused.is_empty() {
            true => String::new(),
            false => format!("; {}", one.refused.join("; ")),
        };
        (
            one.name.clone(),
            format!("late {} times{place}{refused}", one.late),
        )
    }));
    let rows: Vec<[String; 2]> = rows
        .into_iter()
        .map(|(name, value)| [name, value])
        .collect();
    columns(&rows)
}
