//! What an ONNX file says of itself. Field numbers are those of `onnx.proto3`.

use super::error::HeaderError;
use super::header::{AxisLength, HeaderElement, HeaderTensor};
use super::operators::Operators;
use super::text;
use crate::tensor::ElementType;
use crate::wire::{Content, Fields};
use std::collections::{BTreeMap, HashSet};

/// Newest version of the format's own messages that is known here (`IR_VERSION` of onnx 1.23).
pub const NEWEST_IR: u64 = 14;
/// Inputs or outputs that a file may name.
const MOST_TENSORS: usize = 1_024;
/// Axes of one of them.
const MOST_AXES: usize = 32;
/// Entries of metadata, and sets of operators, that are kept.
const MOST_ENTRIES: usize = 256;

const FORMAT: &str = "ONNX";

/// What an ONNX file says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OnnxHeader {
    /// Version of the format's messages.
    pub ir_version: u64,
    /// Versions of the operators' sets by domain; the standard's own domain is "".
    pub opsets: BTreeMap<String, u64>,
    /// What wrote the file.
    pub producer: String,
    /// Its version.
    pub producer_version: String,
    /// Version of the model; 0 where none is told.
    pub model_version: u64,
    /// The graph's name.
    pub graph: String,
    /// What it takes: inputs for which the file has no value.
    pub inputs: Vec<HeaderTensor>,
    /// What it yields.
    pub outputs: Vec<HeaderTensor>,
    /// How often each operator is used; those of other domains are written `domain.name`.
    pub operators: BTreeMap<String, u64>,
    /// What else is told, by key.
    pub metadata: BTreeMap<String, String>,
    /// Whether weights lie in other files.
    pub has_external_data: bool,
}

impl OnnxHeader {
    /// Reads the header of a whole ONNX file.
    ///
    /// # Errors
    /// [`HeaderError`].
    pub fn read(bytes: &[u8]) -> Result<Self, HeaderError> {
        if bytes.is_empty() {
            return Err(HeaderError::Empty);
        }
        if let Some(error) = foreign(bytes) {
            return Err(error);
        }
        let mut reading = Reading::default();
        reading
            .model(bytes)
            .map_err(|fault| HeaderError::damaged(FORMAT, fault))?;
        if reading.header.ir_version > NEWEST_IR {
            return Err(HeaderError::TooNew {
                format: FORMAT,
                found: reading.header.ir_version,
                newest: NEWEST_IR,
            });
        }
        reading
            .whole()
            .map_err(|fault| HeaderError::damaged(FORMAT, fault))
    }

    /// Whether it computes with 8-bit integers.
    #[must_use]
    pub fn is_quantised(&self) -> bool {
        let marks = ["QuantizeLinear", "QLinear", "ConvInteger", "MatMulInteger"];
        let is_one = |name: &String| marks.iter().any(|mark| name.contains(mark));
        self.operators.keys().any(is_one)
    }
}

/// What other files begin with (each format's own documentation), and what helps.
fn foreign(bytes: &[u8]) -> Option<HeaderError> {
    const EXPORT: &str = "export the model as ONNX from where it was made";
    let marks: [(usize, &[u8], &str); 12] = [
        (0, b"RKNN", "an RKNN file"),
        (0, b"CYPTRKNN", "an encrypted RKNN file"),
        (
            0,
            b"PK\x03\x04",
            "a ZIP archive, as PyTorch and Keras write",
        ),
        (0, b"\x80\x02", "a Python pickle, as older PyTorch writes"),
        (
            0,
            b"\x89HDF\r\n\x1a\n",
            "an HDF5 file, as older Keras writes",
        ),
        (0, b"GGUF", "a GGUF file"),
        (0, b"\x1f\x8b", "a gzip archive"),
        (0, b"\x7fELF", "a program or library"),
        (0, b"\x89PNG", "a PNG picture"),
        (0, b"RIFF", "a RIFF file, such as WAV"),
        (4, b"TFL3", "a TensorFlow Lite file"),
        (4, b"ORTM", "an ORT file, ONNX Runtime's own form"),
    ];
    let is_there =
        |at: usize, mark: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(mark));
    let found = marks
        .iter()
        .find(|(at, mark, _)| is_there(*at, mark))
        .map(|(_, _, found)| *found)
        .or_else(|| {
            let start = &bytes[..bytes.len().min(256)];
            let is_text = |byte: &u8| byte.is_ascii_graphic() || b" \t\r\n".contains(byte);
            start.iter().all(is_text).then_some("a text")
        })?;
    Some(HeaderError::Foreign {
        found,
        expected: FORMAT,
        remedy: EXPORT,
    })
}

