//! What the runtime says of a tensor, checked before anything rests on it.

use crate::bindings::{
    _rknn_tensor_format as format, _rknn_tensor_qnt_type as quantisation,
    _rknn_tensor_type as element, RKNN_MAX_DIMS, rknn_tensor_attr,
};
use crate::error::Error;
use crate::text::text_of;

/// Which side of a model a tensor is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Goes in.
    Input,
    /// Comes out.
    Output,
}

impl std::fmt::Display for Role {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Input => "input",
            Self::Output => "output",
        })
    }
}

macro_rules! named {
    ($(#[$attribute:meta])* $name:ident: $raw:ty, $field:literal {
        $($(#[$variant_attribute:meta])* $variant:ident = $constant:path, $text:literal;)*
    }) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_attribute])* $variant,)*
        }

        impl $name {
            pub(crate) fn of(number: $raw) -> Option<Self> {
                match number {
                    $($constant => Some(Self::$variant),)*
                    _ => None,
                }
            }

            pub(crate) fn raw(self) -> $raw {
                match self {
                    $(Self::$variant => $constant,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(match self {
                    $(Self::$variant => $text,)*
                })
            }
        }
    };
}

named! {
    /// The type of a tensor's elements.
    ElementType: element::Type, "type" {
        /// 32-bit floating point.
        F32 = element::RKNN_TENSOR_FLOAT32, "f32";
        /// 16-bit floating point, IEEE 754.
        F16 = element::RKNN_TENSOR_FLOAT16, "f16";
        /// 8-bit integer.
        I8 = element::RKNN_TENSOR_INT8, "i8";
        /// 8-bit integer without sign.
        U8 = element::RKNN_TENSOR_UINT8, "u8";
        /// 16-bit integer.
        I16 = element::RKNN_TENSOR_INT16, "i16";
        /// 16-bit integer without sign.
        U16 = element::RKNN_TENSOR_UINT16, "u16";
        /// 32-bit integer.
        I32 = element::RKNN_TENSOR_INT32, "i32";
        /// 32-bit integer without sign.
        U32 = element::RKNN_TENSOR_UINT32, "u32";
        /// 64-bit integer.
        I64 = element::RKNN_TENSOR_INT64, "i64";
        /// True or false, a byte each.
        Bool = element::RKNN_TENSOR_BOOL, "bool";
        /// 4-bit integer, two in a byte.
        I4 = element::RKNN_TENSOR_INT4, "i4";
        /// 16-bit floating point with the exponent of 32-bit.
        Bf16 = element::RKNN_TENSOR_BFLOAT16, "bf16";
    }
}

impl ElementType {
    /// Bits of an element.
    #[must_use]
    pub fn bits(self) -> usize {
        match self {
            Self::I4 => 4,
            Self::I8 | Self::U8 | Self::Bool => 8,
            Self::F16 | Self::Bf16 | Self::I16 | Self::U16 => 16,
            Self::F32 | Self::I32 | Self::U32 => 32,
            Self::I64 => 64,
        }
    }

    /// Bytes of so many elements, or nothing if that is more than can be counted.
    #[must_use]
    pub fn bytes(self, elements: usize) -> Option<usize> {
        Some(elements.checked_mul(self.bits())?.div_ceil(8))
    }
}

named! {
    /// In which order a tensor's axes lie in memory.
    Format: format::Type, "fmt" {
        /// Batch, channel, row, column.
        Nchw = format::RKNN_TENSOR_NCHW, "NCHW";
        /// Batch, row, column, channel.
        Nhwc = format::RKNN_TENSOR_NHWC, "NHWC";
        /// Batch, block of channels, row, column, channel in its block: what the NPU computes on.
        Nc1hwc2 = format::RKNN_TENSOR_NC1HWC2, "NC1HWC2";
        /// Another order, or too few axes to say.
        Undefined = format::RKNN_TENSOR_UNDEFINED, "undefined";
    }
}

