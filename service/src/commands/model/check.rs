//! `triune model check`.

use super::Place;
use super::catalogue::{self, KnownModel};
use super::compare::apart;
use super::runner::{self, Runner};
use super::trial::{Trial, try_out};
use crate::commands::failure::{Exit, Failure};
use serde_json::json;
use triune_npu::scheduler::ModelSource;
use triune_npu::{
    AxisLength, HeaderElement, HeaderTensor, ModelFile, ModelHash, ModelHeader, Precision,
    TensorDescription,
};

/// How far backends may lie apart with the same file, as a share of the results: single precision
/// differs by the order of its sums, 8-bit integers by steps of a quantisation each.
const SAME_F32: f64 = 1e-3;
const SAME_INT8: f64 = 0.1;
/// How far INT8 may lie from FP32 on noise, which calibration did not see.
const QUANTISED: f64 = 0.5;

/// What was found of one model.
struct Findings<'a> {
    place: &'a Place,
    model: String,
    failed: usize,
}

impl Findings<'_> {
    fn tell(&mut self, what: &str, found: Result<String, String>) -> Result<(), Failure> {
        let is_fine = found.is_ok();
        let text = found.unwrap_or_else(|why| why);
        let object = json!({ "model": self.model, "check": what, "fine": is_fine, "found": text });
        self.failed += usize::from(!is_fine);
        self.place.tell(&object, || {
            let mark = if is_fine { "ok    " } else { "FAILED" };
            format!("{mark}  {}  {what}: {text}", self.model)
        })
    }
}

pub(super) fn run(place: &Place, wanted: Option<&str>) -> Result<Exit, Failure> {
    let (models, broken) = catalogue::chosen(place, wanted)?;
    let runners = runner::all(&place.board.devices.npu, place.patience)?;
    let mut failed = 0;
    for fault in broken {
        let model = fault.folder.display().to_string();
        let mut findings = Findings {
            place,
            model,
            failed: 0,
        };
        findings.tell("manifest", Err(fault.why))?;
        failed += findings.failed;
    }
    for model in &models {
        let name = model.manifest.name.clone();
        let mut findings = Findings {
            place,
            model: name,
            failed: 0,
        };
        check(model, &runners, &mut findings)?;
        failed += findings.failed;
    }
    if failed > 0 {
        return Err(Failure::failed(format!("{failed} of these checks failed")));
    }
    Ok(Exit::Fine)
}

/// A file that ran on a backend.
struct Ran<'a> {
    file: &'a ModelFile,
    runner: &'a Runner,
    trial: Trial,
}

fn check(
    model: &KnownModel,
    runners: &[Runner],
    findings: &mut Findings<'_>,
) -> Result<(), Failure> {
    let mut ran: Vec<Ran<'_>> = Vec::new();
    for file in &model.manifest.files {
        let bytes = match intact(model, file) {
            Ok(bytes) => bytes,
            Err(why) => {
                findings.tell(&file.name, Err(why))?;
                continue;
            }
        };
        let header = fits(model, &bytes);
        let fits = header.is_ok();
        findings.tell(&file.name, header)?;
        let readers: Vec<&Runner> = runners
            .iter()
            .filter(|runner| runner.reads(file.format))
            .collect();
        if fits && readers.is_empty() {
            // No fault of the model: it is for another machine.
            let what = format!("{} run", file.name);
            findings.tell(
                &what,
                Ok(format!(
                    "not tried: no backend here reads {} files",
                    file.format
                )),
            )?;
        }
        for runner in readers.into_iter().filter(|_| fits) {
            let source = ModelSource::new(model.manifest.clone(), &*bytes);
            let outcome = try_out(runner, &source);
            let what = format!("{} on {}", file.name, runner.name());
            let told = outcome.as_ref().map_err(Clone::clone).map(|trial| {
                let runs = trial.results.len();
                format!("{runs} runs, {:.1} us each", trial.lanes[0].p50_us)
            });
            findings.tell(&what, told)?;
            ran.extend(outcome.ok().map(|trial| Ran {
                file,
                runner,
                trial,
            }));
        }
    }
    compare(model, &ran, findings)
}

