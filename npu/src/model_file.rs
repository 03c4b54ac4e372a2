//! The files in which a model is shipped.

use crate::model_hash::ModelHash;
use serde::{Deserialize, Serialize};
use std::fmt;

/// In what form a model is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// Open Neural Network Exchange: what CPU backends and the soft runtime read.
    Onnx,
    /// What the vendor's toolkit makes for one Rockchip NPU.
    Rknn,
}

impl FileFormat {
    /// What a file that begins with `bytes` is. ONNX has no mark of its own: everything else may be it.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        // The marks of plain and of encrypted models.
        if bytes.starts_with(b"RKNN") || bytes.starts_with(b"CYPTRKNN") {
            Self::Rknn
        } else {
            Self::Onnx
        }
    }
}

impl fmt::Display for FileFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Onnx => "ONNX",
            Self::Rknn => "RKNN",
        })
    }
}

/// With what numbers a model computes inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// IEEE 754 single precision.
    F32,
    /// 8-bit integers.
    Int8,
}

impl fmt::Display for Precision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::F32 => "FP32",
            Self::Int8 => "INT8",
        })
    }
}

/// One file of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFile {
    /// Its name, in the manifest's own folder.
    pub name: String,
    /// Its form.
    pub format: FileFormat,
    /// With what numbers it computes.
    pub precision: Precision,
    /// Its hash.
    pub sha256: ModelHash,
    /// For which processor it was made, as the toolkit names it (`rk3588`); nothing for any.
    pub target: Option<String>,
}
