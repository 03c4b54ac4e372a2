//! Other shapes, of models that were converted for several.

use crate::attribute::{Role, TensorAttribute};
use crate::bindings::{RKNN_MAX_DIMS, rknn_tensor_attr};
use crate::context::Context;
use crate::error::{Error, check};
use crate::library::function;
use crate::query::View;
use crate::symbols::Call;

impl Context {
    /// Sets the shape of every input, in the order of axes that [`View::Declared`] says; one of those
    /// that [`Context::input_ranges`] lists.
    ///
    /// What is bound is bound again. A memory that is too small for the new shape stays, and
    /// [`Context::run`] tells until a larger one is bound or a smaller shape is set.
    ///
    /// # Errors
    /// [`Error::WrongCount`], [`Error::Shape`], [`Error::MissingSymbol`], [`Error::Call`] if the model
    /// was not converted for this shape.
    pub fn set_shapes(&mut self, shapes: &[&[usize]]) -> Result<(), Error> {
        let expected = self.count(Role::Input);
        if shapes.len() != expected {
            return Err(Error::WrongCount {
                expected,
                found: shapes.len(),
            });
        }
        let mut raw = Vec::with_capacity(shapes.len());
        for (index, shape) in shapes.iter().enumerate() {
            let attribute = self.attribute(Role::Input, index, View::Declared)?;
            raw.push(reshaped(&attribute, shape)?);
        }
        let (changed, result) = self.hand_shapes(&mut raw);
        if changed {
            // Also if only some were set: what is bound must fit what the library will compute.
            self.note_reshaped();
            self.bind_again()?;
        }
        result
    }

    /// Whether any shape was set, and whether all were.
    fn hand_shapes(&self, raw: &mut [rknn_tensor_attr]) -> (bool, Result<(), Error>) {
        let set = match function!(self.library(), rknn_set_input_shapes, SetInputShapes) {
            Ok(set) => set,
            Err(_) => return self.hand_shapes_one_by_one(raw),
        };
        let locked = self.handle().lock();
        // SAFETY: so many structures, alive until it returns, and the context is alive.
        let code = unsafe { set(locked.raw, raw.len() as u32, raw.as_mut_ptr()) };
        let result = check(Call::SetInputShapes, code);
        (result.is_ok(), result)
    }

    /// As older libraries take them.
    fn hand_shapes_one_by_one(&self, raw: &mut [rknn_tensor_attr]) -> (bool, Result<(), Error>) {
        let set = match function!(self.library(), rknn_set_input_shape, SetInputShape) {
            Ok(set) => set,
            Err(error) => return (false, Err(error)),
        };
        let locked = self.handle().lock();
        for (index, attribute) in raw.iter_mut().enumerate() {
            // SAFETY: the context and the structure are alive until it returns.
            let code = unsafe { set(locked.raw, attribute) };
            if let Err(error) = check(Call::SetInputShape, code) {
                return (index > 0, Err(error));
            }
        }
        (true, Ok(()))
    }
}

fn reshaped(attribute: &TensorAttribute, shape: &[usize]) -> Result<rknn_tensor_attr, Error> {
    let impossible = || Error::Shape {
        shape: shape.to_vec(),
    };
    if shape.is_empty() || shape.len() > RKNN_MAX_DIMS as usize {
        return Err(impossible());
    }
    let mut raw = *attribute.raw.0;
    raw.n_dims = shape.len() as u32;
    raw.dims = [0; RKNN_MAX_DIMS as usize];
    for (slot, &length) in raw.dims.iter_mut().zip(shape) {
        *slot = match u32::try_from(length) {
            Ok(length) if length > 0 => length,
            _ => return Err(impossible()),
        };
    }
    Ok(raw)
}
