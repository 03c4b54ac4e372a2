//! What must not be loaded.

use super::specimen::Specimen;
use super::violation::Violation;
use crate::backend::Backend;
use crate::error::LoadError;
use crate::manifest::Manifest;
use crate::tensor::ElementType;

/// Places at which the file is cut off, beside the very end.
const CUTS: usize = 16;

pub(super) fn check(backend: &dyn Backend, specimen: &Specimen, violations: &mut Vec<Violation>) {
    if backend.name().is_empty() {
        violations.push(Violation::new("name", "is empty"));
    }
    let bytes = &specimen.bytes;
    let mut trial =
        |name: &str, bytes: &[u8], manifest: &Manifest, is_right: fn(&LoadError) -> bool| {
            match backend.load(bytes, manifest) {
                Err(error) if is_right(&error) => {}
                Err(error) => {
                    violations.push(Violation::new(
                        name,
                        format!("is refused as something else: {error}"),
                    ));
                }
                Ok(_) => violations.push(Violation::new(name, "is not refused")),
            }
        };
    let mut flipped = bytes.clone();
    if let Some(byte) = flipped.last_mut() {
        *byte ^= 1;
    }
    trial("a changed byte", &flipped, &specimen.manifest, |error| {
        matches!(error, LoadError::WrongHash { .. })
    });
    trial("an empty file", &[], &specimen.manifest_for(&[]), |_| true);
    for end in cuts(bytes.len()) {
        trial(
            "a file that was cut off",
            &bytes[..end],
            &specimen.manifest,
            |error| matches!(error, LoadError::WrongHash { .. }),
        );
    }
    // Where the hash does not protect, half a file must still be noticed.
    for end in cuts(bytes.len()).filter(|end| 2 * end <= bytes.len()) {
        let half = &bytes[..end];
        trial(
            "half a file with its own hash",
            half,
            &specimen.manifest_for(half),
            |_| true,
        );
    }
    let with = |change: fn(&mut Manifest)| {
        let mut manifest = specimen.manifest.clone();
        change(&mut manifest);
        manifest
    };
    let renamed = with(|manifest| manifest.outputs[0].name.push('x'));
    trial(
        "a name that the file does not have",
        bytes,
        &renamed,
        |error| matches!(error, LoadError::TensorMismatch { .. }),
    );
    let mut shortened = specimen.manifest.clone();
    shortened.inputs.clear();
    trial(
        "an input that the manifest does not have",
        bytes,
        &shortened,
        |error| matches!(error, LoadError::TensorMismatch { .. }),
    );
    let lengthened = with(|manifest| manifest.inputs[0].shape.push(7));
    trial(
        "a shape that the file does not have",
        bytes,
        &lengthened,
        |error| matches!(error, LoadError::WrongShape { .. }),
    );
    let retyped = with(|manifest| {
        let element = &mut manifest.inputs[0].element;
        *element = match *element {
            ElementType::F32 => ElementType::I8,
            ElementType::I8 => ElementType::F32,
        };
    });
    trial(
        "an element type that the file does not have",
        bytes,
        &retyped,
        |error| matches!(error, LoadError::WrongElement { .. }),
    );
}

fn cuts(length: usize) -> impl Iterator<Item = usize> {
    (0..CUTS)
        .map(move |place| length * place / CUTS)
        .chain([length - 1])
}
