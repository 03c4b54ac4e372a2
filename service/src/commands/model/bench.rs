//! `triune model bench`.

use super::Place;
use super::catalogue::{self, KnownModel};
use super::runner::{self, Runner};
use super::trial::{Speed, try_out};
use crate::commands::failure::{Exit, Failure};
use crate::commands::kernel::table::columns;
use crate::commands::output;
use serde_json::json;
use triune_npu::ModelFile;

/// One file on one lane of one backend.
struct Row<'a> {
    model: &'a KnownModel,
    file: &'a ModelFile,
    runner: &'a Runner,
    lane: usize,
    speed: Speed,
}

pub(super) fn run(place: &Place, wanted: Option<&str>) -> Result<Exit, Failure> {
    let (models, broken) = catalogue::chosen(place, wanted)?;
    let runners = runner::all(&place.board.devices.npu, place.patience)?;
    let mut rows = Vec::new();
    let mut faults: Vec<String> = broken.into_iter().map(|fault| fault.why).collect();
    for model in &models {
        for file in &model.manifest.files {
            for runner in runners.iter().filter(|runner| runner.reads(file.format)) {
                let source = model.source(file);
                match source.and_then(|source| try_out(runner, &source)) {
                    Ok(trial) => {
                        let row = |(lane, &speed): (usize, &Speed)| Row {
                            model,
                            file,
                            runner,
                            lane,
                            speed,
                        };
                        rows.extend(trial.lanes.iter().enumerate().map(row));
                    }
                    Err(why) => faults.push(format!("{} on {}: {why}", file.name, runner.name())),
                }
            }
        }
    }
    print(place, &rows)?;
    if faults.is_empty() {
        Ok(Exit::Fine)
    } else {
        Err(Failure::failed(format!(
            "not measured:\n  {}",
            faults.join("\n  ")
        )))
    }
}

/// Time of the same file in pure Rust over this one: above 1 is faster.
fn beside_pure(row: &Row<'_>, rows: &[Row<'_>]) -> Option<f64> {
    let is_same = |other: &&Row<'_>| {
        other.runner.is_pure
            && other.file.name == row.file.name
            && other.model.place() == row.model.place()
    };
    let pure = rows.iter().find(is_same)?;
    Some(pure.speed.p50_us / row.speed.p50_us.max(1e-3))
}

fn print(place: &Place, rows: &[Row<'_>]) -> Result<(), Failure> {
    let head = [
        "model",
        "precision",
        "backend",
        "lane",
        "p50 us",
        "p99 us",
        "beside pure Rust",
    ];
    let mut table = vec![head.map(ToOwned::to_owned)];
    for row in rows {
        let Row {
            model,
            file,
            runner,
            lane,
            speed,
        } = row;
        let ratio = beside_pure(row, rows);
        if place.json {
            let object = json!({
                "model": model.manifest.name, "file": file.name, "precision": file.precision,
                "backend": runner.name(), "lane": lane, "p50_us": speed.p50_us,
                "p99_us": speed.p99_us, "runs": speed.runs, "beside_pure": ratio,
            });
            output::line(&object.to_string())?;
            continue;
        }
        table.push([
            model.manifest.name.clone(),
            file.precision.to_string(),
            runner.name().to_owned(),
            (lane + 1).to_string(),
            format!("{:.1}", speed.p50_us),
            format!("{:.1}", speed.p99_us),
            ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2} x")),
        ]);
    }
    if place.json {
        return Ok(());
    }
    output::line(&columns(&table))
}
