//! The one interface of all models.

use crate::error::RunError;
use crate::model_hash::ModelHash;
use crate::tensor::{TensorDescription, TensorMut, TensorRef};
use std::time::Duration;

/// What a loaded model is.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelDescription {
    /// The name in its manifest.
    pub name: String,
    /// Hash of the file that was loaded.
    pub hash: ModelHash,
    /// Inputs in the order in which [`Model::run`] takes them.
    pub inputs: Vec<TensorDescription>,
    /// Outputs in the order in which [`Model::run`] fills them.
    pub outputs: Vec<TensorDescription>,
}

/// How long one run took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// From the call to the filled outputs.
    pub total: Duration,
    /// Of that, what the backend spent computing.
    pub compute: Duration,
}

/// A model that is ready to run.
///
/// A model may move to another thread; it runs one call at a time. It may allocate and wait:
/// it is never called on the cycle's thread.
pub trait Model: Send {
    /// What it takes and yields.
    fn describe(&self) -> &ModelDescription;

    /// Runs the model once.
    ///
    /// Inputs and outputs stand in the order of the description and have exactly its shapes
    /// and element types. When an error is returned, the outputs hold no result.
    ///
    /// # Errors
    /// [`RunError`], before anything is computed, when counts, shapes, element types or
    /// lengths differ from the description or an input is not a finite number; and when the
    /// backend fails or yields what is not a finite number.
    fn run(
        &mut self,
        inputs: &[TensorRef<'_>],
        outputs: &mut [TensorMut<'_>],
    ) -> Result<Timing, RunError>;
}
