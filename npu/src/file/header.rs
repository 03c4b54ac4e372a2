//! What all model files say of themselves.

use super::error::HeaderError;
use super::onnx::OnnxHeader;
use super::rknn::RknnHeader;
use crate::model_file::{FileFormat, Precision};
use crate::tensor::ElementType;
use std::fmt;

/// What a model file says of itself.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelHeader {
    /// An ONNX model.
    Onnx(OnnxHeader),
    /// A model for a Rockchip NPU.
    Rknn(RknnHeader),
}

/// An input or output, as its file tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderTensor {
    /// Its name.
    pub name: String,
    /// Its axes, the slowest first; nothing where the file does not say.
    pub shape: Option<Vec<AxisLength>>,
    /// What it holds.
    pub element: HeaderElement,
}

/// The length of an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AxisLength {
    /// Always so long.
    Fixed(usize),
    /// As long as every other axis of this name.
    Symbolic(String),
    /// Left open.
    Open,
}

/// The type of a tensor's elements in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderElement {
    /// One that models here take and yield.
    Known(ElementType),
    /// Another one, as the format calls it.
    Other(String),
}

impl ModelHeader {
    /// Reads the header of a whole model file, of whichever format.
    ///
    /// # Errors
    /// [`HeaderError`].
    pub fn read(bytes: &[u8]) -> Result<Self, HeaderError> {
        match FileFormat::of(bytes) {
            FileFormat::Onnx => OnnxHeader::read(bytes).map(Self::Onnx),
            FileFormat::Rknn => RknnHeader::read(bytes).map(Self::Rknn),
        }
    }

    /// The format of the file.
    #[must_use]
    pub const fn format(&self) -> FileFormat {
        match self {
            Self::Onnx(_) => FileFormat::Onnx,
            Self::Rknn(_) => FileFormat::Rknn,
        }
    }

    /// What it takes.
    #[must_use]
    pub fn inputs(&self) -> &[HeaderTensor] {
        match self {
            Self::Onnx(header) => &header.inputs,
            Self::Rknn(header) => &header.inputs,
        }
    }

    /// What it yields.
    #[must_use]
    pub fn outputs(&self) -> &[HeaderTensor] {
        match self {
            Self::Onnx(header) => &header.outputs,
            Self::Rknn(header) => &header.outputs,
        }
    }

    /// With what numbers it computes, as far as the file tells.
    #[must_use]
    pub fn precision(&self) -> Precision {
        let is_quantised = match self {
            Self::Onnx(header) => header.is_quantised(),
            Self::Rknn(header) => header.is_quantised,
        };
        if is_quantised {
            Precision::Int8
        } else {
            Precision::F32
        }
    }
}

impl fmt::Display for HeaderTensor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.name, self.element)?;
        let Some(axes) = &self.shape else {
            return formatter.write_str(" of a shape that is not told");
        };
        let axes: Vec<String> = axes.iter().map(ToString::to_string).collect();
        write!(formatter, " [{}]", axes.join(", "))
    }
}

impl fmt::Display for AxisLength {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(length) => length.fmt(formatter),
            Self::Symbolic(name) => formatter.write_str(name),
            Self::Open => formatter.write_str("?"),
        }
    }
}

impl fmt::Display for HeaderElement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(element) => element.fmt(formatter),
            Self::Other(name) => formatter.write_str(name),
        }
    }
}
