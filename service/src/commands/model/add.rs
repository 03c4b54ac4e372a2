//! `triune model add`.

use super::catalogue::KnownModel;
use super::runner::{self, Runner};
use super::trial::{Trial, try_out};
use super::{Place, install, proposal};
use crate::cli::ModelAddArguments;
use crate::commands::failure::{Exit, Failure};
use crate::commands::kernel::table::bytes as size;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use triune_board::NpuSpec;
use triune_hal::open_npu;
use triune_npu::scheduler::ModelSource;
use triune_npu::{CpuSettings, FileFormat, Manifest, ModelHeader, ShippedModel};

/// Longest file that is read.
const MOST_BYTES: u64 = 1 << 30;

/// A manifest, and the bytes of each file that it names.
type WholeModel = (Manifest, Vec<Cow<'static, [u8]>>);

pub(super) fn run(place: &Place, arguments: &ModelAddArguments) -> Result<Exit, Failure> {
    let path = &arguments.file;
    let (manifest, files) = if path.is_dir() {
        from_folder(arguments)?
    } else {
        from_file(place, arguments)?
    };
    if ShippedModel::ALL
        .iter()
        .any(|shipped| shipped.name == manifest.name)
    {
        return Err(Failure::failed(format!(
            "the program itself carries a model '{}': choose another --name",
            manifest.name
        )));
    }
    install::check_free(&place.models, &manifest.name).map_err(Failure::failed)?;
    let runners = runner::all(&place.board.devices.npu, place.patience)?;
    for (file, bytes) in manifest.files.iter().zip(&files) {
        if !runners.iter().any(|runner| runner.reads(file.format)) {
            return Err(nobody_reads(place, path, file.format));
        }
        let source = ModelSource::new(manifest.clone(), &**bytes);
        try_everywhere(place, path, &runners, &source, file.format)?;
    }
    if arguments.dry_run {
        let text = manifest.to_toml();
        let object = json!({ "name": manifest.name, "added": false, "manifest": text });
        place.tell(&object, || {
            format!("not added (--dry-run); its manifest:\n\n{text}")
        })?;
        return Ok(Exit::Fine);
    }
    let folder = install::install(&place.models, &manifest, &files).map_err(Failure::failed)?;
    let object = json!({ "name": manifest.name, "added": true, "folder": folder });
    place.tell(&object, || format!("added: {}", folder.display()))?;
    Ok(Exit::Fine)
}

/// The manifest that lies in a folder, and its files.
fn from_folder(arguments: &ModelAddArguments) -> Result<WholeModel, Failure> {
    let ModelAddArguments {
        name,
        licence,
        training,
        labels,
        shapes,
        ..
    } = arguments;
    if name.is_some()
        || licence.is_some()
        || training.is_some()
        || !labels.is_empty()
        || !shapes.is_empty()
    {
        return Err(Failure::wrong_use(
            "a folder's manifest tells name, licence, training, labels and shapes: change it there",
        ));
    }
    let model = KnownModel::open(&arguments.file).map_err(|fault| Failure::failed(fault.why))?;
    let files = model.manifest.files.iter().map(|file| model.read(file));
    let files = files.collect::<Result<_, _>>().map_err(Failure::failed)?;
    Ok((model.manifest, files))
}

/// A manifest for a file that has none, and the file.
fn from_file(place: &Place, arguments: &ModelAddArguments) -> Result<WholeModel, Failure> {
    let path = &arguments.file;
    let bytes = read(path)?;
    let told =
        |error: &dyn std::fmt::Display| Failure::failed(format!("{}: {error}", path.display()));
    let header = ModelHeader::read(&bytes).map_err(|error| told(&error))?;
    if let ModelHeader::Onnx(header) = &header
        && header.has_external_data
    {
        return Err(told(
            &"its weights lie in another file: export it as one file",
        ));
    }
    describe(place, path, &header, bytes.len() as u64)?;
    let manifest = proposal::manifest(arguments, &header, &bytes)?;
    Ok((manifest, vec![Cow::Owned(bytes)]))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let cannot = |error| Failure::wrong_use(format!("{} cannot be read: {error}", path.display()));
    // Whatever else has a name may never end.
    if !fs::metadata(path).map_err(cannot)?.is_file() {
        return Err(Failure::wrong_use(format!("{} is no file", path.display())));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(cannot)?;
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Failure::failed(format!(
            "{} is longer than {}: take a smaller model",
            path.display(),
            size(MOST_BYTES)
        )));
    }
    Ok(bytes)
}

