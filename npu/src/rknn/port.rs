//! One input or output of a model in the memory that is bound to it.

use super::error::{fault, misplaced};
use super::placement::Placement;
use crate::error::{DeviceFault, LoadError, RunError};
use crate::tensor::{ElementType, Quantisation, TensorDescription, TensorSlice, TensorSliceMut};
use triune_rknn::quantise::{dequantise, from_half, quantise, to_half};
use triune_rknn::{
    Context, ElementType as Stored, Error, Form, Quantisation as StoredQuantisation, Role,
    TensorAttribute, View, f16,
};

/// Steps that stand for the same value may differ so much, as a share: converters round them.
const SAME_SCALE: f32 = 1e-4;

/// A tensor of the manifest and where it lies.
pub(super) struct Port {
    index: usize,
    placement: Placement,
    elements: Elements,
}

/// As what the memory holds the elements, and where they are converted.
enum Elements {
    /// Single precision, as the manifest says.
    Single,
    /// Half precision, where the manifest says single.
    Half(Vec<f16>),
    /// Integers, where the manifest says single precision.
    Quantised(Quantisation, Vec<i8>),
    /// Integers, as the manifest says.
    Integers,
}

impl Port {
    /// Binds memory to the tensor of the context that has this index.
    ///
    /// Where the NPU computes on the very elements that the model declares, the memory is the NPU's own,
    /// and the order of axes is converted here; else the library converts.
    pub(super) fn bind(
        context: &mut Context,
        role: Role,
        declared: &TensorAttribute,
        tensor: &TensorDescription,
        refusal: &Refusal<'_>,
    ) -> Result<Self, LoadError> {
        let index = declared.index;
        let elements =
            Elements::of(declared, tensor).ok_or_else(|| refusal.element(declared, tensor))?;
        let plain = Placement::of(&tensor.shape, declared)
            .ok_or_else(|| refusal.shape(declared, tensor))?;
        let stored = elements.stored();
        let native = context
            .attribute(role, index, View::Native)
            .map_err(|error| refusal.runtime(error))?;
        let is_native = stored == native.element
            && declared.element == native.element
            && declared.quantisation == native.quantisation
            && Placement::of(&tensor.shape, &native).is_some();
        let form = if is_native {
            Form::Native
        } else {
            let format = declared.format;
            Form::Plain {
                element: stored,
                format,
            }
        };
        let bound = context
            .bind_new(role, index, form)
            .and_then(|()| context.bound(role, index).map(|(bound, _)| bound));
        let bound = bound.map_err(|error| refusal.runtime(error))?;
        let placement = match (form, role) {
            (Form::Native, _) | (_, Role::Input) => Placement::of(&tensor.shape, bound),
            // The library leaves no gaps where it converts.
            (_, Role::Output) => Some(plain.dense()),
        };
        Ok(Self {
            index,
            placement: placement.ok_or_else(|| refusal.shape(declared, tensor))?,
            elements,
        })
    }

    /// Writes an input into its memory.
    pub(super) fn give(
        &mut self,
        context: &mut Context,
        given: TensorSlice<'_>,
    ) -> Result<(), RunError> {
        let mut memory = context.write_input(self.index).map_err(fault)?;
        let placement = self.placement;
        match (&mut self.elements, given) {
            (Elements::Single, TensorSlice::F32(values)) => {
                let memory = memory.elements_mut().map_err(fault)?;
                placement.put(values, 0.0, memory)
            }
            (Elements::Half(halves), TensorSlice::F32(values)) => {
                to_half(values, halves);
                let memory = memory.elements_mut().map_err(fault)?;
                placement.put(halves, f16::ZERO, memory)
            }
            (Elements::Quantised(by, integers), TensorSlice::F32(values)) => {
                quantise(values, by.scale, by.zero_point.into(), integers);
                let memory = memory.elements_mut().map_err(fault)?;
                placement.put(integers, by.zero_point, memory)
            }
            (Elements::Integers, TensorSlice::I8(integers)) => {
                let memory = memory.elements_mut().map_err(fault)?;
                placement.put(integers, 0, memory)
            }
            _ => return Err(other_elements()),
        }
        .map_err(misplaced)?;
        // Dropped without a word it would be tried again only by the next run.
        memory.finish().map_err(fault)
    }

