//! `triune faults`.

use super::ask::{client, show};
use crate::cli::FaultsArguments;
use crate::commands::failure::{Exit, Failure};
use crate::kernel_api::FaultsView;

pub(in crate::commands) fn run(arguments: &FaultsArguments) -> Result<Exit, Failure> {
    let client = client(&arguments.ask);
    let plan = match (&arguments.plan, arguments.none) {
        (Some(plan), _) => Some(plan.clone()),
        (None, true) => Some(String::new()),
        (None, false) => None,
    };
    let answer = match plan {
        None => client.get_json("/v1/faults"),
        Some(plan) => client.put_json(
            "/v1/faults",
            &FaultsView {
                plan,
                ..FaultsView::default()
            },
        ),
    };
    show(&arguments.ask, answer, |faults: &FaultsView| {
        if faults.plan.is_empty() {
            return "nothing is made to fail".to_owned();
        }
        let active = match faults.active.is_empty() {
            true => "none".to_owned(),
            false => faults.active.join(", "),
        };
        format!("plan    {}\nactive  {active}", faults.plan)
    })
}
