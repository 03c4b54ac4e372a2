//! The manifest of a file that has none.

use crate::cli::ModelAddArguments;
use crate::commands::failure::Failure;
use std::collections::BTreeMap;
use std::path::Path;
use triune_board::nearest;
use triune_npu::{
    AxisLength, HeaderElement, HeaderTensor, Manifest, ManifestError, ModelFile, ModelHash,
    ModelHeader, TensorDescription,
};

/// What SPDX calls terms that nobody told.
const NO_LICENCE: &str = "NOASSERTION";

/// The manifest that the file's header and the wishes give.
pub(super) fn manifest(
    wishes: &ModelAddArguments,
    header: &ModelHeader,
    bytes: &[u8],
) -> Result<Manifest, Failure> {
    let name = match &wishes.name {
        Some(name) => name.clone(),
        None => name_of(&wishes.file),
    };
    check_names(wishes, header)?;
    let mut symbols = BTreeMap::new();
    let inputs = describe("input", header.inputs(), wishes, &mut symbols)?;
    let outputs = describe("output", header.outputs(), wishes, &mut symbols)?;
    let labels = outputs.iter().map(|output| labels_of(wishes, output));
    let labels = labels.collect::<Result<_, _>>()?;
    let (version, producer, target) = origin(header);
    let told = wishes.training.clone();
    let manifest = Manifest {
        files: vec![ModelFile {
            name: format!("{name}.{}", header.format().to_string().to_lowercase()),
            format: header.format(),
            precision: header.precision(),
            sha256: ModelHash::of(bytes),
            target,
        }],
        name,
        version,
        licence: wishes
            .licence
            .clone()
            .unwrap_or_else(|| NO_LICENCE.to_owned()),
        training: told.unwrap_or_else(|| format!("Not told; the file was written by {producer}")),
        inputs,
        outputs,
        labels,
    };
    // What is written down is read by the same rules.
    Manifest::parse(&manifest.to_toml()).map_err(|error| refused(wishes, &error))
}

fn refused(wishes: &ModelAddArguments, error: &ManifestError) -> Failure {
    match error {
        ManifestError::Invalid { field, .. } if field == "name" => {
            Failure::wrong_use(format!("{error}; give one with --name"))
        }
        ManifestError::Invalid { field, .. } if field == "licence" || field == "training" => {
            Failure::wrong_use(error)
        }
        _ => Failure::failed(format!("{}: {error}", wishes.file.display())),
    }
}

/// The file's name with what a model may not be called left out.
fn name_of(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let letter = |letter: char| {
        let letter = letter.to_ascii_lowercase();
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '_'
        }
    };
    stem.chars().map(letter).collect()
}

/// The model's version, what wrote the file, and for which processor.
fn origin(header: &ModelHeader) -> (String, String, Option<String>) {
    match header {
        ModelHeader::Onnx(header) => (
            header.model_version.max(1).to_string(),
            format!("{} {}", header.producer, header.producer_version)
                .trim()
                .to_owned(),
            None,
        ),
        ModelHeader::Rknn(header) => (
            "1".to_owned(),
            format!("rknn-toolkit2 {}", header.toolkit),
            header.targets.first().cloned(),
        ),
    }
}

/// Everything that the wishes name is there.
fn check_names(wishes: &ModelAddArguments, header: &ModelHeader) -> Result<(), Failure> {
    let names = |tensors: &[HeaderTensor]| -> Vec<String> {
        tensors.iter().map(|tensor| tensor.name.clone()).collect()
    };
    let outputs = names(header.outputs());
    let all = [names(header.inputs()), outputs.clone()].concat();
    let shapes = wishes
        .shapes
        .iter()
        .map(|(name, _)| ("--shape", name, &all));
    let labels = wishes
        .labels
        .iter()
        .map(|(name, _)| ("--labels", name, &outputs));
    for (option, name, known) in shapes.chain(labels) {
        if !known.contains(name) {
            let meant = nearest(name, known.iter().map(String::as_str))
                .map_or_else(String::new, |near| format!(" (did you mean '{near}'?)"));
            return Err(Failure::wrong_use(format!(
                "{option}: the model has no '{name}'{meant}; there are: {}",
                known.join(", ")
            )));
        }
    }
    Ok(())
}

