//! `triune parameters`.

use super::table::columns;
use crate::cli::ParametersArguments;
use crate::commands::ask::{client, patient_client, show};
use crate::commands::failure::{Exit, Failure};
use crate::kernel_api::ParametersView;
use std::collections::BTreeMap;

pub(in crate::commands) fn run(arguments: &ParametersArguments) -> Result<Exit, Failure> {
    let mut changes = BTreeMap::new();
    for text in &arguments.changes {
        let (name, value) = change(text)?;
        changes.insert(name.to_owned(), value);
    }
    let path = format!("/v1/beings/{}/parameters", arguments.being);
    let answer = if changes.is_empty() {
        client(&arguments.ask).get_json(&path)
    } else {
        patient_client(&arguments.ask).patch_json(&path, &changes)
    };
    show(&arguments.ask, answer, told)
}

fn change(text: &str) -> Result<(&str, f32), Failure> {
    let wrong = || {
        Failure::wrong_use(format!(
            "'{text}' is no change: write it as act_threshold=0.4"
        ))
    };
    let (name, value) = text.split_once('=').ok_or_else(wrong)?;
    Ok((name, value.parse().map_err(|_| wrong())?))
}

fn told(all: &ParametersView) -> String {
    let heading = ["NAME", "VALUE", "RANGE", "DEFAULT", "UNIT", "MEANING"];
    let mut rows = vec![heading.map(str::to_owned)];
    rows.extend(all.parameters.iter().map(|(name, parameter)| {
        [
            name.clone(),
            parameter.value.to_string(),
            format!("{} to {}", parameter.low, parameter.high),
            parameter.default.to_string(),
            parameter.unit.clone(),
            parameter.meaning.clone(),
        ]
    }));
    columns(&rows)
}