/// How a tensor's integers stand for real numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quantisation {
    /// They stand for themselves.
    None,
    /// value = integer / 2^`fraction_bits`.
    FixedPoint {
        /// Bits behind the point.
        fraction_bits: i8,
    },
    /// value = `scale` (integer - `zero_point`).
    Affine {
        /// What one step is.
        scale: f32,
        /// Which integer is zero.
        zero_point: i32,
    },
}

/// What the runtime says of a tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorAttribute {
    /// Which of the inputs or outputs.
    pub index: usize,
    /// Its name in the model.
    pub name: String,
    /// Its shape, in the order of `format`.
    pub dimensions: Vec<usize>,
    /// How many elements it has; of NC1HWC2 those that fill up a block may be left out.
    pub elements: usize,
    /// Its bytes without gaps.
    pub size: usize,
    /// The order of its axes.
    pub format: Format,
    /// The type of its elements.
    pub element: ElementType,
    /// What its integers stand for.
    pub quantisation: Quantisation,
    /// Columns from one row to the next in memory; the width where the runtime leaves it out.
    pub width_stride: usize,
    /// Rows from one plane to the next in memory; the height where the runtime leaves it out.
    pub height_stride: usize,
    /// Its bytes with all gaps: what a memory bound to it must hold.
    pub size_with_stride: usize,
    pub(crate) raw: RawAttribute,
}

/// The structure as the runtime filled it, to be handed back when binding.
#[derive(Clone)]
pub(crate) struct RawAttribute(pub(crate) Box<rknn_tensor_attr>);

impl PartialEq for RawAttribute {
    /// All that matters of it stands in the fields beside it.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl std::fmt::Debug for RawAttribute {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("..")
    }
}

impl TensorAttribute {
    /// Reads what the runtime filled in for tensor `index`.
    ///
    /// # Errors
    /// [`Error::BadAttribute`] naming the first field that cannot be true.
    pub(crate) fn read(role: Role, index: usize, raw: &rknn_tensor_attr) -> Result<Self, Error> {
        let name = text_of(&raw.name);
        let bad = |field, found: u64, expected: &str| Error::BadAttribute {
            what: format!("{role} {index} '{name}'"),
            field,
            found,
            expected: expected.to_owned(),
        };
        if raw.index as usize != index {
            return Err(bad("index", raw.index.into(), "another was asked for"));
        }
        if raw.n_dims > RKNN_MAX_DIMS {
            return Err(bad("n_dims", raw.n_dims.into(), "16 axes are the most"));
        }
        let dimensions: Vec<usize> = raw.dims[..raw.n_dims as usize]
            .iter()
            .map(|&length| length as usize)
            .collect();
        if dimensions.contains(&0) {
            return Err(bad("dims", 0, "an axis has a length of 1 or more"));
        }
        let format = Format::of(raw.fmt)
            .ok_or_else(|| bad("fmt", raw.fmt.into(), "no such layout is known"))?;
        let element = ElementType::of(raw.type_)
            .ok_or_else(|| bad("type", raw.type_.into(), "no such type is known"))?;
        let quantisation = quantisation_of(element, raw)
            .map_err(|(field, found, expected)| bad(field, found, expected))?;
        if format == Format::Nc1hwc2 && dimensions.len() != 5 {
            return Err(bad("n_dims", raw.n_dims.into(), "NC1HWC2 has 5 axes"));
        }
        let (height, width) = plane(format, &dimensions).unwrap_or((1, 1));
        let has_planes = plane(format, &dimensions).is_some();
        let stride = |given: u32, length| match given {
            0 => length,
            given if has_planes => given as usize,
            _ => length,
        };
        let attribute = Self {
            index,
            elements: raw.n_elems as usize,
            size: raw.size as usize,
            format,
            element,
            quantisation,
            width_stride: stride(raw.w_stride, width),
            height_stride: stride(raw.h_stride, height),
            size_with_stride: match raw.size_with_stride {
                0 => raw.size as usize,
                given => given as usize,
            },
            raw: RawAttribute(Box::new(*raw)),
            name: name.clone(),
            dimensions,
        };
        attribute.check(&bad)?;
        Ok(attribute)
    }