#[derive(Default)]
struct Reading {
    header: OnnxHeader,
    operators: Operators,
    /// Names of the values that the file brings.
    initialisers: HashSet<String>,
    has_graph: bool,
}

impl Reading {
    /// `ModelProto`.
    fn model(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        let header = &mut self.header;
        let mut graphs = Vec::new();
        let mut fields = Fields::of(bytes);
        while let Some(field) = fields.take()? {
            match (field.number, field.content) {
                (1, Content::Number(version)) => header.ir_version = version,
                (2, Content::Bytes(name)) => header.producer = text::told(name),
                (3, Content::Bytes(version)) => header.producer_version = text::told(version),
                (5, Content::Number(version)) => header.model_version = version,
                (7, Content::Bytes(graph)) => graphs.push(graph),
                (8, Content::Bytes(entry)) => {
                    let (domain, version) = operator_set(entry)?;
                    keep(&mut header.opsets, domain, version);
                }
                (14, Content::Bytes(entry)) => {
                    let (key, value) = entry_of(entry)?;
                    keep(&mut header.metadata, key, value);
                }
                (1 | 5, _) => return Err("a version is no number"),
                (2 | 3 | 7 | 8 | 14, _) => return Err("a message has no length"),
                _ => {}
            }
        }
        for graph in graphs {
            self.has_graph = true;
            self.graph(graph)?;
        }
        Ok(())
    }

    /// `GraphProto`.
    fn graph(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        let mut fields = Fields::of(bytes);
        while let Some(field) = fields.take()? {
            match (field.number, field.content) {
                (1, Content::Bytes(node)) => self.operators.add_node(node, 0)?,
                (2, Content::Bytes(name)) => self.header.graph = text::told(name),
                (5, Content::Bytes(tensor)) => self.initialiser(tensor)?,
                (11, Content::Bytes(value)) => add(&mut self.header.inputs, value)?,
                (12, Content::Bytes(value)) => add(&mut self.header.outputs, value)?,
                (15, Content::Bytes(sparse)) => self.sparse_initialiser(sparse)?,
                (1 | 2 | 5 | 11 | 12 | 15, _) => return Err("a message has no length"),
                _ => {}
            }
        }
        Ok(())
    }

    /// `TensorProto`: `name` 8, `data_location` 14, of which 1 is another file.
    fn initialiser(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        let mut fields = Fields::of(bytes);
        while let Some(field) = fields.take()? {
            match (field.number, field.content) {
                (8, Content::Bytes(name)) => {
                    self.initialisers.insert(text::name(name)?);
                }
                (14, Content::Number(1)) => self.header.has_external_data = true,
                _ => {}
            }
        }
        Ok(())
    }

    /// `SparseTensorProto`: `values` 1, which has the name.
    fn sparse_initialiser(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        let mut fields = Fields::of(bytes);
        while let Some(field) = fields.take()? {
            if let (1, Content::Bytes(values)) = (field.number, field.content) {
                self.initialiser(values)?;
            }
        }
        Ok(())
    }

    fn whole(self) -> Result<OnnxHeader, &'static str> {
        let mut header = self.header;
        if !self.has_graph {
            return Err("it holds no graph");
        }
        if header.ir_version == 0 {
            return Err("it does not say of which version it is");
        }
        // Files of versions before 4 list the values that they bring as inputs too.
        let is_brought = |tensor: &HeaderTensor| self.initialisers.contains(&tensor.name);
        header.inputs.retain(|tensor| !is_brought(tensor));
        if header.outputs.is_empty() {
            return Err("its graph yields nothing");
        }
        header.operators = self.operators.0;
        Ok(header)
    }
}

/// What is told first is kept, and not more than can be shown.
fn keep<T>(entries: &mut BTreeMap<String, T>, key: String, value: T) {
    if entries.len() < MOST_ENTRIES {
        entries.entry(key).or_insert(value);
    }
}

/// `OperatorSetIdProto`: `domain` 1, `version` 2.
fn operator_set(bytes: &[u8]) -> Result<(String, u64), &'static str> {
    let (mut domain, mut version) = (String::new(), 0);
    let mut fields = Fields::of(bytes);
    while let Some(field) = fields.take()? {
        match (field.number, field.content) {
            (1, Content::Bytes(name)) => domain = text::told(name),
            (2, Content::Number(number)) => version = number,
            _ => {}
        }
    }
    if domain == "ai.onnx" {
        domain.clear();
    }
    Ok((domain, version))
}

