//! Which operators a graph uses, those of its inner graphs too.

use super::text;
use crate::wire::{Content, Fields};
use std::collections::BTreeMap;

/// Graphs may nest this deep.
const DEEPEST: usize = 16;
/// Operators that a model may use; ONNX itself has about 200.
const MOST_OPERATORS: usize = 1_024;

/// How often each operator is used, by `domain.name`, or only its name in the standard's own domain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Operators(pub(super) BTreeMap<String, u64>);

impl Operators {
    /// Adds those of one `NodeProto` (`onnx.proto3`): `op_type` 4, `attribute` 5, `domain` 7.
    pub(super) fn add_node(&mut self, node: &[u8], depth: usize) -> Result<(), &'static str> {
        let (mut name, mut domain) = (None, String::new());
        let mut fields = Fields::of(node);
        while let Some(field) = fields.take()? {
            match (field.number, field.content) {
                (4, Content::Bytes(bytes)) => name = Some(text::name(bytes)?),
                (5, Content::Bytes(attribute)) => self.add_attribute(attribute, depth)?,
                (7, Content::Bytes(bytes)) => domain = text::name(bytes)?,
                _ => {}
            }
        }
        let name = name
            .filter(|name| !name.is_empty())
            .ok_or("an operator has no name")?;
        let whole = match domain.as_str() {
            "" | "ai.onnx" => name,
            domain => format!("{domain}.{name}"),
        };
        *self.0.entry(whole).or_default() += 1;
        if self.0.len() > MOST_OPERATORS {
            return Err("it uses more operators than there are");
        }
        Ok(())
    }

    /// An `AttributeProto` may hold graphs: `g` 6, `graphs` 11.
    fn add_attribute(&mut self, attribute: &[u8], depth: usize) -> Result<(), &'static str> {
        let mut fields = Fields::of(attribute);
        while let Some(field) = fields.take()? {
            if let (6 | 11, Content::Bytes(graph)) = (field.number, field.content) {
                self.add_graph(graph, depth + 1)?;
            }
        }
        Ok(())
    }

    /// A `GraphProto` holds nodes: `node` 1.
    fn add_graph(&mut self, graph: &[u8], depth: usize) -> Result<(), &'static str> {
        if depth > DEEPEST {
            return Err("its graphs are nested too deep");
        }
        let mut fields = Fields::of(graph);
        while let Some(field) = fields.take()? {
            if let (1, Content::Bytes(node)) = (field.number, field.content) {
                self.add_node(node, depth)?;
            }
        }
        Ok(())
    }
}
