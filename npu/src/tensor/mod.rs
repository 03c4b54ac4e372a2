//! Tensors: what they are, and borrowed and owned views of their elements.

mod description;
mod owned;
mod view;

pub use description::{ElementType, Quantisation, TensorDescription};
pub use owned::{Tensor, TensorData};
pub use view::{TensorMut, TensorRef, TensorSlice, TensorSliceMut};
