//! The multiplication itself.

use std::sync::Arc;

use super::form::{
    MatmulForm, MatmulLayout, MatmulShape, MatmulSide, bytes_of_matrix, info_of, raw_shape,
    size_of_matrix, zeroed_attributes,
};
use crate::bindings::{rknn_matmul_info, rknn_matmul_io_attr, rknn_quant_params};
use crate::cores::{Core, Cores};
use crate::error::{Error, check};
use crate::handle::{Handle, Kind};
use crate::library::{Library, function};
use crate::memory::{Memory, MemoryKind, ReadGuard, WriteGuard};
use crate::query;
use crate::symbols::Call;

/// A multiplication with memory for its three matrices. Like a [`crate::Context`] it may move between
/// threads.
pub struct Matmul {
    memories: [Memory; 3],
    info: rknn_matmul_info,
    shapes: Vec<(MatmulShape, rknn_matmul_io_attr)>,
    current: usize,
    form: MatmulForm,
    /// Scales and zero points of each side: whether the library copies them is not said anywhere.
    quantisation: [Option<(Vec<f32>, Vec<i32>)>; 3],
    handle: Arc<Handle>,
}

impl Matmul {
    /// Prepares a multiplication of one shape, its matrices zero.
    ///
    /// The version of the library is looked at as far as it tells it without a model.
    ///
    /// # Errors
    /// [`Error::Matmul`] for lengths that the hardware does not take, [`Error::MissingSymbol`],
    /// [`Error::Call`], [`Error::BadAttribute`].
    pub fn new(
        library: &Arc<Library>,
        form: MatmulForm,
        shape: MatmulShape,
    ) -> Result<Self, Error> {
        let mut info = info_of(form, shape)?;
        let create = function!(library, rknn_matmul_create, MatmulCreate)?;
        function!(library, rknn_matmul_destroy, MatmulDestroy)?;
        let (mut raw, mut attributes) = (0, zeroed_attributes());
        // SAFETY: three variables that live until it returns.
        let code = unsafe { create(&mut raw, &mut info, &mut attributes) };
        check(Call::MatmulCreate, code)?;
        let handle = Handle::new(Arc::clone(library), raw, Kind::Matmul, None);
        Self::of(handle, form, info, vec![(shape, attributes)])
    }

    /// Prepares a multiplication of several shapes, the first of them set.
    ///
    /// # Errors
    /// As [`Matmul::new`].
    pub fn with_shapes(
        library: &Arc<Library>,
        form: MatmulForm,
        shapes: &[MatmulShape],
    ) -> Result<Self, Error> {
        let count = i32::try_from(shapes.len()).unwrap_or(i32::MAX);
        let Some(&first) = shapes.first().filter(|_| count < i32::MAX) else {
            return Err(Error::Matmul {
                what: "the number of shapes",
                found: shapes.len(),
                expected: "one or more",
            });
        };
        let mut info = info_of(form, first)?;
        let mut raw_shapes = shapes
            .iter()
            .map(|&shape| raw_shape(form, shape))
            .collect::<Result<Vec<_>, _>>()?;
        let create = function!(
            library,
            rknn_matmul_create_dynamic_shape,
            MatmulCreateDynamicShape
        )?;
        function!(library, rknn_matmul_destroy, MatmulDestroy)?;
        let mut raw = 0;
        let mut attributes = vec![zeroed_attributes(); shapes.len()];
        let (lengths, described) = (raw_shapes.as_mut_ptr(), attributes.as_mut_ptr());
        // SAFETY: `count` shapes and as many descriptions, which live until it returns like the rest.
        let code = unsafe { create(&mut raw, &mut info, count, lengths, described) };
        check(Call::MatmulCreateDynamicShape, code)?;
        let handle = Handle::new(Arc::clone(library), raw, Kind::Matmul, None);
        let shapes = shapes.iter().copied().zip(attributes).collect();
        let mut matmul = Self::of(handle, form, info, shapes)?;
        matmul.set_shape(first)?;
        Ok(matmul)
    }

