//! Memory that stands for an input or output.

use crate::element::Element;
use crate::layout::{Layout, View, element};
use crate::memory::Memory;
use crate::refusal::Refusal;
use rknpu2_sys as sys;
use std::sync::Arc;
use triune_npu::TensorDescription;

/// A memory and how the tensor lies in it.
pub(crate) struct Binding {
    pub(crate) memory: Arc<Memory>,
    pub(crate) layout: Layout,
    pub(crate) element: Element,
}

impl Binding {
    /// # Errors
    /// If the attribute is none that the runtime would have told for the tensor (but for the type,
    /// which may be another), or the memory is too small.
    pub(crate) fn new(
        memory: Arc<Memory>,
        attribute: &sys::rknn_tensor_attr,
        tensor: &TensorDescription,
    ) -> Result<Self, Refusal> {
        let refuse = |why: String| Refusal::parameter(format!("tensor '{}': {why}", tensor.name));
        let layout = Layout::of_format(attribute.fmt, tensor)
            .ok_or_else(|| refuse(format!("it cannot have format {}", attribute.fmt)))?;
        let kind = Element::of(attribute.type_)
            .ok_or_else(|| refuse(format!("type {} is not supported", attribute.type_)))?;
        let native = element(View::Native, tensor);
        if kind != native && (layout.is_blocks() || attribute.pass_through != 0) {
            let own = element(View::Usual, tensor);
            if layout.is_blocks() || kind != own {
                return Err(refuse(format!(
                    "in its native form it has type {native:?}, not {kind:?}"
                )));
            }
        }
        let dims: Vec<u32> = layout.dims().iter().map(|&axis| axis as u32).collect();
        let count = (attribute.n_dims as usize).min(attribute.dims.len());
        if attribute.dims[..count] != dims {
            return Err(refuse(format!(
                "in this format it has axes {dims:?}, not {:?}",
                &attribute.dims[..count]
            )));
        }
        let stride = attribute.w_stride as usize;
        let no_gaps = layout.width_stride() == 0 && dims.last() == Some(&attribute.w_stride);
        if stride != layout.width_stride() && !no_gaps {
            return Err(refuse(format!(
                "its rows are {} elements apart, not {stride}",
                layout.width_stride()
            )));
        }
        let needed = layout.slots() * kind.bytes();
        if memory.size() < needed {
            return Err(refuse(format!(
                "it needs {needed} bytes, the memory has {}",
                memory.size()
            )));
        }
        Ok(Self {
            memory,
            layout,
            element: kind,
        })
    }

    /// Bytes of the tensor in the memory.
    pub(crate) fn length(&self) -> usize {
        self.layout.slots() * self.element.bytes()
    }
}
