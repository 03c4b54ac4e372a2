//! Why a model was not loaded, in the words of a packet.

use crate::error::{DeviceFault, LoadError, RunError};
use crate::manifest::Manifest;
use crate::tensor::ElementType;

/// Between the texts of one fault.
const SEPARATOR: char = '\u{1f}';

const OTHER: u32 = 0;
const UNREADABLE: u32 = 1;
const TENSOR_MISMATCH: u32 = 2;
const WRONG_SHAPE: u32 = 3;
const WRONG_ELEMENT: u32 = 4;
const TRIAL_RUN: u32 = 5;

/// The texts that a [`LoadError::TensorMismatch`] may hold.
const ROLES: [&str; 2] = ["input", "output"];
const PLACES: [&str; 2] = ["the file", "the manifest"];

/// A [`LoadError`] as number and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LoadFault {
    pub(super) kind: u32,
    pub(super) text: String,
}

impl LoadFault {
    /// What has no type of its own.
    pub(super) fn other(reason: &impl ToString) -> Self {
        Self {
            kind: OTHER,
            text: reason.to_string(),
        }
    }

    pub(super) fn of(error: &LoadError) -> Self {
        let (kind, texts): (_, Vec<&str>) = match error {
            LoadError::Unreadable { reason, .. } => (UNREADABLE, vec![reason]),
            LoadError::TensorMismatch {
                role,
                tensor,
                present,
                absent,
                ..
            } => (TENSOR_MISMATCH, vec![role, tensor, present, absent]),
            LoadError::WrongShape {
                tensor,
                expected,
                found,
                ..
            } => (WRONG_SHAPE, vec![tensor, expected, found]),
            LoadError::WrongElement { tensor, found, .. } => (WRONG_ELEMENT, vec![tensor, found]),
            LoadError::TrialRun { reason, .. } => {
                return Self {
                    kind: TRIAL_RUN,
                    text: reason.to_string(),
                };
            }
            other => return Self::other(other),
        };
        let text = texts.join(&SEPARATOR.to_string());
        Self { kind, text }
    }

    /// The error, or a text where there is none of its kind.
    pub(super) fn error(&self, backend: &str, manifest: &Manifest) -> Result<LoadError, String> {
        let texts: Vec<&str> = self.text.split(SEPARATOR).collect();
        let model = manifest.name.clone();
        Ok(match (self.kind, texts.as_slice()) {
            (UNREADABLE, [reason]) => LoadError::Unreadable {
                backend: backend.to_owned(),
                model,
                reason: harmless(reason),
            },
            (TENSOR_MISMATCH, [role, tensor, present, absent]) => LoadError::TensorMismatch {
                model,
                role: one_of(&ROLES, role),
                tensor: harmless(tensor),
                present: one_of(&PLACES, present),
                absent: one_of(&PLACES, absent),
            },
            (WRONG_SHAPE, [tensor, expected, found]) => LoadError::WrongShape {
                model,
                tensor: harmless(tensor),
                expected: harmless(expected),
                found: harmless(found),
            },
            (WRONG_ELEMENT, [tensor, found]) => LoadError::WrongElement {
                model,
                tensor: harmless(tensor),
                expected: expected_element(manifest, tensor),
                found: harmless(found),
            },
            (TRIAL_RUN, [reason]) => LoadError::TrialRun {
                model,
                reason: RunError::from(DeviceFault::Failed(harmless(reason))),
            },
            _ => return Err(harmless(&self.text)),
        })
    }
}

fn one_of(known: &[&'static str; 2], found: &str) -> &'static str {
    known[usize::from(found == known[1])]
}

fn expected_element(manifest: &Manifest, tensor: &str) -> ElementType {
    let mut tensors = manifest.inputs.iter().chain(&manifest.outputs);
    let found = tensors.find(|known| known.name == tensor);
    found.map_or(ElementType::F32, |known| known.element)
}

/// A text of the other process for log and status: without what steers terminals.
pub(super) fn harmless(text: &str) -> String {
    let letter = |letter: char| if letter.is_control() { ' ' } else { letter };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    fn manifest() -> Manifest {
        let text = include_str!("../../../models/dual_activation/manifest.toml");
        Manifest::parse(text).unwrap()
    }

    #[test]
    fn every_refusal_comes_over_as_it_is() {
        let manifest = manifest();
        let model = || manifest.name.clone();
        let tensor = || manifest.inputs[0].name.clone();
        let text = || "what".to_owned();
        let errors = [
            LoadError::Unreadable {
                backend: "some".to_owned(),
                model: model(),
                reason: text(),
            },
            LoadError::TensorMismatch {
                model: model(),
                role: "output",
                tensor: tensor(),
                present: "the manifest",
                absent: "the file",
            },
            LoadError::WrongShape {
                model: model(),
                tensor: tensor(),
                expected: text(),
                found: text(),
            },
            LoadError::WrongElement {
                model: model(),
                tensor: tensor(),
                expected: manifest.inputs[0].element,
                found: text(),
            },
        ];
        for error in errors {
            let over = LoadFault::of(&error).error("some", &manifest).unwrap();
            assert_eq!(over.to_string(), error.to_string());
        }
    }

    proptest! {
        #[test]
        fn whatever_a_child_writes_is_some_refusal(kind in 0..8_u32, text: String) {
            let _ = LoadFault { kind, text }.error("some", &manifest());
        }
    }
}