/// `StringStringEntryProto`: `key` 1, `value` 2.
fn entry_of(bytes: &[u8]) -> Result<(String, String), &'static str> {
    let (mut key, mut value) = (String::new(), String::new());
    let mut fields = Fields::of(bytes);
    while let Some(field) = fields.take()? {
        match (field.number, field.content) {
            (1, Content::Bytes(bytes)) => key = text::told(bytes),
            (2, Content::Bytes(bytes)) => value = text::told(bytes),
            _ => {}
        }
    }
    Ok((key, value))
}

fn add(tensors: &mut Vec<HeaderTensor>, value: &[u8]) -> Result<(), &'static str> {
    if tensors.len() == MOST_TENSORS {
        return Err("it has too many inputs or outputs");
    }
    tensors.push(value_info(value)?);
    Ok(())
}

/// `ValueInfoProto`: `name` 1, `type` 2.
fn value_info(bytes: &[u8]) -> Result<HeaderTensor, &'static str> {
    let mut tensor = HeaderTensor {
        name: String::new(),
        shape: None,
        element: HeaderElement::Other("what is not told".to_owned()),
    };
    let mut fields = Fields::of(bytes);
    while let Some(field) = fields.take()? {
        match (field.number, field.content) {
            (1, Content::Bytes(name)) => tensor.name = text::name(name)?,
            (2, Content::Bytes(of_type)) => type_of(of_type, &mut tensor)?,
            _ => {}
        }
    }
    if tensor.name.is_empty() {
        return Err("an input or output has no name");
    }
    Ok(tensor)
}

/// `TypeProto`: `tensor_type` 1; the others are no tensors.
fn type_of(bytes: &[u8], tensor: &mut HeaderTensor) -> Result<(), &'static str> {
    let mut fields = Fields::of(bytes);
    while let Some(field) = fields.take()? {
        match (field.number, field.content) {
            (1, Content::Bytes(of_tensor)) => tensor_type(of_tensor, tensor)?,
            (4 | 5 | 7 | 8 | 9, Content::Bytes(_)) => {
                tensor.element = HeaderElement::Other("no tensor".to_owned());
            }
            _ => {}
        }
    }
    Ok(())
}

/// `TypeProto.Tensor`: `elem_type` 1, `shape` 2.
fn tensor_type(bytes: &[u8], tensor: &mut HeaderTensor) -> Result<(), &'static str> {
    let mut fields = Fields::of(bytes);
    while let Some(field) = fields.take()? {
        match (field.number, field.content) {
            (1, Content::Number(number)) => tensor.element = element(number),
            (2, Content::Bytes(axes)) => tensor.shape = Some(shape(axes)?),
            _ => {}
        }
    }
    Ok(())
}

/// `TensorShapeProto`: `dim` 1.
fn shape(bytes: &[u8]) -> Result<Vec<AxisLength>, &'static str> {
    let mut axes = Vec::new();
    let mut fields = Fields::of(bytes);
    while let Some(field) = fields.take()? {
        if let (1, Content::Bytes(dimension)) = (field.number, field.content) {
            if axes.len() == MOST_AXES {
                return Err("a tensor has too many axes");
            }
            axes.push(axis(dimension)?);
        }
    }
    Ok(axes)
}

/// `TensorShapeProto.Dimension`: `dim_value` 1, `dim_param` 2. Some writers say an open axis as 0 or as
/// a negative number.
fn axis(bytes: &[u8]) -> Result<AxisLength, &'static str> {
    let mut axis = AxisLength::Open;
    let mut fields = Fields::of(bytes);
    while let Some(field) = fields.take()? {
        match (field.number, field.content) {
            (1, Content::Number(length)) => {
                let length = i64::try_from(length).ok().filter(|&length| length > 0);
                let length = length.and_then(|length| usize::try_from(length).ok());
                axis = length.map_or(AxisLength::Open, AxisLength::Fixed);
            }
            (2, Content::Bytes(name)) => {
                let name = text::name(name)?;
                axis = if name.is_empty() {
                    AxisLength::Open
                } else {
                    AxisLength::Symbolic(name)
                };
            }
            _ => {}
        }
    }
    Ok(axis)
}

/// `TensorProto.DataType`.
fn element(number: u64) -> HeaderElement {
    let name = match number {
        1 => return HeaderElement::Known(ElementType::F32),
        3 => return HeaderElement::Known(ElementType::I8),
        2 => "uint8",
        4 => "uint16",
        5 => "int16",
        6 => "int32",
        7 => "int64",
        8 => "string",
        9 => "bool",
        10 => "float16",
        11 => "float64",
        12 => "uint32",
        13 => "uint64",
        14 => "complex64",
        15 => "complex128",
        16 => "bfloat16",
        other => return HeaderElement::Other(format!("type {other}")),
    };
    HeaderElement::Other(name.to_owned())
}
