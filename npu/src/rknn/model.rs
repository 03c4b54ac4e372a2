//! One model on one core.

use super::error::fault;
use super::matching::match_tensors;
use super::port::{Port, Refusal};
use crate::check::check_call;
use crate::error::{LoadError, RunError};
use crate::model::{Model, ModelDescription, Timing};
use crate::tensor::{TensorDescription, TensorMut, TensorRef};
use std::time::Instant;
use triune_rknn::{Context, Role, TensorAttribute, View};

/// All its memory is made when it is loaded: the kernel's driver suffers from memory that comes and
/// goes (rknn-toolkit2 issue 533).
pub(super) struct RknnModel {
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    context: Context,
    description: ModelDescription,
}

impl RknnModel {
    /// Binds memory to all that `description` says.
    pub(super) fn new(
        mut context: Context,
        description: ModelDescription,
        refusal: &Refusal<'_>,
    ) -> Result<Self, LoadError> {
        // Both sides are known before any memory is made.
        let inputs = known(&context, Role::Input, &description.inputs, refusal)?;
        let outputs = known(&context, Role::Output, &description.outputs, refusal)?;
        let mut bind = |role, known: Vec<_>, tensors: &[TensorDescription]| {
            known
                .iter()
                .zip(tensors)
                .map(|(declared, tensor)| Port::bind(&mut context, role, declared, tensor, refusal))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            inputs: bind(Role::Input, inputs, &description.inputs)?,
            outputs: bind(Role::Output, outputs, &description.outputs)?,
            context,
            description,
        })
    }
}

/// What the library says of each tensor that the manifest describes.
fn known(
    context: &Context,
    role: Role,
    tensors: &[TensorDescription],
    refusal: &Refusal<'_>,
) -> Result<Vec<TensorAttribute>, LoadError> {
    let declared = context
        .attributes(role, View::Declared)
        .map_err(|error| refusal.runtime(error))?;
    let called = match role {
        Role::Input => "input",
        Role::Output => "output",
    };
    let places = match_tensors(refusal.model, called, tensors, &declared)?;
    let known = places.into_iter().map(|place| declared[place].clone());
    Ok(known.collect())
}

impl Model for RknnModel {
    fn describe(&self) -> &ModelDescription {
        &self.description
    }

    fn run(
        &mut self,
        inputs: &[TensorRef<'_>],
        outputs: &mut [TensorMut<'_>],
    ) -> Result<Timing, RunError> {
        let start = Instant::now();
        check_call(&self.description, inputs, outputs)?;
        for (port, input) in self.inputs.iter_mut().zip(inputs) {
            port.give(&mut self.context, input.elements)?;
        }
        let called = Instant::now();
        self.context.run().map_err(fault)?;
        let compute = called.elapsed();
        let ports = self.outputs.iter_mut().zip(&self.description.outputs);
        for ((port, tensor), output) in ports.zip(outputs) {
            port.take(&self.context, tensor, &mut output.elements)?;
        }
        Ok(Timing {
            total: start.elapsed(),
            compute,
        })
    }
}
