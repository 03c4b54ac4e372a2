//! One multiplication of matrices on the NPU, without a model: result = left x right.

use std::mem::MaybeUninit;
use std::sync::Arc;

use crate::attribute::ElementType;
use crate::bindings::{
    _rknn_matmul_quant_type as scales, _rknn_matmul_type as kind, rknn_matmul_info,
    rknn_matmul_io_attr, rknn_matmul_layout as layout, rknn_matmul_shape, rknn_matmul_tensor_attr,
    rknn_quant_params,
};
use crate::cores::{Core, Cores};
use crate::error::{Error, check};
use crate::handle::{Handle, Kind};
use crate::library::{Library, function};
use crate::memory::{Memory, MemoryKind, ReadGuard, WriteGuard};
use crate::query;
use crate::symbols::Call;
use crate::text::text_of;

/// Multiplications of 8-bit integers on RK3588 take an inner length and columns in multiples of this.
const STEP_OF_INTEGERS: usize = 32;

/// The types of the left matrix, the right one and the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say all")]
pub enum MatmulKind {
    F16F16F32,
    I8I8I32,
    I8I8I8,
    F16F16F16,
    F16I8F32,
    F16I8F16,
    F16I4F32,
    F16I4F16,
    I8I8F32,
    I4I4I16,
    I8I4I32,
    F16I4Bf16,
    I8I4F16,
}

impl MatmulKind {
    fn raw(self) -> kind::Type {
        match self {
            Self::F16F16F32 => kind::RKNN_FLOAT16_MM_FLOAT16_TO_FLOAT32,
            Self::I8I8I32 => kind::RKNN_INT8_MM_INT8_TO_INT32,
            Self::I8I8I8 => kind::RKNN_INT8_MM_INT8_TO_INT8,
            Self::F16F16F16 => kind::RKNN_FLOAT16_MM_FLOAT16_TO_FLOAT16,
            Self::F16I8F32 => kind::RKNN_FLOAT16_MM_INT8_TO_FLOAT32,
            Self::F16I8F16 => kind::RKNN_FLOAT16_MM_INT8_TO_FLOAT16,
            Self::F16I4F32 => kind::RKNN_FLOAT16_MM_INT4_TO_FLOAT32,
            Self::F16I4F16 => kind::RKNN_FLOAT16_MM_INT4_TO_FLOAT16,
            Self::I8I8F32 => kind::RKNN_INT8_MM_INT8_TO_FLOAT32,
            Self::I4I4I16 => kind::RKNN_INT4_MM_INT4_TO_INT16,
            Self::I8I4I32 => kind::RKNN_INT8_MM_INT4_TO_INT32,
            Self::F16I4Bf16 => kind::RKNN_FLOAT16_MM_INT4_TO_BFLOAT16,
            Self::I8I4F16 => kind::RKNN_INT8_MM_INT4_TO_FLOAT16,
        }
    }

    /// The types of left, right and result.
    #[must_use]
    pub fn elements(self) -> [ElementType; 3] {
        use ElementType::{Bf16, F16, F32, I4, I8, I16, I32};
        match self {
            Self::F16F16F32 => [F16, F16, F32],
            Self::I8I8I32 => [I8, I8, I32],
            Self::I8I8I8 => [I8, I8, I8],
            Self::F16F16F16 => [F16, F16, F16],
            Self::F16I8F32 => [F16, I8, F32],
            Self::F16I8F16 => [F16, I8, F16],
            Self::F16I4F32 => [F16, I4, F32],
            Self::F16I4F16 => [F16, I4, F16],
            Self::I8I8F32 => [I8, I8, F32],
            Self::I4I4I16 => [I4, I4, I16],
            Self::I8I4I32 => [I8, I4, I32],
            Self::F16I4Bf16 => [F16, I4, Bf16],
            Self::I8I4F16 => [I8, I4, F16],
        }
    }
}

/// How a matrix lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MatmulLayout {
    /// Row by row.
    #[default]
    Normal,
    /// As the NPU computes on it, which the vendor does not describe; quicker.
    Native,
}

impl MatmulLayout {
    fn raw(self) -> i16 {
        match self {
            Self::Normal => layout::RKNN_MM_LAYOUT_NORM as i16,
            Self::Native => layout::RKNN_MM_LAYOUT_NATIVE as i16,
        }
    }
}

/// What shares a scale in the right matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MatmulScales {
    /// The whole matrix; zero is zero.
    #[default]
    Layer,
    /// The whole matrix, with a zero point.
    LayerWithZero,
    /// Each column; zero is zero.
    Columns,
    /// Each column, with a zero point each.
    ColumnsWithZero,
    /// So many rows of a column; zero is zero.
    Groups(u16),
}

/// What is multiplied, and how it lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatmulForm {
    /// The types.
    pub kind: MatmulKind,
    /// How the right matrix lies in memory; [`Matmul::write_right`] takes it row by row anyhow.
    pub right: MatmulLayout,
    /// What shares a scale in it.
    pub scales: MatmulScales,
}