/// Inputs or outputs with every axis known: by the file, by `--shape`, or as long as another axis of
/// the same name.
fn describe(
    role: &str,
    tensors: &[HeaderTensor],
    wishes: &ModelAddArguments,
    symbols: &mut BTreeMap<String, usize>,
) -> Result<Vec<TensorDescription>, Failure> {
    for tensor in tensors {
        bind(tensor, wishes, symbols)?;
    }
    let describe = |tensor: &HeaderTensor| {
        let element = match &tensor.element {
            HeaderElement::Known(element) => *element,
            HeaderElement::Other(name) => {
                return Err(Failure::failed(format!(
                    "{}: {role} '{}' has elements of {name}, models here take and yield f32 and i8: \
                     export it with such",
                    wishes.file.display(),
                    tensor.name
                )));
            }
        };
        Ok(TensorDescription {
            name: tensor.name.clone(),
            shape: shape_of(role, tensor, wishes, symbols)?,
            element,
            quantisation: None,
        })
    };
    tensors.iter().map(describe).collect()
}

fn wished<'a>(tensor: &HeaderTensor, wishes: &'a ModelAddArguments) -> Option<&'a [usize]> {
    let wish = wishes.shapes.iter().find(|(name, _)| *name == tensor.name);
    wish.map(|(_, shape)| shape.as_slice())
}

/// Learns from a wished shape how long named axes are.
fn bind(
    tensor: &HeaderTensor,
    wishes: &ModelAddArguments,
    symbols: &mut BTreeMap<String, usize>,
) -> Result<(), Failure> {
    let (Some(wish), Some(axes)) = (wished(tensor, wishes), &tensor.shape) else {
        return Ok(());
    };
    let wrong = || Failure::wrong_use(format!("--shape {wish:?} does not fit {tensor}"));
    if wish.len() != axes.len() {
        return Err(wrong());
    }
    for (&length, axis) in wish.iter().zip(axes) {
        let expected = match axis {
            AxisLength::Fixed(expected) => *expected,
            AxisLength::Symbolic(name) => *symbols.entry(name.clone()).or_insert(length),
            AxisLength::Open => length,
        };
        if expected != length {
            return Err(wrong());
        }
    }
    Ok(())
}

fn shape_of(
    role: &str,
    tensor: &HeaderTensor,
    wishes: &ModelAddArguments,
    symbols: &BTreeMap<String, usize>,
) -> Result<Vec<usize>, Failure> {
    if let Some(wish) = wished(tensor, wishes) {
        return Ok(wish.to_vec());
    }
    let length = |axis: &AxisLength| match axis {
        AxisLength::Fixed(length) => Some(*length),
        AxisLength::Symbolic(name) => symbols.get(name).copied(),
        AxisLength::Open => None,
    };
    let axes = tensor.shape.as_ref();
    let axes = axes.and_then(|axes| axes.iter().map(length).collect::<Option<Vec<usize>>>());
    axes.ok_or_else(|| {
        Failure::wrong_use(format!(
            "{}: {role} {tensor} leaves axes open: say how long they are, such as --shape {}=1,3,96,160",
            wishes.file.display(),
            tensor.name
        ))
    })
}

fn labels_of(
    wishes: &ModelAddArguments,
    output: &TensorDescription,
) -> Result<Vec<String>, Failure> {
    let wish = wishes.labels.iter().find(|(name, _)| *name == output.name);
    let Some((_, labels)) = wish else {
        return Ok(Vec::new());
    };
    let elements = output.shape.last().copied().unwrap_or(0);
    if labels.len() != elements {
        return Err(Failure::wrong_use(format!(
            "--labels: '{}' has {elements} elements along its last axis, {} labels were given",
            output.name,
            labels.len()
        )));
    }
    Ok(labels.clone())
}
