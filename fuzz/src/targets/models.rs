//! What foreign model files and the process that runs models say.

use triune_npu::worker::check_message;
use triune_npu::{HeaderTensor, OnnxHeader, RknnHeader};

/// An ONNX file.
pub fn onnx_header(bytes: &[u8]) {
    if let Ok(header) = OnnxHeader::read(bytes) {
        assert!(!header.outputs.is_empty());
        check(header.inputs.iter().chain(&header.outputs), bytes.len());
        assert!(header.operators.values().sum::<u64>() <= bytes.len() as u64);
    }
}

/// A `.rknn` file; the mark is put in front, so that none is lost to it.
pub fn rknn_header(bytes: &[u8]) {
    let _ = RknnHeader::read(bytes);
    let mut marked = b"RKNN\0\0\0\0".to_vec();
    marked.extend(bytes.get(8..).unwrap_or(bytes));
    if let Ok(header) = RknnHeader::read(&marked) {
        assert!(!header.inputs.is_empty() && !header.outputs.is_empty());
        assert!(header.model_bytes <= marked.len() as u64);
        let tensors = header.inputs.iter().chain(&header.outputs);
        // Each is named by an edge, and several may name the same.
        check(tensors, marked.len() * marked.len());
    }
}

/// What a worker says, whichever tag it begins with.
pub fn worker_message(bytes: &[u8]) {
    let _ = check_message(bytes);
    let rest = bytes.get(4..).unwrap_or_default();
    for tag in [0x5452_0001_u32, 0x5452_0002, 0x5452_0003] {
        let _ = check_message(&[&tag.to_le_bytes(), rest].concat());
    }
}

/// Everything told has a name that can be printed, and is not more than the file can hold.
fn check<'a>(tensors: impl Iterator<Item = &'a HeaderTensor>, most_bytes: usize) {
    let mut told = 0;
    for tensor in tensors {
        assert!(!tensor.name.is_empty());
        assert!(!tensor.to_string().contains(char::is_control));
        told += tensor.name.len();
    }
    assert!(told <= most_bytes);
}
