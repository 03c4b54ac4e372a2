//! Compares what a file takes and yields with what its manifest says.

use crate::error::LoadError;
use crate::tensor::{ElementType, TensorDescription};
use rten::{DataType, Dimension, NodeId, ValueType};

/// An input or output of the file.
pub(super) struct Node {
    pub(super) id: NodeId,
    pub(super) name: String,
    /// `None` where the file does not say.
    pub(super) shape: Option<Vec<Dimension>>,
    /// `None` where the file does not say.
    pub(super) element: Option<ValueType>,
}

/// The nodes of the tensors that the manifest describes, in the manifest's order.
pub(super) fn match_tensors(
    model: &str,
    role: &'static str,
    described: &[TensorDescription],
    nodes: &[Node],
) -> Result<Vec<NodeId>, LoadError> {
    let mismatch = |tensor: &str, present, absent| LoadError::TensorMismatch {
        model: model.to_owned(),
        role,
        tensor: tensor.to_owned(),
        present,
        absent,
    };
    for node in nodes {
        if !described.iter().any(|tensor| tensor.name == node.name) {
            return Err(mismatch(&node.name, "the file", "the manifest"));
        }
    }
    described
        .iter()
        .map(|tensor| {
            let node = nodes
                .iter()
                .find(|node| node.name == tensor.name)
                .ok_or_else(|| mismatch(&tensor.name, "the manifest", "the file"))?;
            check_shape(model, tensor, node)?;
            check_element(model, tensor, node)?;
            Ok(node.id)
        })
        .collect()
}

/// An axis that the file leaves open takes whatever the manifest says.
fn check_shape(model: &str, tensor: &TensorDescription, node: &Node) -> Result<(), LoadError> {
    let Some(shape) = &node.shape else {
        return Ok(());
    };
    let fits = shape.len() == tensor.shape.len()
        && shape
            .iter()
            .zip(&tensor.shape)
            .all(|(axis, &expected)| match axis {
                Dimension::Fixed(size) => *size == expected,
                Dimension::Symbolic(_) => true,
            });
    if fits {
        return Ok(());
    }
    let axes: Vec<String> = shape
        .iter()
        .map(|axis| match axis {
            Dimension::Fixed(size) => size.to_string(),
            Dimension::Symbolic(name) => name.clone(),
        })
        .collect();
    Err(LoadError::WrongShape {
        model: model.to_owned(),
        tensor: tensor.name.clone(),
        expected: format!("{:?}", tensor.shape),
        found: format!("[{}]", axes.join(", ")),
    })
}

fn check_element(model: &str, tensor: &TensorDescription, node: &Node) -> Result<(), LoadError> {
    let fits = match (node.element, tensor.element) {
        (None, _) => true,
        (Some(ValueType::Tensor(DataType::Float)), ElementType::F32) => true,
        (Some(ValueType::Tensor(DataType::Int8)), ElementType::I8) => true,
        (Some(_), _) => false,
    };
    if fits {
        return Ok(());
    }
    Err(LoadError::WrongElement {
        model: model.to_owned(),
        tensor: tensor.name.clone(),
        expected: tensor.element,
        found: node
            .element
            .map_or_else(String::new, |element| element.to_string()),
    })
}