/// Tells what the file says of itself.
fn describe(place: &Place, path: &Path, header: &ModelHeader, length: u64) -> Result<(), Failure> {
    let all = |tensors: &[triune_npu::HeaderTensor]| -> Vec<String> {
        tensors.iter().map(ToString::to_string).collect()
    };
    let (inputs, outputs) = (all(header.inputs()), all(header.outputs()));
    let (made, rest) = match header {
        ModelHeader::Onnx(header) => {
            let sets = header.opsets.iter().map(|(domain, version)| {
                let space = if domain.is_empty() { "" } else { " " };
                format!("{domain}{space}{version}")
            });
            let made = format!(
                "IR {}, opset {}, written by {}",
                header.ir_version,
                sets.collect::<Vec<_>>().join(" and "),
                format!("{} {}", header.producer, header.producer_version).trim()
            );
            let operators = header.operators.iter();
            let operators = operators.map(|(name, count)| format!("{name} {count}"));
            let mut lines = vec![format!(
                "operators  {}",
                operators.collect::<Vec<_>>().join(", ")
            )];
            lines.extend(
                header
                    .metadata
                    .iter()
                    .map(|(key, value)| format!("told       {key}: {value}")),
            );
            (made, lines)
        }
        ModelHeader::Rknn(header) => {
            let made = format!(
                "container {}, written by rknn-toolkit2 {} for {}",
                header.container_version,
                header.toolkit,
                header.targets.join(" or ")
            );
            (made, Vec::new())
        }
    };
    let object = json!({
        "file": path, "format": header.format(), "precision": header.precision(), "made": made,
        "bytes": length, "inputs": inputs, "outputs": outputs,
    });
    place.tell(&object, || {
        let mut lines = vec![format!(
            "{}: {} {}, {}, {made}",
            path.display(),
            header.format(),
            header.precision(),
            size(length)
        )];
        lines.extend(inputs.iter().map(|input| format!("input      {input}")));
        lines.extend(outputs.iter().map(|output| format!("output     {output}")));
        lines.extend(rest);
        lines.join("\n")
    })
}

/// Tries a file on every backend that reads it; one has to run it.
fn try_everywhere(
    place: &Place,
    path: &Path,
    runners: &[Runner],
    source: &ModelSource,
    format: FileFormat,
) -> Result<(), Failure> {
    let mut refusals = Vec::new();
    let mut best: Option<Trial> = None;
    for runner in runners.iter().filter(|runner| runner.reads(format)) {
        match try_out(runner, source) {
            Ok(trial) => {
                let lane = trial.lanes[0];
                let load_ms = trial.load.as_secs_f64() * 1e3;
                let object = json!({
                    "backend": runner.name(), "runs": true, "load_ms": load_ms,
                    "p50_us": lane.p50_us, "p99_us": lane.p99_us,
                });
                place.tell(&object, || {
                    let (name, p50) = (runner.name(), lane.p50_us);
                    format!(
                        "runs       {name}: loaded in {load_ms:.1} ms, {p50:.1} us an inference"
                    )
                })?;
                best = best.or(Some(trial));
            }
            Err(why) => {
                let object = json!({ "backend": runner.name(), "runs": false, "fault": why });
                place.tell(&object, || format!("fails      {}: {why}", runner.name()))?;
                refusals.push(format!("{}: {why}", runner.name()));
            }
        }
    }
    let Some(trial) = best else {
        return Err(Failure::failed(format!(
            "{}: no backend runs it, so it is not added:\n  {}",
            path.display(),
            refusals.join("\n  ")
        )));
    };
    tell_heads(place, &source.manifest, &trial)
}

/// What the outputs seem to be.
fn tell_heads(place: &Place, manifest: &Manifest, trial: &Trial) -> Result<(), Failure> {
    for (index, output) in manifest.outputs.iter().enumerate() {
        let (name, labels) = (&output.name, &manifest.labels[index]);
        let is_probabilities = trial.is_probabilities(index, output);
        let meaning = if is_probabilities {
            "probabilities"
        } else {
            "values"
        };
        let object: Value = json!({ "head": name, "meaning": meaning, "labels": labels });
        place.tell(&object, || match (is_probabilities, labels.as_slice()) {
            (true, []) => {
                let count = output.shape.last().copied().unwrap_or(0);
                let some: Vec<String> = (1..=count.min(3)).map(|at| format!("label{at}")).collect();
                let more = if count > 3 { ",..." } else { "" };
                format!(
                    "head       {name}: probabilities (each row sums to 1); name its {count} classes \
                     with --labels {name}={}{more}",
                    some.join(",")
                )
            }
            (true, labels) => format!("head       {name}: probabilities of {}", labels.join(", ")),
            (false, []) => format!("head       {name}: values {:?}", output.shape),
            (false, labels) => format!("head       {name}: values of {}", labels.join(", ")),
        })?;
    }
    Ok(())
}

/// Why no backend here reads such files, and where one was looked for.
fn nobody_reads(place: &Place, path: &Path, format: FileFormat) -> Failure {
    let npu = &place.board.devices.npu;
    let board = &place.board.name;
    let why = match npu {
        NpuSpec::Rknn(npu_spec) => {
            let opened = open_npu(npu, &CpuSettings::default());
            let tried: Vec<String> = opened.tried.iter().map(ToString::to_string).collect();
            let places: Vec<String> = npu_spec
                .library
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            format!(
                "librknnrt.so was looked for as {} and could not be used:\n  {}",
                places.join(", "),
                tried.join("\n  ")
            )
        }
        NpuSpec::None => format!(
            "it needs the vendor's library librknnrt.so, which is looked for where the board's file \
             says ([devices.npu.rknn] library); board '{board}' names no such NPU, so it was looked \
             for nowhere"
        ),
    };
    Failure::failed(format!(
        "{}: no backend here reads {format} files, so it could not be tried and is not added: {why}; \
         add it on the board that it was made for, or add the ONNX file that it was made of",
        path.display()
    ))
}
