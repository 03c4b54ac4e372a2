//! What a `.rknn` file says of itself.
//!
//! The container, as public readers of it describe it and as rknn-toolkit2 2.5.0 writes it: `RKNN`
//! and four bytes of 0; version and length of the model, 64 bits each, little-endian; for versions from
//! 2 on 40 bytes more; the model, a FlatBuffers message with the identifier `RKNN`; the length of the
//! description, 64 bits; the description, JSON.

use super::error::HeaderError;
use super::header::{AxisLength, HeaderElement, HeaderTensor};
use super::text;
use crate::tensor::ElementType;
use serde::Deserialize;

/// Newest version of the container that is known here.
pub const NEWEST_CONTAINER: u64 = 6;
/// Inputs, outputs or tensors that a file may name.
const MOST_TENSORS: usize = 1_024;
/// Axes of one of them.
const MOST_AXES: usize = 32;

const FORMAT: &str = "RKNN";
const MARK: &[u8] = b"RKNN\0\0\0\0";
/// Version of the containers whose models are known to be FlatBuffers messages.
const FLAT_BUFFERS: u64 = 6;

/// What a `.rknn` file says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct RknnHeader {
    /// Version of the container.
    pub container_version: u64,
    /// Bytes of the model within it.
    pub model_bytes: u64,
    /// The model's name; the toolkit writes `rknn model` unless it is told another.
    pub name: String,
    /// Version of the toolkit that wrote it.
    pub toolkit: String,
    /// For which processors it was made.
    pub targets: Vec<String>,
    /// What it takes: the runtime converts from single precision.
    pub inputs: Vec<HeaderTensor>,
    /// What it yields: the runtime converts to single precision.
    pub outputs: Vec<HeaderTensor>,
    /// Whether some of them are 8-bit integers inside.
    pub is_quantised: bool,
}

#[derive(Deserialize)]
struct Description {
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    target_platform: Vec<String>,
    #[serde(default)]
    norm_tensor: Vec<NormalTensor>,
    #[serde(default)]
    graph: Vec<Edge>,
}

#[derive(Deserialize)]
struct NormalTensor {
    tensor_id: u64,
    url: String,
    #[serde(default)]
    size: Vec<u64>,
    #[serde(default)]
    dtype: Elements,
}

#[derive(Default, Deserialize)]
struct Elements {
    #[serde(default)]
    qnt_type: String,
}

#[derive(Deserialize)]
struct Edge {
    left: String,
    #[serde(default)]
    left_tensor_id: u64,
    #[serde(default)]
    right: String,
    right_tensor_id: u64,
}

impl RknnHeader {
    /// Reads the header of a whole `.rknn` file.
    ///
    /// # Errors
    /// [`HeaderError`].
    pub fn read(bytes: &[u8]) -> Result<Self, HeaderError> {
        if bytes.is_empty() {
            return Err(HeaderError::Empty);
        }
        if bytes.starts_with(b"CYPTRKNN") {
            return Err(HeaderError::Encrypted);
        }
        if !bytes.starts_with(&MARK[..bytes.len().min(MARK.len())]) {
            return Err(HeaderError::Foreign {
                found: "something else",
                expected: FORMAT,
                remedy: "convert the model with the vendor's toolkit",
            });
        }
        let mut file = File { bytes, at: 0 };
        file.take("mark", MARK.len() as u64)?;
        let container_version = file.number("version")?;
        if container_version > NEWEST_CONTAINER {
            return Err(HeaderError::TooNew {
                format: FORMAT,
                found: container_version,
                newest: NEWEST_CONTAINER,
            });
        }
        let model_bytes = file.number("length")?;
        if container_version >= 2 {
            file.take("header", 40)?;
        }
        let model = file.take("model", model_bytes)?;
        if container_version == FLAT_BUFFERS && model.get(4..8) != Some(b"RKNN") {
            return Err(HeaderError::damaged(FORMAT, "its model has no identifier"));
        }
        let length = file.number("length of the description")?;
        let description = file.take("description", length)?;
        let description: Description = serde_json::from_slice(description).map_err(|error| {
            HeaderError::damaged(FORMAT, format!("its description cannot be read: {error}"))
        })?;
        let header = description.header(container_version, model_bytes);
        header.map_err(|fault| HeaderError::damaged(FORMAT, fault))
    }
}

/// A file that is read from its beginning on.
struct File<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> File<'a> {
    fn take(&mut self, part: &'static str, length: u64) -> Result<&'a [u8], HeaderError> {
        let needs = (self.at as u64).saturating_add(length);
        let end = usize::try_from(needs).ok();
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or(HeaderError::Truncated {
            format: FORMAT,
            part,
            needs,
            has: self.bytes.len() as u64,
        })?;
        self.at += taken.len();
        Ok(taken)
    }

    fn number(&mut self, part: &'static str) -> Result<u64, HeaderError> {
        let bytes = self.take(part, 8)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }
}

impl Description {
    fn header(self, container_version: u64, model_bytes: u64) -> Result<RknnHeader, &'static str> {
        let is_quantised = self
            .norm_tensor
            .iter()
            .any(|tensor| tensor.dtype.qnt_type.contains("int8"));
        let (inputs, outputs) = (self.tensors("input")?, self.tensors("output")?);
        if inputs.is_empty() || outputs.is_empty() {
            return Err("its description names no inputs or no outputs");
        }
        let told = |text: &String| text::told(text.as_bytes());
        Ok(RknnHeader {
            container_version,
            model_bytes,
            name: told(&self.name),
            toolkit: told(&self.version),
            targets: self.target_platform.iter().take(16).map(told).collect(),
            inputs,
            outputs,
            is_quantised,
        })
    }

    /// The tensors at the graph's `input` or `output` side, in their order there.
    fn tensors(&self, side: &str) -> Result<Vec<HeaderTensor>, &'static str> {
        let is_one = |edge: &&Edge| edge.left == side && matches!(&*edge.right, "" | "norm_tensor");
        let mut edges: Vec<&Edge> = self.graph.iter().filter(is_one).collect();
        if edges.len() > MOST_TENSORS || self.norm_tensor.len() > MOST_TENSORS {
            return Err("its description names too many tensors");
        }
        edges.sort_by_key(|edge| edge.left_tensor_id);
        let tensor = |edge: &Edge| {
            let mut all = self.norm_tensor.iter();
            all.find(|tensor| tensor.tensor_id == edge.right_tensor_id)
                .ok_or("its description names a tensor that it does not describe")
                .and_then(NormalTensor::header)
        };
        edges.into_iter().map(tensor).collect()
    }
}

impl NormalTensor {
    fn header(&self) -> Result<HeaderTensor, &'static str> {
        if self.size.len() > MOST_AXES {
            return Err("a tensor has too many axes");
        }
        let name = text::name(self.url.as_bytes())?;
        if name.is_empty() {
            return Err("an input or output has no name");
        }
        let axis = |&length: &u64| match usize::try_from(length) {
            Ok(length) if length > 0 => AxisLength::Fixed(length),
            _ => AxisLength::Open,
        };
        Ok(HeaderTensor {
            name,
            shape: (!self.size.is_empty()).then(|| self.size.iter().map(axis).collect()),
            element: HeaderElement::Known(ElementType::F32),
        })
    }
}
