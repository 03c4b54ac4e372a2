//! What every backend checks before it computes.

use crate::error::{LoadError, RunError};
use crate::manifest::Manifest;
use crate::model::ModelDescription;
use crate::model_file::{FileFormat, ModelFile};
use crate::model_hash::ModelHash;
use crate::tensor::{ElementType, TensorDescription, TensorMut, TensorRef, TensorSlice};

/// Which of the manifest's files `bytes` are, for a backend that reads `formats`.
///
/// # Errors
/// [`LoadError::WrongHash`] if they are none of them, [`LoadError::ForeignFormat`] if the backend does
/// not read files of their form.
pub fn check_file<'a>(
    backend: &str,
    formats: &[FileFormat],
    bytes: &[u8],
    manifest: &'a Manifest,
) -> Result<&'a ModelFile, LoadError> {
    let found = ModelHash::of(bytes);
    let file = manifest
        .file_with(&found)
        .ok_or_else(|| LoadError::WrongHash {
            model: manifest.name.clone(),
            expected: manifest.files.iter().map(|file| file.sha256).collect(),
            found,
        })?;
    let format = FileFormat::of(bytes);
    if formats.contains(&format) {
        return Ok(file);
    }
    Err(LoadError::ForeignFormat {
        backend: backend.to_owned(),
        model: manifest.name.clone(),
        found: format,
    })
}

/// Whether `inputs` and `outputs` are exactly what `description` says, and all inputs finite.
///
/// # Errors
/// The first [`RunError`] found, inputs before outputs.
pub fn check_call(
    description: &ModelDescription,
    inputs: &[TensorRef<'_>],
    outputs: &[TensorMut<'_>],
) -> Result<(), RunError> {
    check_count("input", description.inputs.len(), inputs.len())?;
    check_count("output", description.outputs.len(), outputs.len())?;
    for (expected, input) in description.inputs.iter().zip(inputs) {
        let elements = &input.elements;
        check_form(
            "input",
            expected,
            input.shape,
            elements.element(),
            elements.len(),
        )?;
        if let TensorSlice::F32(values) = elements
            && let Some(index) = values.iter().position(|value| !value.is_finite())
        {
            return Err(RunError::InputNotFinite {
                tensor: expected.name.clone(),
                index,
            });
        }
    }
    for (expected, output) in description.outputs.iter().zip(outputs) {
        let elements = &output.elements;
        check_form(
            "output",
            expected,
            output.shape,
            elements.element(),
            elements.len(),
        )?;
    }
    Ok(())
}

fn check_count(role: &'static str, expected: usize, found: usize) -> Result<(), RunError> {
    if expected == found {
        Ok(())
    } else {
        Err(RunError::WrongCount {
            role,
            expected,
            found,
        })
    }
}

fn check_form(
    role: &'static str,
    expected: &TensorDescription,
    shape: &[usize],
    element: ElementType,
    length: usize,
) -> Result<(), RunError> {
    let tensor = || expected.name.clone();
    if shape != expected.shape {
        return Err(RunError::WrongShape {
            role,
            tensor: tensor(),
            expected: expected.shape.clone(),
            found: shape.to_vec(),
        });
    }
    if element != expected.element {
        return Err(RunError::WrongElement {
            role,
            tensor: tensor(),
            expected: expected.element,
            found: element,
        });
    }
    let needed = expected.element_count();
    if length != needed {
        return Err(RunError::WrongLength {
            role,
            tensor: tensor(),
            expected: needed,
            found: length,
        });
    }
    Ok(())
}
