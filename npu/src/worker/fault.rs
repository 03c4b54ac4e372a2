//! Why a run failed, in the words of a mailbox.

use super::load_fault::harmless;
use crate::error::{DeviceFault, RunError};
use crate::model::ModelDescription;

const NOT_FINITE: u32 = 1;
const UNEXPECTED: u32 = 2;
const LOST: u32 = 3;
const TIMED_OUT: u32 = 4;
const OUT_OF_MEMORY: u32 = 5;
const FAILED: u32 = 6;
/// Between the two texts of one fault.
const SEPARATOR: char = '\u{1}';

/// A [`RunError`] as numbers and a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: u32,
    pub(super) tensor: u32,
    pub(super) element: u32,
    pub(super) text: String,
}

impl Fault {
    pub(super) fn of(error: &RunError, model: &ModelDescription) -> Self {
        let place = |name: &str| {
            let place = model.outputs.iter().position(|output| output.name == name);
            place.map_or(u32::MAX, |place| place as u32)
        };
        let (kind, text) = match error {
            RunError::OutputNotFinite { tensor, index } => {
                return Self {
                    kind: NOT_FINITE,
                    tensor: place(tensor),
                    element: *index as u32,
                    text: String::new(),
                };
            }
            RunError::UnexpectedOutput {
                tensor,
                expected,
                found,
            } => {
                return Self {
                    kind: UNEXPECTED,
                    tensor: place(tensor),
                    element: 0,
                    text: format!("{expected}{SEPARATOR}{found}"),
                };
            }
            RunError::Device(DeviceFault::Lost(text)) => (LOST, text.clone()),
            RunError::Device(DeviceFault::TimedOut(text)) => (TIMED_OUT, text.clone()),
            RunError::Device(DeviceFault::OutOfMemory(text)) => (OUT_OF_MEMORY, text.clone()),
            RunError::Device(DeviceFault::Failed(text)) => (FAILED, text.clone()),
            // What is wrong with a call was refused before it came here.
            other => (FAILED, other.to_string()),
        };
        Self {
            kind,
            text,
            ..Self::default()
        }
    }

    /// A model was asked for that is not there.
    pub(super) fn unknown_model(model: u32) -> Self {
        Self {
            kind: FAILED,
            text: format!("the worker has no model {model}"),
            ..Self::default()
        }
    }

    /// The error; whatever the numbers are.
    pub(super) fn error(&self, model: &ModelDescription) -> RunError {
        let tensor = || {
            let output = model.outputs.get(self.tensor as usize);
            output.map_or_else(|| "?".to_owned(), |output| output.name.clone())
        };
        let text = || harmless(&self.text);
        let fault = match self.kind {
            NOT_FINITE => {
                return RunError::OutputNotFinite {
                    tensor: tensor(),
                    index: self.element as usize,
                };
            }
            UNEXPECTED => {
                let (expected, found) = self.text.split_once(SEPARATOR).unwrap_or(("?", "?"));
                return RunError::UnexpectedOutput {
                    tensor: tensor(),
                    expected: harmless(expected),
                    found: harmless(found),
                };
            }
            LOST => DeviceFault::Lost(text()),
            TIMED_OUT => DeviceFault::TimedOut(text()),
            OUT_OF_MEMORY => DeviceFault::OutOfMemory(text()),
            _ => DeviceFault::Failed(text()),
        };
        fault.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model_hash::ModelHash;
    use crate::tensor::{ElementType, TensorDescription};
    use proptest::prelude::*;

    fn model() -> ModelDescription {
        let output = |name: &str| TensorDescription {
            name: name.to_owned(),
            shape: vec![1],
            element: ElementType::F32,
            quantisation: None,
        };
        ModelDescription {
            name: "two".to_owned(),
            hash: ModelHash([0; 32]),
            inputs: Vec::new(),
            outputs: vec![output("one"), output("other")],
        }
    }

    #[test]
    fn every_fault_of_a_run_comes_over_as_it_is() {
        let text = || "why".to_owned();
        let faults = [
            RunError::OutputNotFinite {
                tensor: "other".to_owned(),
                index: 7,
            },
            RunError::UnexpectedOutput {
                tensor: "one".to_owned(),
                expected: "this".to_owned(),
                found: "that".to_owned(),
            },
            DeviceFault::Lost(text()).into(),
            DeviceFault::TimedOut(text()).into(),
            DeviceFault::OutOfMemory(text()).into(),
            DeviceFault::Failed(text()).into(),
        ];
        for fault in faults {
            assert_eq!(Fault::of(&fault, &model()).error(&model()), fault);
        }
    }

    proptest! {
        #[test]
        fn whatever_a_child_writes_is_some_error(kind: u32, tensor: u32, element: u32, text: String) {
            let _ = Fault { kind, tensor, element, text }.error(&model());
        }
    }
}