    fn of(
        handle: Arc<Handle>,
        form: MatmulForm,
        info: rknn_matmul_info,
        shapes: Vec<(MatmulShape, rknn_matmul_io_attr)>,
    ) -> Result<Self, Error> {
        if let Ok(versions) = query::versions(&handle) {
            versions.check_for(&handle.library)?;
        }
        let largest = |side| {
            shapes.iter().try_fold(0, |largest, (shape, attributes)| {
                Ok::<_, Error>(size_of_matrix(form, *shape, side, attributes)?.max(largest))
            })
        };
        let memory = |side| Memory::new(&handle, largest(side)?, MemoryKind::Usual);
        let memories = [
            memory(MatmulSide::Left)?,
            memory(MatmulSide::Right)?,
            memory(MatmulSide::Result)?,
        ];
        let matmul = Self {
            memories,
            info,
            shapes,
            current: 0,
            form,
            quantisation: [None, None, None],
            handle,
        };
        matmul.bind()?;
        Ok(matmul)
    }

    /// Binds the three memories for the shape that is set.
    fn bind(&self) -> Result<(), Error> {
        let set = function!(self.handle.library, rknn_matmul_set_io_mem, MatmulSetIoMem)?;
        for side in MatmulSide::ALL {
            let mut attribute = *side.of(&self.shapes[self.current].1);
            let memory = self.memories[side as usize].raw();
            let locked = self.handle.lock();
            // SAFETY: the context and its memory are alive, and the memory is large enough for every
            // shape's description.
            let code = unsafe { set(locked.raw, memory, &mut attribute) };
            check(Call::MatmulSetIoMem, code)?;
        }
        Ok(())
    }

    /// The shape that is set.
    #[must_use]
    pub fn shape(&self) -> MatmulShape {
        self.shapes[self.current].0
    }

    /// Sets one of the shapes that it was made with.
    ///
    /// # Errors
    /// [`Error::Matmul`] if it was not, [`Error::MissingSymbol`], [`Error::Call`].
    pub fn set_shape(&mut self, shape: MatmulShape) -> Result<(), Error> {
        let position = self.shapes.iter().position(|(known, _)| *known == shape);
        let Some(position) = position else {
            return Err(Error::Matmul {
                what: "the number of rows, with its other lengths,",
                found: shape.rows,
                expected: "one of the shapes that the multiplication was made with",
            });
        };
        let set = function!(
            self.handle.library,
            rknn_matmul_set_dynamic_shape,
            MatmulSetDynamicShape
        )?;
        let mut raw = raw_shape(self.form, shape)?;
        let code = {
            let locked = self.handle.lock();
            // SAFETY: the context and the structure are alive until it returns.
            unsafe { set(locked.raw, &mut raw) }
        };
        check(Call::MatmulSetDynamicShape, code)?;
        self.current = position;
        self.bind()
    }

    /// Says which core computes; none leaves the choice to the runtime. It takes no several at once
    /// (rknn-toolkit2 issues 7 and 253).
    ///
    /// # Errors
    /// [`Error::MissingSymbol`], [`Error::Call`].
    pub fn set_core(&mut self, core: Option<Core>) -> Result<(), Error> {
        let set = function!(
            self.handle.library,
            rknn_matmul_set_core_mask,
            MatmulSetCoreMask
        )?;
        let mask = core.map_or(Cores::Auto, Cores::One).mask();
        let locked = self.handle.lock();
        // SAFETY: the context is alive, and the mask is one of the interface's constants.
        let code = unsafe { set(locked.raw, mask) };
        check(Call::MatmulSetCoreMask, code)
    }

