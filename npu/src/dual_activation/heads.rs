//! What a recogniser's outputs mean.

use super::activation::Activation;
use super::error::DualActivationError;
use super::window::WINDOW_SHAPE;
use crate::manifest::Manifest;
use crate::tensor::{ElementType, TensorRef, TensorSlice};
use triune_core::Timestamp;

const SITUATION: &str = "situation";
const FEELING: &str = "feeling";
const TRACE: &str = "trace";

/// Which outputs of a model tell situation and feeling, and the names of their labels.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivationHeads {
    situation: Head,
    feeling: Head,
    trace: Option<usize>,
}

/// One output of the model.
#[derive(Clone, Debug, PartialEq)]
struct Head {
    output: usize,
    labels: Vec<String>,
}

impl ActivationHeads {
    /// The heads of a model that takes windows of states.
    ///
    /// # Errors
    /// [`DualActivationError::WrongInput`] or [`DualActivationError::WrongHead`].
    pub fn of(manifest: &Manifest) -> Result<Self, DualActivationError> {
        let situation = head(manifest, SITUATION)?;
        let feeling = head(manifest, FEELING)?;
        let takes_windows = matches!(
            manifest.inputs.as_slice(),
            [input] if input.shape == WINDOW_SHAPE && input.element == ElementType::F32
        );
        if !takes_windows {
            return Err(DualActivationError::WrongInput {
                model: manifest.name.clone(),
                expected: WINDOW_SHAPE,
            });
        }
        let is_trace = |&output: &usize| manifest.outputs[output].element == ElementType::F32;
        Ok(Self {
            situation,
            feeling,
            trace: manifest.output_index(TRACE).filter(is_trace),
        })
    }

    /// What these outputs of the model say of a window that ends at `newest`.
    #[must_use]
    pub fn read<'a>(
        &self,
        output: impl Fn(usize) -> TensorRef<'a>,
        newest: Timestamp,
    ) -> Activation {
        let (situation, situation_confidence) = likeliest(floats(output(self.situation.output)));
        let (feeling, feeling_confidence) = likeliest(floats(output(self.feeling.output)));
        Activation {
            situation,
            feeling,
            situation_confidence,
            feeling_confidence,
            newest,
        }
    }

    /// The model's last hidden layer, in which patterns are found that it was not taught; `None` of
    /// a model that does not tell it.
    #[must_use]
    pub fn trace<'a>(&self, output: impl Fn(usize) -> TensorRef<'a>) -> Option<&'a [f32]> {
        self.trace.map(|trace| floats(output(trace)))
    }

    /// Names of the situations by index.
    #[must_use]
    pub fn situations(&self) -> &[String] {
        &self.situation.labels
    }

    /// Names of the feelings by index.
    #[must_use]
    pub fn feelings(&self) -> &[String] {
        &self.feeling.labels
    }
}

fn head(manifest: &Manifest, name: &'static str) -> Result<Head, DualActivationError> {
    let wrong = || DualActivationError::WrongHead {
        model: manifest.name.clone(),
        head: name,
    };
    let output = manifest.output_index(name).ok_or_else(wrong)?;
    let description = &manifest.outputs[output];
    let labels = manifest.labels[output].clone();
    let fits = description.element == ElementType::F32
        && !labels.is_empty()
        && description.shape == [1, labels.len()];
    if fits {
        Ok(Head { output, labels })
    } else {
        Err(wrong())
    }
}

fn floats(tensor: TensorRef<'_>) -> &[f32] {
    match tensor.elements {
        TensorSlice::F32(elements) => elements,
        TensorSlice::I8(_) => &[],
    }
}

/// Place and value of the greatest probability, which rounding may have put outside 0 to 1.
fn likeliest(probabilities: &[f32]) -> (u32, f32) {
    let mut best = (0, 0.0);
    for (index, &probability) in (0..).zip(probabilities) {
        if probability > best.1 {
            best = (index, probability);
        }
    }
    (best.0, best.1.min(1.0))
}
