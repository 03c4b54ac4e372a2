//! Compares what a file takes and yields with what its manifest says.

use crate::error::LoadError;
use crate::tensor::{ElementType, TensorDescription};

/// An input or output of a file, as the library that read it tells.
pub(super) struct FileTensor {
    pub(super) name: String,
    /// `None` where the file does not say.
    pub(super) shape: Option<Vec<Axis>>,
    /// `None` where the file does not say.
    pub(super) element: Option<FileElement>,
}

/// One axis of a tensor in a file.
pub(super) enum Axis {
    Fixed(usize),
    /// The file leaves it open: it takes whatever the manifest says.
    Open(String),
}

/// What a tensor in a file holds.
pub(super) enum FileElement {
    Known(ElementType),
    /// What no manifest can name, in the library's own words.
    Other(String),
}

/// Where each tensor that the manifest describes stands in the file, in the manifest's order.
pub(super) fn match_tensors(
    model: &str,
    role: &'static str,
    described: &[TensorDescription],
    found: &[FileTensor],
) -> Result<Vec<usize>, LoadError> {
    let mismatch = |tensor: &str, present, absent| LoadError::TensorMismatch {
        model: model.to_owned(),
        role,
        tensor: tensor.to_owned(),
        present,
        absent,
    };
    for tensor in found {
        if !described.iter().any(|known| known.name == tensor.name) {
            return Err(mismatch(&tensor.name, "the file", "the manifest"));
        }
    }
    described
        .iter()
        .map(|tensor| {
            let place = found
                .iter()
                .position(|candidate| candidate.name == tensor.name)
                .ok_or_else(|| mismatch(&tensor.name, "the manifest", "the file"))?;
            check_shape(model, tensor, &found[place])?;
            check_element(model, tensor, &found[place])?;
            Ok(place)
        })
        .collect()
}

fn check_shape(
    model: &str,
    tensor: &TensorDescription,
    found: &FileTensor,
) -> Result<(), LoadError> {
    let Some(shape) = &found.shape else {
        return Ok(());
    };
    let fits = shape.len() == tensor.shape.len()
        && shape
            .iter()
            .zip(&tensor.shape)
            .all(|(axis, &expected)| match axis {
                Axis::Fixed(size) => *size == expected,
                Axis::Open(_) => true,
            });
    if fits {
        return Ok(());
    }
    let axes: Vec<String> = shape
        .iter()
        .map(|axis| match axis {
            Axis::Fixed(size) => size.to_string(),
            Axis::Open(name) => name.clone(),
        })
        .collect();
    Err(LoadError::WrongShape {
        model: model.to_owned(),
        tensor: tensor.name.clone(),
        expected: format!("{:?}", tensor.shape),
        found: format!("[{}]", axes.join(", ")),
    })
}

fn check_element(
    model: &str,
    tensor: &TensorDescription,
    found: &FileTensor,
) -> Result<(), LoadError> {
    let found = match &found.element {
        None => return Ok(()),
        Some(FileElement::Known(element)) if *element == tensor.element => return Ok(()),
        Some(FileElement::Known(element)) => element.to_string(),
        Some(FileElement::Other(name)) => name.clone(),
    };
    Err(LoadError::WrongElement {
        model: model.to_owned(),
        tensor: tensor.name.clone(),
        expected: tensor.element,
        found,
    })
}
