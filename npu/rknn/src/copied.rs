//! Running with copies: simpler than bound memory, and slower.

use std::mem::MaybeUninit;
use std::ptr;

use crate::attribute::{ElementType, Format, Role};
use crate::bindings::{rknn_input, rknn_output};
use crate::context::Context;
use crate::error::{Error, check};
use crate::library::function;
use crate::query::View;
use crate::symbols::Call;

/// An input that the library copies.
#[derive(Debug, Clone, Copy)]
pub struct InputData<'a> {
    /// The elements, row by row without gaps; with `pass_through` in the NPU's own form.
    pub bytes: &'a [u8],
    /// Their type.
    pub element: ElementType,
    /// The order of axes.
    pub format: Format,
    /// Nothing is converted: the bytes are as [`View::Native`] describes them.
    pub pass_through: bool,
}

/// What a run yielded, in the library's memory until it is dropped.
///
/// While it is there the context does not run:
///
/// ```compile_fail
/// fn run(context: &mut triune_rknn::Context, inputs: &[triune_rknn::InputData]) {
///     let outputs = context.run_copied(inputs, true).unwrap();
///     context.run();
///     drop(outputs);
/// }
/// ```
pub struct Outputs<'a> {
    context: &'a mut Context,
    raw: Vec<rknn_output>,
    /// How many bytes of each are known to be there.
    lengths: Vec<usize>,
    is_float: bool,
}

impl Context {
    /// Copies the inputs in, computes, and lends the outputs; `as_floats` converts them to `f32`.
    ///
    /// # Errors
    /// [`Error::WrongCount`], [`Error::TooSmall`] before anything is copied; [`Error::MissingSymbol`],
    /// [`Error::Call`]; [`Error::BadAttribute`] if an output is shorter than it should be.
    pub fn run_copied(
        &mut self,
        inputs: &[InputData<'_>],
        as_floats: bool,
    ) -> Result<Outputs<'_>, Error> {
        self.check_bindings(false)?;
        self.set_inputs(inputs)?;
        self.run_now()?;
        self.outputs(as_floats)
    }

    fn set_inputs(&mut self, inputs: &[InputData<'_>]) -> Result<(), Error> {
        let expected = self.count(Role::Input);
        if inputs.len() != expected {
            return Err(Error::WrongCount {
                expected,
                found: inputs.len(),
            });
        }
        let mut raw = Vec::with_capacity(inputs.len());
        for (index, input) in inputs.iter().enumerate() {
            raw.push(self.input(index, input)?);
        }
        let set = function!(self.library(), rknn_inputs_set, InputsSet)?;
        let locked = self.handle().lock();
        // SAFETY: the structures live until the call returns, and each names a buffer that is as long
        // as its type and the model's shape need; the buffers are borrowed until the run is over.
        let code = unsafe { set(locked.raw, raw.len() as u32, raw.as_mut_ptr()) };
        check(Call::InputsSet, code)
    }

    fn input(&self, index: usize, input: &InputData<'_>) -> Result<rknn_input, Error> {
        let view = match (input.pass_through, self.is_reshaped()) {
            (false, false) => View::Declared,
            (false, true) => View::Current,
            (true, false) => View::Native,
            (true, true) => View::CurrentNative,
        };
        let attribute = self.attribute(Role::Input, index, view)?;
        let needed = if input.pass_through {
            attribute.size_with_stride
        } else {
            let bytes = input.element.bytes(attribute.elements);
            bytes.unwrap_or(usize::MAX)
        };
        let found = input.bytes.len();
        let size = u32::try_from(found).unwrap_or(u32::MAX);
        if found < needed {
            return Err(Error::TooSmall {
                what: attribute.called(Role::Input),
                needed,
                found,
            });
        }
        Ok(rknn_input {
            index: index as u32,
            // The library only reads it.
            buf: input.bytes.as_ptr().cast_mut().cast(),
            size,
            pass_through: u8::from(input.pass_through),
            type_: input.element.raw(),
            fmt: input.format.raw(),
        })
    }

    fn outputs(&mut self, as_floats: bool) -> Result<Outputs<'_>, Error> {
        let get = function!(self.library(), rknn_outputs_get, OutputsGet)?;
        // Asked before the outputs are taken: without it they could not be given back.
        function!(self.library(), rknn_outputs_release, OutputsRelease)?;
        let view = if self.is_reshaped() {
            View::Current
        } else {
            View::Declared
        };
        let attributes = self.attributes(Role::Output, view)?;
        let mut raw: Vec<rknn_output> = (0..attributes.len())
            .map(|index| {
                // SAFETY: a structure of numbers and a pointer, for which all zero is valid.
                let mut output: rknn_output = unsafe { MaybeUninit::zeroed().assume_init() };
                output.index = index as u32;
                output.want_float = u8::from(as_floats);
                output
            })
            .collect();
        let code = {
            let locked = self.handle().lock();
            let count = raw.len() as u32;
            // SAFETY: so many structures, alive until it returns; each asks for a buffer of the library's.
            unsafe { get(locked.raw, count, raw.as_mut_ptr(), ptr::null_mut()) }
        };
        check(Call::OutputsGet, code)?;
        let lengths = attributes
            .iter()
            .map(|attribute| {
                let element = if as_floats {
                    ElementType::F32
                } else {
                    attribute.element
                };
                element.bytes(attribute.elements).unwrap_or(usize::MAX)
            })
            .collect();
        let outputs = Outputs {
            context: self,
            raw,
            lengths,
            is_float: as_floats,
        };
        // From here on dropping `outputs` gives them back.
        for (index, (raw, &needed)) in outputs.raw.iter().zip(&outputs.lengths).enumerate() {
            if raw.buf.is_null() || (raw.size as usize) < needed {
                return Err(Error::BadAttribute {
                    what: attributes[index].called(Role::Output),
                    field: "size",
                    found: if raw.buf.is_null() {
                        0
                    } else {
                        raw.size.into()
                    },
                    expected: format!("its elements have {needed} bytes"),
                });
            }
        }
        Ok(outputs)
    }
}

impl Outputs<'_> {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.raw.len()
    }

    /// The bytes of an output, in the declared type and order; nothing if there is no such output.
    #[must_use]
    pub fn bytes(&self, index: usize) -> Option<&[u8]> {
        let (raw, &length) = self.raw.get(index).zip(self.lengths.get(index))?;
        // SAFETY: the library lent so many bytes until they are released, which dropping this does.
        Some(unsafe { std::slice::from_raw_parts(raw.buf.cast(), length) })
    }

    /// An output as `f32`, if so asked for; nothing otherwise.
    #[must_use]
    pub fn floats(&self, index: usize) -> Option<&[f32]> {
        use zerocopy::FromBytes as _;
        if !self.is_float {
            return None;
        }
        <[f32]>::ref_from_bytes(self.bytes(index)?).ok()
    }
}

impl Drop for Outputs<'_> {
    fn drop(&mut self) {
        let library = self.context.library();
        let Ok(release) = &library.functions.rknn_outputs_release else {
            return;
        };
        let count = self.raw.len() as u32;
        let start = self.raw.as_mut_ptr();
        let locked = self.context.handle().lock();
        // SAFETY: the structures are those that the library filled, and are given back once.
        let code = unsafe { release(locked.raw, count, start) };
        library.note_release(Call::OutputsRelease, code);
    }
}

impl std::fmt::Debug for Outputs<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Outputs")
            .field("lengths", &self.lengths)
            .finish_non_exhaustive()
    }
}
