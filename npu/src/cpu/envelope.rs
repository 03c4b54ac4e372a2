//! Whether a file is a whole ONNX model on the wire.
//!
//! The library's reader trusts the lengths in the file: one beyond the file's end sends it round
//! in circles (a length above 2^63 moves it backwards) or makes it ask for all memory, and
//! neither is an error that could be caught. So every length is checked before it reads: a walk
//! over Protocol Buffers' wire format (protobuf.dev/programming-guides/encoding) that follows
//! the messages of `onnx.proto3` which the library reads.

use crate::protobuf::{Fault, take, take_varint};

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
pub(super) fn check(bytes: &[u8]) -> Result<(), Fault> {
    walk(bytes, Message::Model, 0)
}

fn walk(mut bytes: &[u8], message: Message, depth: usize) -> Result<(), Fault> {
    if depth > DEEPEST {
        return Err("its messages are nested too deep");
    }
    while !bytes.is_empty() {
        let key = take_varint(&mut bytes)?;
        let inner = message.field(key >> 3);
        match (key & 7, inner) {
            (2, inner) => {
                let length = take_varint(&mut bytes)?;
                let content = take(&mut bytes, length)?;
                if let Some(inner) = inner {
                    walk(content, inner, depth + 1)?;
                }
            }
            (_, Some(_)) => return Err("a message has no length"),
            (0, None) => drop(take_varint(&mut bytes)?),
            (1, None) => drop(take(&mut bytes, 8)?),
            (5, None) => drop(take(&mut bytes, 4)?),
            _ => return Err("a field has an unknown wire type"),
        }
    }
    Ok(())
}
