//! Which tensor of the file is which of the manifest.

use super::placement::Placement;
use crate::error::LoadError;
use crate::tensor::TensorDescription;
use triune_rknn::TensorAttribute;

/// For each tensor that the manifest describes its place among those of the file.
///
/// Names decide. The vendor's converter renames some tensors, so of what is left a tensor may also be
/// known by its shape, if only one of either side has it.
pub(super) fn match_tensors(
    model: &str,
    role: &'static str,
    described: &[TensorDescription],
    found: &[TensorAttribute],
) -> Result<Vec<usize>, LoadError> {
    let mut places: Vec<Option<usize>> = described
        .iter()
        .map(|tensor| found.iter().position(|known| known.name == tensor.name))
        .collect();
    let by_name = places.clone();
    for (place, tensor) in places.iter_mut().zip(described) {
        if place.is_none() {
            *place = by_shape(tensor, described, found, &by_name);
        }
    }
    let mismatch = |tensor: &str, present, absent| LoadError::TensorMismatch {
        model: model.to_owned(),
        role,
        tensor: tensor.to_owned(),
        present,
        absent,
    };
    for (index, known) in found.iter().enumerate() {
        if !places.contains(&Some(index)) {
            return Err(mismatch(&known.name, "the file", "the manifest"));
        }
    }
    let missing = |tensor: &TensorDescription| mismatch(&tensor.name, "the manifest", "the file");
    let places = places.into_iter().zip(described);
    places
        .map(|(place, tensor)| place.ok_or_else(|| missing(tensor)))
        .collect()
}

fn by_shape(
    tensor: &TensorDescription,
    described: &[TensorDescription],
    found: &[TensorAttribute],
    by_name: &[Option<usize>],
) -> Option<usize> {
    let fits = |known: &TensorAttribute| Placement::of(&tensor.shape, known).is_some();
    let rivals = described.iter().zip(by_name);
    let rivals = rivals.filter(|(rival, place)| place.is_none() && rival.shape == tensor.shape);
    let mut left = (0..found.len()).filter(|index| !by_name.contains(&Some(*index)));
    let place = left.find(|&index| fits(&found[index]))?;
    (rivals.count() == 1 && !left.any(|index| fits(&found[index]))).then_some(place)
}
