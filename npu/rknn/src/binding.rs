//! Memory bound to the inputs and outputs of a context, so that nothing is copied.

use crate::attribute::{ElementType, Format, Role, TensorAttribute};
use crate::bindings::rknn_tensor_attr;
use crate::context::Context;
use crate::error::{Error, check};
use crate::library::function;
use crate::memory::{Memory, ReadGuard, WriteGuard};
use crate::query::View;
use crate::symbols::Call;

/// In which form elements lie in a bound memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As the NPU computes on them: nothing is converted, [`crate::layout`] may be needed.
    Native,
    /// In this form; the runtime converts, on the processor where the NPU cannot. Rows of an input
    /// follow each other as [`TensorAttribute::width_stride`] says.
    Plain {
        /// The type.
        element: ElementType,
        /// The order of axes. With a mean or deviation in the model, the runtime takes 4-axis inputs
        /// in NHWC only (rknn-toolkit2 issue 304).
        format: Format,
    },
}

/// A memory bound to a tensor.
pub(crate) struct Bound {
    memory: Memory,
    form: Form,
    attribute: TensorAttribute,
    /// What it would need, if the shape that was set since is too large for it.
    outgrown: Option<usize>,
}

/// What a binding hands to the library.
struct Plan {
    attribute: TensorAttribute,
    raw: rknn_tensor_attr,
    needed: usize,
}

impl Context {
    /// Bytes that a memory must have to be bound to this tensor in this form.
    ///
    /// # Errors
    /// As [`Context::attribute`], and [`Error::UnsupportedBinding`].
    pub fn needed(&self, role: Role, index: usize, form: Form) -> Result<usize, Error> {
        Ok(self.plan(role, index, form)?.needed)
    }

    /// Makes a memory that is large enough and binds it.
    ///
    /// # Errors
    /// As [`Context::bind`] and [`Context::memory`].
    pub fn bind_new(&mut self, role: Role, index: usize, form: Form) -> Result<(), Error> {
        let memory = self.memory(self.needed(role, index, form)?)?;
        self.bind(role, index, memory, form)
    }

    /// Binds a memory to an input or output; what was bound before is destroyed afterwards.
    ///
    /// # Errors
    /// [`Error::ForeignMemory`], [`Error::TooSmall`] before anything is bound, else as
    /// [`Context::needed`] or [`Error::Call`]. What was bound before stays bound.
    pub fn bind(
        &mut self,
        role: Role,
        index: usize,
        memory: Memory,
        form: Form,
    ) -> Result<(), Error> {
        let plan = self.plan(role, index, form)?;
        if !memory.is_of(self.handle()) {
            return Err(Error::ForeignMemory);
        }
        if memory.size() < plan.needed {
            return Err(Error::TooSmall {
                what: plan.attribute.called(role),
                needed: plan.needed,
                found: memory.size(),
            });
        }
        self.hand_over(&memory, plan.raw)?;
        self.slots_mut(role)[index] = Some(Bound {
            memory,
            form,
            attribute: plan.attribute,
            outgrown: None,
        });
        Ok(())
    }

    /// What the runtime says of the tensor in the form in which a memory is bound to it.
    ///
    /// Of a plain binding, the type and order of axes are the form's, not the attribute's.
    ///
    /// # Errors
    /// [`Error::NoSuchTensor`], [`Error::NotBound`].
    pub fn bound(&self, role: Role, index: usize) -> Result<(&TensorAttribute, Form), Error> {
        let bound = self.bound_to(role, index)?;
        Ok((&bound.attribute, bound.form))
    }