    /// Reads an output from its memory.
    pub(super) fn take(
        &mut self,
        context: &Context,
        tensor: &TensorDescription,
        wanted: &mut TensorSliceMut<'_>,
    ) -> Result<(), RunError> {
        let memory = context.read_output(self.index).map_err(fault)?;
        let placement = self.placement;
        match (&mut self.elements, wanted) {
            (Elements::Single, TensorSliceMut::F32(values)) => {
                let memory = memory.elements().map_err(fault)?;
                placement.take(memory, values).map_err(misplaced)?;
                check_finite(tensor, values)
            }
            (Elements::Half(halves), TensorSliceMut::F32(values)) => {
                let memory = memory.elements().map_err(fault)?;
                placement.take(memory, halves).map_err(misplaced)?;
                from_half(halves, values);
                check_finite(tensor, values)
            }
            (Elements::Quantised(by, integers), TensorSliceMut::F32(values)) => {
                let memory = memory.elements().map_err(fault)?;
                placement.take(memory, integers).map_err(misplaced)?;
                dequantise(integers, by.scale, by.zero_point.into(), values);
                Ok(())
            }
            (Elements::Integers, TensorSliceMut::I8(integers)) => {
                let memory = memory.elements().map_err(fault)?;
                placement.take(memory, integers).map_err(misplaced)
            }
            _ => Err(other_elements()),
        }
    }
}

impl Elements {
    /// What the memory is to hold; nothing if that cannot be what the manifest says.
    fn of(declared: &TensorAttribute, tensor: &TensorDescription) -> Option<Self> {
        let count = tensor.element_count();
        let quantisation = affine(declared.quantisation);
        Some(match (tensor.element, declared.element) {
            (ElementType::I8, Stored::I8) if agree(tensor.quantisation, quantisation) => {
                Self::Integers
            }
            (ElementType::I8, _) => return None,
            (ElementType::F32, Stored::F16) => Self::Half(vec![f16::ZERO; count]),
            (ElementType::F32, Stored::I8) => match quantisation {
                Some(by) => Self::Quantised(by, vec![0; count]),
                None => Self::Single,
            },
            (ElementType::F32, _) => Self::Single,
        })
    }

    fn stored(&self) -> Stored {
        match self {
            Self::Single => Stored::F32,
            Self::Half(_) => Stored::F16,
            Self::Quantised(..) | Self::Integers => Stored::I8,
        }
    }
}

/// What the integers of a tensor stand for, if it is told in a way that manifests know.
fn affine(stored: StoredQuantisation) -> Option<Quantisation> {
    let StoredQuantisation::Affine { scale, zero_point } = stored else {
        return None;
    };
    let zero_point = i8::try_from(zero_point).ok()?;
    Some(Quantisation { scale, zero_point })
}

/// Whether integers stand for the same numbers on both sides, as far as both tell.
fn agree(manifest: Option<Quantisation>, file: Option<Quantisation>) -> bool {
    let (Some(manifest), Some(file)) = (manifest, file) else {
        return true;
    };
    manifest.zero_point == file.zero_point
        && (manifest.scale - file.scale).abs() <= SAME_SCALE * manifest.scale
}

fn check_finite(tensor: &TensorDescription, values: &[f32]) -> Result<(), RunError> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => Err(RunError::OutputNotFinite {
            tensor: tensor.name.clone(),
            index,
        }),
    }
}

/// Calls are checked before.
fn other_elements() -> RunError {
    DeviceFault::Failed("the elements are none of the model's".to_owned()).into()
}

/// Who refuses which model.
pub(super) struct Refusal<'a> {
    pub(super) backend: &'a str,
    pub(super) model: &'a str,
}

impl Refusal<'_> {
    pub(super) fn runtime(&self, reason: Error) -> LoadError {
        LoadError::Runtime {
            backend: self.backend.to_owned(),
            model: self.model.to_owned(),
            reason,
        }
    }

    fn shape(&self, declared: &TensorAttribute, tensor: &TensorDescription) -> LoadError {
        LoadError::WrongShape {
            model: self.model.to_owned(),
            tensor: tensor.name.clone(),
            expected: format!("{:?}", tensor.shape),
            found: format!("{:?} ({})", declared.dimensions, declared.format),
        }
    }

    fn element(&self, declared: &TensorAttribute, tensor: &TensorDescription) -> LoadError {
        let meaning = match declared.quantisation {
            StoredQuantisation::None => String::new(),
            StoredQuantisation::FixedPoint { fraction_bits } => {
                format!(" with {fraction_bits} bits behind the point")
            }
            StoredQuantisation::Affine { scale, zero_point } => {
                format!(" of scale {scale} and zero point {zero_point}")
            }
        };
        LoadError::WrongElement {
            model: self.model.to_owned(),
            tensor: tensor.name.clone(),
            expected: tensor.element,
            found: format!("{}{meaning}", declared.element),
        }
    }
}