/// The bytes of a file, if they are those that the manifest means.
fn intact(model: &KnownModel, file: &ModelFile) -> Result<Vec<u8>, String> {
    let bytes = model.read(file)?;
    let found = ModelHash::of(&bytes);
    if found != file.sha256 {
        return Err(format!(
            "its SHA-256 is {found}, the manifest says {}: install file and manifest of the same version",
            file.sha256
        ));
    }
    Ok(bytes.into_owned())
}

/// Whether the file takes and yields what the manifest says.
fn fits(model: &KnownModel, bytes: &[u8]) -> Result<String, String> {
    let header = ModelHeader::read(bytes).map_err(|error| error.to_string())?;
    same("input", &model.manifest.inputs, header.inputs())?;
    same("output", &model.manifest.outputs, header.outputs())?;
    Ok("hash, inputs and outputs are as its manifest says".to_owned())
}

fn same(role: &str, told: &[TensorDescription], found: &[HeaderTensor]) -> Result<(), String> {
    for tensor in found {
        let fits = told
            .iter()
            .any(|told| told.name == tensor.name && is_same(told, tensor));
        if !fits {
            return Err(format!(
                "its {role} {tensor} is not as the manifest says: correct the manifest"
            ));
        }
    }
    match told
        .iter()
        .find(|told| found.iter().all(|tensor| tensor.name != told.name))
    {
        Some(missing) => Err(format!(
            "it has no {role} '{}': correct the manifest",
            missing.name
        )),
        None => Ok(()),
    }
}

fn is_same(told: &TensorDescription, found: &HeaderTensor) -> bool {
    let is_long = |(axis, length): (&AxisLength, &usize)| match axis {
        AxisLength::Fixed(fixed) => fixed == length,
        AxisLength::Symbolic(_) | AxisLength::Open => true,
    };
    let shape = found.shape.as_ref().is_none_or(|axes| {
        axes.len() == told.shape.len() && axes.iter().zip(&told.shape).all(is_long)
    });
    shape && found.element == HeaderElement::Known(told.element)
}

/// The same file on each backend, and each precision on the same backend.
fn compare(
    model: &KnownModel,
    ran: &[Ran<'_>],
    findings: &mut Findings<'_>,
) -> Result<(), Failure> {
    for (index, one) in ran.iter().enumerate() {
        for other in &ran[index + 1..] {
            let same_file = one.file.name == other.file.name;
            let same_runner = one.runner.name() == other.runner.name();
            let (what, limit) = if same_file {
                let limit = match one.file.precision {
                    Precision::F32 => SAME_F32,
                    Precision::Int8 => SAME_INT8,
                };
                let (one, other) = (one.runner.name(), other.runner.name());
                (
                    format!("{} on {one} and on {other}", ran[index].file.name),
                    limit,
                )
            } else if same_runner && one.file.precision != other.file.precision {
                let what = format!("{} and {}", one.file.precision, other.file.precision);
                (format!("{what} on {}", one.runner.name()), QUANTISED)
            } else {
                continue;
            };
            // Measured against what is exact.
            let distances = if other.file.precision == Precision::F32 {
                apart(&other.trial, &one.trial)
            } else {
                apart(&one.trial, &other.trial)
            };
            findings.tell(&what, judge(model, &distances, limit))?;
        }
    }
    Ok(())
}

fn judge(model: &KnownModel, distances: &[f64], limit: f64) -> Result<String, String> {
    let outputs = model.manifest.outputs.iter().zip(distances);
    let told: Vec<String> = outputs
        .map(|(output, distance)| format!("{} {:.3} %", output.name, distance * 100.0))
        .collect();
    let told = format!("results lie apart by {}", told.join(", "));
    if distances.iter().all(|&distance| distance <= limit) {
        Ok(told)
    } else {
        Err(format!(
            "{told}; {:.1} % may be: calibrate and export it again",
            limit * 100.0
        ))
    }
}