    /// Whether lengths, strides and sizes agree.
    fn check(&self, bad: &dyn Fn(&'static str, u64, &str) -> Error) -> Result<(), Error> {
        let raw = &self.raw.0;
        let (height, width) = plane(self.format, &self.dimensions).unwrap_or((1, 1));
        if self.width_stride < width {
            return Err(bad(
                "w_stride",
                raw.w_stride.into(),
                &format!("a row has {width} columns"),
            ));
        }
        if self.height_stride < height {
            return Err(bad(
                "h_stride",
                raw.h_stride.into(),
                &format!("a plane has {height} rows"),
            ));
        }
        let product = product(&self.dimensions)
            .ok_or_else(|| bad("dims", u64::MAX, "so many elements cannot be counted"))?;
        let elements_fit = match self.format {
            Format::Nc1hwc2 => self.elements <= product,
            _ => self.elements == product,
        };
        if !elements_fit || self.elements == 0 {
            return Err(bad(
                "n_elems",
                raw.n_elems.into(),
                &format!("the axes give {product}"),
            ));
        }
        let dense = self.element.bytes(self.elements).unwrap_or(usize::MAX);
        if self.size < dense {
            return Err(bad(
                "size",
                raw.size.into(),
                &format!("its elements have {dense} bytes"),
            ));
        }
        let needed = self
            .bytes_with_stride(self.element)
            .unwrap_or(usize::MAX)
            .max(self.size);
        if self.size_with_stride < needed {
            let found = raw.size_with_stride.into();
            return Err(bad(
                "size_with_stride",
                found,
                &format!("its rows have {needed} bytes"),
            ));
        }
        Ok(())
    }

    /// Bytes of the tensor with the gaps that its width's stride leaves, if its elements were `element`.
    ///
    /// The stride of heights is left out: runtimes give it without leaving room after the last plane.
    pub(crate) fn bytes_with_stride(&self, element: ElementType) -> Option<usize> {
        let (_, width) = plane(self.format, &self.dimensions).unwrap_or((1, 1));
        let rows = product(&self.dimensions)? / width;
        element.bytes(rows.checked_mul(self.width_stride)?)
    }

    /// The tensor as errors name it.
    pub(crate) fn called(&self, role: Role) -> String {
        format!("{role} {} '{}'", self.index, self.name)
    }
}

/// What the integers stand for, or the field that cannot be. Runtimes also give scales to floats, which
/// mean nothing, and none to wide integers.
fn quantisation_of(
    element: ElementType,
    raw: &rknn_tensor_attr,
) -> Result<Quantisation, (&'static str, u64, &'static str)> {
    use ElementType::{Bf16, Bool, F16, F32, I32, I64, U32};
    let scale = raw.scale;
    match raw.qnt_type {
        quantisation::RKNN_TENSOR_QNT_NONE => Ok(Quantisation::None),
        quantisation::RKNN_TENSOR_QNT_DFP => Ok(Quantisation::FixedPoint {
            fraction_bits: raw.fl,
        }),
        quantisation::RKNN_TENSOR_QNT_AFFINE_ASYMMETRIC => match element {
            F32 | F16 | Bf16 | Bool => Ok(Quantisation::None),
            I32 | I64 | U32 if scale == 0.0 => Ok(Quantisation::None),
            _ if scale.is_finite() && scale > 0.0 => Ok(Quantisation::Affine {
                scale,
                zero_point: raw.zp,
            }),
            _ => Err((
                "scale",
                scale.to_bits().into(),
                "a step is finite and above zero (these are its bits)",
            )),
        },
        other => Err(("qnt_type", other.into(), "no such kind is known")),
    }
}

/// Rows and columns of a plane, if the tensor has planes: strides say nothing of others.
fn plane(format: Format, dimensions: &[usize]) -> Option<(usize, usize)> {
    match (format, dimensions) {
        (Format::Nchw, &[_, _, height, width])
        | (Format::Nhwc, &[_, height, width, _])
        | (Format::Nc1hwc2, &[_, _, height, width, _]) => Some((height, width)),
        _ => None,
    }
}

fn product(dimensions: &[usize]) -> Option<usize> {
    dimensions
        .iter()
        .try_fold(1_usize, |product, &length| product.checked_mul(length))
}
