//! `triune model list`.

use super::Place;
use super::catalogue::{self, KnownModel};
use super::runner::{self, Runner};
use crate::commands::failure::{Exit, Failure};
use crate::commands::kernel::table::{bytes, columns};
use crate::commands::output;
use serde_json::json;
use triune_npu::ModelFile;

pub(super) fn run(place: &Place) -> Result<Exit, Failure> {
    let (models, broken) = catalogue::all(place)?;
    let runner = runner::preferred(&place.board.devices.npu, place.patience)?;
    let mut rows =
        vec![["model", "version", "files", "licence", "size", "runs on"].map(ToOwned::to_owned)];
    for model in &models {
        let sizes = sizes(model);
        let runs = runs_on(model, &runner);
        if place.json {
            output::line(&as_json(model, &sizes, &runs, &runner).to_string())?;
            continue;
        }
        let whole = sizes.iter().flatten().sum();
        let manifest = &model.manifest;
        rows.push([
            manifest.name.clone(),
            manifest.version.clone(),
            manifest
                .files
                .iter()
                .map(form)
                .collect::<Vec<_>>()
                .join(", "),
            manifest.licence.clone(),
            bytes(whole),
            match runs {
                Some(file) => format!("{}, {}", runner.name(), file.precision),
                None => format!("nothing here: {} reads none of its files", runner.name()),
            },
        ]);
    }
    if !place.json {
        output::line(&columns(&rows))?;
    }
    for fault in broken {
        let object = json!({ "folder": fault.folder, "fault": fault.why });
        place.tell(&object, || format!("broken: {}", fault.why))?;
    }
    Ok(Exit::Fine)
}

/// The file that the service would load.
fn runs_on<'a>(model: &'a KnownModel, runner: &Runner) -> Option<&'a ModelFile> {
    model.manifest.file_for(&runner.facts.formats)
}

/// The length of each file; nothing for one that is not there.
fn sizes(model: &KnownModel) -> Vec<Option<u64>> {
    let size = |file: &ModelFile| match model.folder() {
        Some(folder) => {
            let facts = std::fs::metadata(folder.join(&file.name));
            facts.ok().map(|facts| facts.len())
        }
        None => model.read(file).ok().map(|bytes| bytes.len() as u64),
    };
    model.manifest.files.iter().map(size).collect()
}

fn form(file: &ModelFile) -> String {
    match &file.target {
        Some(target) => format!("{} {} {target}", file.format, file.precision),
        None => format!("{} {}", file.format, file.precision),
    }
}

fn as_json(
    model: &KnownModel,
    sizes: &[Option<u64>],
    runs: &Option<&ModelFile>,
    runner: &Runner,
) -> serde_json::Value {
    let files = model.manifest.files.iter().zip(sizes).map(|(file, size)| {
        json!({
            "file": file.name, "format": file.format, "precision": file.precision,
            "target": file.target, "sha256": file.sha256.to_string(), "bytes": size,
        })
    });
    json!({
        "name": model.manifest.name, "version": model.manifest.version,
        "licence": model.manifest.licence, "folder": model.folder(),
        "files": files.collect::<Vec<_>>(), "bytes": sizes.iter().flatten().sum::<u64>(),
        "backend": runs.map(|_| runner.name()), "runs": runs.map(|file| &file.name),
    })
}
