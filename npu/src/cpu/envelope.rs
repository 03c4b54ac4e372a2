//! Whether a file is a whole ONNX model on the wire.
//!
//! The library's reader trusts the lengths in the file: one beyond the file's end sends it round
//! in circles (a length above 2^63 moves it backwards) or makes it ask for all memory, and
//! neither is an error that could be caught. So every length is checked before it reads: a walk
//! over Protocol Buffers' wire format that follows the messages of `onnx.proto3` which the library reads.

use crate::wire::{Content, Field, Fields};

/// Messages may nest this deep; a graph within an attribute counts three.
const DEEPEST: usize = 32;

/// The messages that hold others. `Leaf` holds none.
#[derive(Clone, Copy)]
enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    ValueInfo,
    Type,
    TensorType,
    SequenceType,
    Shape,
    Leaf,
}

impl Message {
    /// The message in the field of this number, if it is one.
    fn field(self, number: u64) -> Option<Self> {
        Some(match (self, number) {
            (Self::Model, 7) | (Self::Attribute, 6) => Self::Graph,
            (Self::Model, 8 | 14) | (Self::Tensor, 13) | (Self::Shape, 1) => Self::Leaf,
            (Self::Graph, 1) => Self::Node,
            (Self::Graph, 5) | (Self::Attribute, 5) => Self::Tensor,
            (Self::Graph, 11..=13) => Self::ValueInfo,
            (Self::Node, 5) => Self::Attribute,
            (Self::ValueInfo, 2) | (Self::SequenceType, 1) => Self::Type,
            (Self::Type, 1) => Self::TensorType,
            (Self::Type, 4) => Self::SequenceType,
            (Self::TensorType, 2) => Self::Shape,
            _ => return None,
        })
    }
}

/// Says what is wrong with the file's structure, if anything is.
pub(super) fn check(bytes: &[u8]) -> Result<(), &'static str> {
    walk(bytes, Message::Model, 0)
}

fn walk(bytes: &[u8], message: Message, depth: usize) -> Result<(), &'static str> {
    if depth > DEEPEST {
        return Err("its messages are nested too deep");
    }
    let mut fields = Fields::of(bytes);
    while let Some(Field { number, content }) = fields.take()? {
        match (content, message.field(number)) {
            (Content::Bytes(content), Some(inner)) => walk(content, inner, depth + 1)?,
            (_, Some(_)) => return Err("a message has no length"),
            (_, None) => {}
        }
    }
    Ok(())
}