/// The lengths of a multiplication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatmulShape {
    /// Rows of left and result.
    pub rows: usize,
    /// Columns of left, rows of right.
    pub inner: usize,
    /// Columns of right and result.
    pub columns: usize,
}

/// One of the three matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatmulSide {
    /// The left factor.
    Left,
    /// The right factor.
    Right,
    /// The result.
    Result,
}

impl MatmulSide {
    const ALL: [Self; 3] = [Self::Left, Self::Right, Self::Result];

    fn of(self, all: &rknn_matmul_io_attr) -> &rknn_matmul_tensor_attr {
        match self {
            Self::Left => &all.A,
            Self::Right => &all.B,
            Self::Result => &all.C,
        }
    }
}

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

fn zeroed_attributes() -> rknn_matmul_io_attr {
    // SAFETY: a structure of numbers and letters, for which all zero is valid.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

fn info_of(form: MatmulForm, shape: MatmulShape) -> Result<rknn_matmul_info, Error> {
    let raw = raw_shape(form, shape)?;
    // SAFETY: a structure of numbers, for which all zero is valid.
    let mut info: rknn_matmul_info = unsafe { MaybeUninit::zeroed().assume_init() };
    (info.M, info.K, info.N) = (raw.M, raw.K, raw.N);
    info.type_ = form.kind.raw();
    info.B_layout = form.right.raw();
    info.AC_layout = MatmulLayout::Normal.raw();
    let (shared, group) = match form.scales {
        MatmulScales::Layer => (scales::RKNN_QUANT_TYPE_PER_LAYER_SYM, 0),
        MatmulScales::LayerWithZero => (scales::RKNN_QUANT_TYPE_PER_LAYER_ASYM, 0),
        MatmulScales::Columns => (scales::RKNN_QUANT_TYPE_PER_CHANNEL_SYM, 0),
        MatmulScales::ColumnsWithZero => (scales::RKNN_QUANT_TYPE_PER_CHANNEL_ASYM, 0),
        MatmulScales::Groups(rows) => (scales::RKNN_QUANT_TYPE_PER_GROUP_SYM, rows),
    };
    info.B_quant_type = shared as i16;
    info.group_size = i16::try_from(group).map_err(|_| Error::Matmul {
        what: "the number of rows of a group",
        found: group.into(),
        expected: "32767 at most",
    })?;
    Ok(info)
}

fn raw_shape(form: MatmulForm, shape: MatmulShape) -> Result<rknn_matmul_shape, Error> {
    let integers = form.kind.elements()[..2] == [ElementType::I8; 2];
    let length = |what, found: usize, step: usize| match i32::try_from(found) {
        Ok(length) if length > 0 && found.is_multiple_of(step) => Ok(length),
        _ => Err(Error::Matmul {
            what,
            found,
            expected: if step == 1 {
                "1 or more, in 31 bits"
            } else {
                "of 8-bit integers a multiple of 32"
            },
        }),
    };
    let step = if integers { STEP_OF_INTEGERS } else { 1 };
    let raw = rknn_matmul_shape {
        M: length("the number of rows", shape.rows, 1)?,
        K: length("the inner length", shape.inner, step)?,
        N: length("the number of columns", shape.columns, step)?,
    };
    for side in MatmulSide::ALL {
        if bytes_of_matrix(form, shape, side) > u32::MAX as usize {
            return Err(Error::MemorySize {
                bytes: bytes_of_matrix(form, shape, side),
            });
        }
    }
    Ok(raw)
}

/// Bytes of a matrix row by row, without gaps.
fn bytes_of_matrix(form: MatmulForm, shape: MatmulShape, side: MatmulSide) -> usize {
    let (rows, columns) = match side {
        MatmulSide::Left => (shape.rows, shape.inner),
        MatmulSide::Right => (shape.inner, shape.columns),
        MatmulSide::Result => (shape.rows, shape.columns),
    };
    let elements = rows.checked_mul(columns);
    elements
        .and_then(|elements| form.kind.elements()[side as usize].bytes(elements))
        .unwrap_or(usize::MAX)
}

/// Bytes that the library says a matrix needs, if that can be.
fn size_of_matrix(
    form: MatmulForm,
    shape: MatmulShape,
    side: MatmulSide,
    attributes: &rknn_matmul_io_attr,
) -> Result<usize, Error> {
    let attribute = side.of(attributes);
    let needed = bytes_of_matrix(form, shape, side);
    let size = attribute.size as usize;
    if size < needed {
        return Err(Error::BadAttribute {
            what: format!("matrix '{}'", text_of(&attribute.name)),
            field: "size",
            found: attribute.size.into(),
            expected: format!("its elements have {needed} bytes"),
        });
    }
    Ok(size)
}
