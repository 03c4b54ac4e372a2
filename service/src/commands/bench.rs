//! `triune bench`.

use super::failure::{Exit, Failure};
use super::output;
use crate::bench::{AREAS, Area, Finding};
use crate::cli::BenchArguments;
use triune_board::nearest;

pub(super) fn run(arguments: &BenchArguments) -> Result<Exit, Failure> {
    for area in chosen(&arguments.areas)? {
        eprintln!("measuring {}: {}", area.name, area.about);
        for finding in (area.measure)().map_err(Failure::failed)? {
            print(arguments.json, &finding)?;
        }
    }
    Ok(Exit::Fine)
}

fn chosen(names: &[String]) -> Result<Vec<Area>, Failure> {
    if names.is_empty() {
        return Ok(AREAS.to_vec());
    }
    let known = || AREAS.iter().map(|area| area.name);
    names
        .iter()
        .map(|name| {
            AREAS
                .into_iter()
                .find(|area| area.name == name)
                .ok_or_else(|| {
                    let meant = nearest(name, known())
                        .map_or_else(String::new, |near| format!(" (did you mean '{near}'?)"));
                    let all = known().collect::<Vec<_>>().join(", ");
                    Failure::wrong_use(format!(
                        "no area is called '{name}'{meant}; there are: {all}"
                    ))
                })
        })
        .collect()
}

fn print(json: bool, finding: &Finding) -> Result<(), Failure> {
    if json {
        return output::line(&serde_json::to_string(finding).map_err(Failure::failed)?);
    }
    output::line(&match finding {
        Finding::Figure(figure) => format!(
            "{:<14} {:>12.3} {:<4} {:>6.2} x {} ({:.3} {})",
            figure.area,
            figure.value,
            figure.unit,
            figure.ratio,
            figure.peer,
            figure.peer_value,
            figure.unit
        ),
        Finding::Skipped(missing) => format!("{:<14} skipped: {}", missing.area, missing.skipped),
    })
}
