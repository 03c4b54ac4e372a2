//! `triune faults`.

use crate::cli::FaultsArguments;
use crate::commands::ask::{client, show};
use crate::commands::failure::{Exit, Failure};
use crate::kernel_api::FaultsView;

pub(in crate::commands) fn run(arguments: &FaultsArguments) -> Result<Exit, Failure> {
    let answer = client(&arguments.ask).get_json("/v1/faults");
    show(&arguments.ask, answer, |faults: &FaultsView| {
        if faults.plan.is_empty() {
            return "nothing is made to fail: 'triune serve --inject' takes a plan".to_owned();
        }
        let active = if faults.active.is_empty() {
            "none".to_owned()
        } else {
            faults.active.join(", ")
        };
        format!("plan    {}\nactive  {active}", faults.plan)
    })
}
