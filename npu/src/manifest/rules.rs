//! What the fields of a manifest may say.

use super::document::{FileEntry, TensorEntry};
use super::error::ManifestError;
use crate::tensor::ElementType;
use std::collections::HashSet;

/// Axes that a tensor may have: RKNN's limit, the lowest of all backends
/// (`RKNN_MAX_DIMS` is 16, of which the toolkit uses 6).
const MOST_AXES: usize = 6;
/// Elements that a tensor may have; a 4K picture of three channels in single precision fits.
const MOST_ELEMENTS: usize = 1 << 26;
/// Files that a model may have: its formats, precisions and processors.
const MOST_FILES: usize = 16;
/// Inputs or outputs that a model may have.
const MOST_TENSORS: usize = 64;

pub(super) fn check_name(name: &str) -> Result<(), ManifestError> {
    let allowed =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if name.is_empty() || !name.chars().all(allowed) {
        return Err(ManifestError::invalid(
            "name",
            format!("is '{name}': use lower-case letters, digits and '_' only"),
        ));
    }
    Ok(())
}

pub(super) fn check_files(files: &[FileEntry]) -> Result<(), ManifestError> {
    if files.is_empty() || files.len() > MOST_FILES {
        return Err(ManifestError::invalid(
            "files",
            format!("are {}: a model has 1 to {MOST_FILES}", files.len()),
        ));
    }
    let mut names = HashSet::new();
    for entry in files {
        check_file(&entry.file)?;
        if !names.insert(&entry.file) {
            return Err(ManifestError::invalid(
                "files",
                format!("name '{}' twice", entry.file),
            ));
        }
        if let Some(target) = &entry.target {
            check_text("target", target)?;
        }
    }
    Ok(())
}

/// The file lies beside the manifest, so that a manifest cannot name a file elsewhere.
fn check_file(file: &str) -> Result<(), ManifestError> {
    let plain = !file.is_empty()
        && !file.starts_with('.')
        && file
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "._-".contains(letter));
    if !plain {
        return Err(ManifestError::invalid(
            "file",
            format!("is '{file}': name a file in the manifest's own folder"),
        ));
    }
    Ok(())
}

pub(super) fn check_text(field: &str, text: &str) -> Result<(), ManifestError> {
    if text.trim().is_empty() {
        return Err(ManifestError::invalid(field, "is empty: say it in words"));
    }
    Ok(())
}

pub(super) fn check_tensors(field: &str, entries: &[TensorEntry]) -> Result<(), ManifestError> {
    if entries.is_empty() || entries.len() > MOST_TENSORS {
        return Err(ManifestError::invalid(
            field,
            format!("are {}: a model has 1 to {MOST_TENSORS}", entries.len()),
        ));
    }
    let mut names = HashSet::new();
    for entry in entries {
        let tensor = format!("{field} '{}'", entry.name);
        if entry.name.is_empty() || !names.insert(&entry.name) {
            return Err(ManifestError::invalid(tensor, "need a name of their own"));
        }
        check_shape(&tensor, &entry.shape)?;
        check_quantisation(&tensor, entry)?;
        let classes = entry.shape.last().copied().unwrap_or(0);
        if !entry.labels.is_empty() && entry.labels.len() != classes {
            return Err(ManifestError::invalid(
                tensor,
                format!("have {} labels for {classes} elements", entry.labels.len()),
            ));
        }
    }
    Ok(())
}

fn check_shape(tensor: &str, shape: &[usize]) -> Result<(), ManifestError> {
    let elements = shape
        .iter()
        .try_fold(1_usize, |product, &axis| product.checked_mul(axis))
        .filter(|elements| (1..=MOST_ELEMENTS).contains(elements));
    if shape.is_empty() || shape.len() > MOST_AXES || elements.is_none() {
        return Err(ManifestError::invalid(
            tensor,
            format!(
                "have shape {shape:?}: give 1 to {MOST_AXES} axes of 1 or more, \
                 at most {MOST_ELEMENTS} elements together"
            ),
        ));
    }
    Ok(())
}

fn check_quantisation(tensor: &str, entry: &TensorEntry) -> Result<(), ManifestError> {
    let Some(quantisation) = entry.quantisation else {
        return Ok(());
    };
    if entry.element != ElementType::I8 {
        return Err(ManifestError::invalid(
            tensor,
            "have a quantisation but no integer elements",
        ));
    }
    if !quantisation.scale.is_normal() || quantisation.scale < 0.0 {
        return Err(ManifestError::invalid(
            tensor,
            format!("have scale {}: it must be above 0", quantisation.scale),
        ));
    }
    Ok(())
}