    /// The memory bound to an input, to be written.
    ///
    /// # Errors
    /// [`Error::NoSuchTensor`], [`Error::NotBound`].
    pub fn write_input(&mut self, index: usize) -> Result<WriteGuard<'_>, Error> {
        let role = Role::Input;
        self.check_index(role, index)?;
        match &mut self.slots_mut(role)[index] {
            Some(bound) => Ok(bound.memory.write()),
            None => Err(Error::NotBound { role, index }),
        }
    }

    /// The memory bound to an output, as the last run left it.
    ///
    /// # Errors
    /// [`Error::NoSuchTensor`], [`Error::NotBound`], [`Error::Call`] if the caches cannot be brought up
    /// to date.
    pub fn read_output(&self, index: usize) -> Result<ReadGuard<'_>, Error> {
        self.bound_to(Role::Output, index)?.memory.read()
    }

    fn bound_to(&self, role: Role, index: usize) -> Result<&Bound, Error> {
        self.check_index(role, index)?;
        self.slots(role)[index]
            .as_ref()
            .ok_or(Error::NotBound { role, index })
    }

    fn plan(&self, role: Role, index: usize, form: Form) -> Result<Plan, Error> {
        let view = match (form, self.is_reshaped()) {
            (Form::Native, false) => View::Native,
            (Form::Native, true) => View::CurrentNative,
            (Form::Plain { .. }, false) => View::Declared,
            (Form::Plain { .. }, true) => View::Current,
        };
        let attribute = self.attribute(role, index, view)?;
        let mut raw = *attribute.raw.0;
        let needed = match form {
            Form::Native => {
                raw.pass_through = u8::from(role == Role::Input);
                attribute.size_with_stride
            }
            Form::Plain { element, format } => {
                if matches!(element, ElementType::I4 | ElementType::Bf16)
                    || format == Format::Nc1hwc2
                {
                    return Err(Error::UnsupportedBinding {
                        role,
                        element,
                        format,
                    });
                }
                raw.pass_through = 0;
                raw.type_ = element.raw();
                raw.fmt = format.raw();
                plain_size(&attribute, element)
            }
        };
        Ok(Plan {
            attribute,
            raw,
            needed,
        })
    }

    fn hand_over(&self, memory: &Memory, mut raw: rknn_tensor_attr) -> Result<(), Error> {
        let set = function!(self.library(), rknn_set_io_mem, SetIoMem)?;
        let locked = self.handle().lock();
        // SAFETY: memory and context are alive, the memory is the context's, large enough for what
        // the attribute describes, and is kept until another takes its place or the context ends.
        let code = unsafe { set(locked.raw, memory.raw(), &mut raw) };
        check(Call::SetIoMem, code)
    }

    /// After another shape was set: binds again what is large enough, notes what is not.
    pub(crate) fn bind_again(&mut self) -> Result<(), Error> {
        for role in [Role::Input, Role::Output] {
            for index in 0..self.count(role) {
                let Some(bound) = self.slots_mut(role)[index].take() else {
                    continue;
                };
                let (bound, result) = self.bind_one_again(role, index, bound);
                self.slots_mut(role)[index] = Some(bound);
                result?;
            }
        }
        Ok(())
    }

    fn bind_one_again(
        &self,
        role: Role,
        index: usize,
        mut bound: Bound,
    ) -> (Bound, Result<(), Error>) {
        // Until it is known to fit, it does not.
        bound.outgrown = Some(usize::MAX);
        let plan = match self.plan(role, index, bound.form) {
            Ok(plan) => plan,
            Err(error) => return (bound, Err(error)),
        };
        if bound.memory.size() < plan.needed {
            bound.outgrown = Some(plan.needed);
            return (bound, Ok(()));
        }
        let result = self.hand_over(&bound.memory, plan.raw);
        if result.is_ok() {
            bound.outgrown = None;
            bound.attribute = plan.attribute;
        }
        (bound, result)
    }

    /// Whether what is bound may be run with; brings to the device what it may not see yet.
    ///
    /// # Errors
    /// [`Error::OutgrownBinding`], [`Error::Call`], and [`Error::NotBound`] if all must be bound.
    pub(crate) fn check_bindings(&self, all: bool) -> Result<(), Error> {
        for role in [Role::Input, Role::Output] {
            for (index, slot) in self.slots(role).iter().enumerate() {
                match slot {
                    Some(Bound {
                        outgrown: Some(needed),
                        ..
                    }) => {
                        return Err(Error::OutgrownBinding {
                            role,
                            index,
                            needed: *needed,
                        });
                    }
                    Some(bound) => bound.memory.sync_to_device()?,
                    None if all => return Err(Error::NotBound { role, index }),
                    None => {}
                }
            }
        }
        Ok(())
    }
}

/// Bytes of a tensor in elements of another type. Gaps that the attribute leaves count in: it is not
/// known of every runtime whether it leaves them out when it converts.
fn plain_size(attribute: &TensorAttribute, element: ElementType) -> usize {
    let dense = element.bytes(attribute.elements);
    let in_rows = attribute.bytes_with_stride(element);
    let stored = attribute.size_with_stride.saturating_mul(8) / attribute.element.bits();
    let with_gaps = element.bytes(stored);
    [dense, in_rows, with_gaps]
        .into_iter()
        .map(|bytes| bytes.unwrap_or(usize::MAX))
        .max()
        .unwrap_or(usize::MAX)
}