    /// Says what the integers of a matrix stand for: scale (integer - zero point), one of each for all
    /// that shares a scale.
    ///
    /// # Errors
    /// [`Error::Matmul`] if there are none or too many to count, [`Error::MissingSymbol`],
    /// [`Error::Call`].
    pub fn set_quantisation(
        &mut self,
        side: MatmulSide,
        scales: &[f32],
        zero_points: &[i32],
    ) -> Result<(), Error> {
        let set = function!(
            self.handle.library,
            rknn_matmul_set_quant_params,
            MatmulSetQuantParams
        )?;
        // The interface takes pointers that may be written through.
        let (mut scales, mut zero_points) = (scales.to_vec(), zero_points.to_vec());
        let length = |what, found: usize| match i32::try_from(found) {
            Ok(length) if length > 0 => Ok(length),
            _ => Err(Error::Matmul {
                what,
                found,
                expected: "one for all that shares a scale",
            }),
        };
        let mut parameters = rknn_quant_params {
            name: side.of(&self.shapes[self.current].1).name,
            scale: scales.as_mut_ptr(),
            scale_len: length("the number of scales", scales.len())?,
            zp: zero_points.as_mut_ptr(),
            zp_len: length("the number of zero points", zero_points.len())?,
        };
        let locked = self.handle.lock();
        // SAFETY: the structure lives until it returns, and what it points to, of the lengths it says,
        // is kept beside the context below.
        let code = unsafe { set(locked.raw, &mut parameters) };
        drop(locked);
        check(Call::MatmulSetQuantParams, code)?;
        self.quantisation[side as usize] = Some((scales, zero_points));
        Ok(())
    }

    /// The left matrix, row by row, to be written.
    #[must_use]
    pub fn write_left(&mut self) -> WriteGuard<'_> {
        self.memories[MatmulSide::Left as usize].write()
    }

    /// Copies the right matrix in, given row by row; it is brought into the layout that was asked for.
    ///
    /// # Errors
    /// [`Error::TooSmall`], [`Error::MissingSymbol`], [`Error::Call`].
    pub fn write_right(&mut self, matrix: &[u8]) -> Result<(), Error> {
        let shape = self.shape();
        let needed = bytes_of_matrix(self.form, shape, MatmulSide::Right);
        if matrix.len() < needed {
            return Err(Error::TooSmall {
                what: "the right matrix".to_owned(),
                needed,
                found: matrix.len(),
            });
        }
        let mut info = self.info;
        let raw = raw_shape(self.form, shape)?;
        let memory = &mut self.memories[MatmulSide::Right as usize];
        if self.form.right == MatmulLayout::Normal {
            let mut guard = memory.write();
            guard[..needed].copy_from_slice(&matrix[..needed]);
            return guard.finish();
        }
        let convert = function!(
            self.handle.library,
            rknn_B_normal_layout_to_native_layout,
            NativeLayoutOfB
        )?;
        let mut guard = memory.write();
        let (from, into) = (matrix.as_ptr().cast_mut().cast(), guard.as_mut_ptr().cast());
        // SAFETY: it reads a matrix of this shape, which was seen to be there, and writes it in the
        // native layout, for which the library itself gave the size of the memory.
        let code = unsafe { convert(from, into, raw.K, raw.N, &mut info) };
        check(Call::NativeLayoutOfB, code)?;
        guard.finish()
    }

    /// Multiplies; returns when it is done.
    ///
    /// # Errors
    /// [`Error::Call`].
    pub fn run(&mut self) -> Result<(), Error> {
        for memory in &self.memories {
            memory.sync_to_device()?;
        }
        let run = function!(self.handle.library, rknn_matmul_run, MatmulRun)?;
        let locked = self.handle.lock();
        // SAFETY: the context and the three memories bound to it are alive and borrowed mutably.
        let code = unsafe { run(locked.raw) };
        check(Call::MatmulRun, code)
    }

    /// The result, row by row, as the last run left it.
    ///
    /// # Errors
    /// [`Error::Call`] if the caches cannot be brought up to date.
    pub fn read_result(&self) -> Result<ReadGuard<'_>, Error> {
        self.memories[MatmulSide::Result as usize].read()
    }
}

impl std::fmt::Debug for Matmul {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Matmul")
            .field("form", &self.form)
            .field("shape", &self.shape())
            .finish_non_exhaustive()
    }
}
