//! Where the elements of a tensor lie in a buffer.

use crate::element::Element;
use rknpu2_sys::{_rknn_tensor_format as format, rknn_tensor_format};
use triune_npu::{ElementType, TensorDescription};

/// Rows of pictures begin at multiples of so many elements.
const WIDTH_ALIGNMENT: usize = 16;

/// On which side of a model a tensor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Input,
    Output,
}

/// In which of its forms a tensor is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// For programs: pictures go in with channels last and come out with channels first.
    Usual,
    /// For the device: channels in blocks.
    Native,
    /// For the device, with channels last.
    NativeNhwc,
}

/// The order of a picture's axes. What is no picture (four axes) is always `Plain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// As the model has it: for pictures NCHW, without gaps.
    Plain,
    Nhwc,
    /// NC1HWC2, with so many channels in a block.
    Blocks(usize),
}

/// A tensor's shape and the way in which it lies.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    /// As the model has it: for pictures NCHW.
    shape: Vec<usize>,
    order: Order,
    /// Elements from one row to the next.
    width_stride: usize,
}

/// The type in which a tensor is shown.
pub(crate) fn element(view: View, tensor: &TensorDescription) -> Element {
    match (tensor.element, view) {
        (ElementType::I8, _) => Element::I8,
        (ElementType::F32, View::Usual) => Element::F32,
        // The device computes with half precision.
        (ElementType::F32, View::Native | View::NativeNhwc) => Element::F16,
    }
}

/// Channels in a block: 16 bytes of them (an output of one INT8 channel has 16 times its size,
/// airockchip/rknn-toolkit2 #304).
fn block(tensor: &TensorDescription) -> usize {
    16 / element(View::Native, tensor).bytes()
}

impl Layout {
    pub(crate) fn of(role: Role, view: View, tensor: &TensorDescription) -> Self {
        let order = match (view, role) {
            _ if tensor.shape.len() != 4 => Order::Plain,
            (View::Usual, Role::Output) => Order::Plain,
            (View::Usual, Role::Input) | (View::NativeNhwc, _) => Order::Nhwc,
            (View::Native, _) => Order::Blocks(block(tensor)),
        };
        Self::with(order, tensor)
    }

    /// The layout of this format of the interface, if the tensor can have it.
    pub(crate) fn of_format(value: rknn_tensor_format, tensor: &TensorDescription) -> Option<Self> {
        let picture = tensor.shape.len() == 4;
        let order = match value {
            format::RKNN_TENSOR_NCHW => Order::Plain,
            format::RKNN_TENSOR_UNDEFINED if !picture => Order::Plain,
            format::RKNN_TENSOR_NHWC if picture => Order::Nhwc,
            format::RKNN_TENSOR_NHWC => Order::Plain,
            format::RKNN_TENSOR_NC1HWC2 if picture => Order::Blocks(block(tensor)),
            _ => return None,
        };
        Some(Self::with(order, tensor))
    }

    fn with(order: Order, tensor: &TensorDescription) -> Self {
        let width = match order {
            Order::Plain => 0,
            Order::Nhwc | Order::Blocks(_) => tensor.shape[3].next_multiple_of(WIDTH_ALIGNMENT),
        };
        Self {
            shape: tensor.shape.clone(),
            order,
            width_stride: width,
        }
    }

    /// The same without gaps between rows, as `rknn_inputs_set` takes it.
    pub(crate) fn dense(mut self) -> Self {
        if self.order != Order::Plain {
            self.width_stride = self.shape[3];
        }
        self
    }

    pub(crate) fn is_blocks(&self) -> bool {
        matches!(self.order, Order::Blocks(_))
    }

    pub(crate) fn format(&self) -> rknn_tensor_format {
        match self.order {
            Order::Plain if self.shape.len() == 4 => format::RKNN_TENSOR_NCHW,
            Order::Plain => format::RKNN_TENSOR_UNDEFINED,
            Order::Nhwc => format::RKNN_TENSOR_NHWC,
            Order::Blocks(_) => format::RKNN_TENSOR_NC1HWC2,
        }
    }

    /// Elements from one row to the next; 0 where rows have no gaps.
    pub(crate) fn width_stride(&self) -> usize {
        self.width_stride
    }

    /// Axes in the order in which they lie.
    pub(crate) fn dims(&self) -> Vec<usize> {
        match (self.order, self.shape.as_slice()) {
            (Order::Nhwc, &[n, c, h, w]) => vec![n, h, w, c],
            (Order::Blocks(c2), &[n, c, h, w]) => vec![n, c.div_ceil(c2), h, w, c2],
            (_, shape) => shape.to_vec(),
        }
    }

    /// Elements without the gaps between rows; with those that fill the last block.
    pub(crate) fn elements(&self) -> usize {
        self.dims().iter().product()
    }

    /// Elements that a buffer has room for, with all gaps.
    pub(crate) fn slots(&self) -> usize {
        match (self.order, self.shape.as_slice()) {
            (Order::Nhwc, &[n, c, h, _]) => n * h * self.width_stride * c,
            (Order::Blocks(c2), &[n, c, h, _]) => n * c.div_ceil(c2) * h * self.width_stride * c2,
            _ => self.elements(),
        }
    }

    /// The slot of the element that the model has at place `index`.
    pub(crate) fn slot(&self, index: usize) -> usize {
        let &[_, channels, height, width] = self.shape.as_slice() else {
            return index;
        };
        let (rest, w) = (index / width, index % width);
        let (rest, h) = (rest / height, rest % height);
        let (n, c) = (rest / channels, rest % channels);
        let stride = self.width_stride;
        match self.order {
            Order::Plain => index,
            Order::Nhwc => ((n * height + h) * stride + w) * channels + c,
            Order::Blocks(c2) => {
                let blocks = channels.div_ceil(c2);
                (((n * blocks + c / c2) * height + h) * stride + w) * c2 + c % c2
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Layout, Role, View};
    use proptest::prelude::*;
    use triune_npu::{ElementType, TensorDescription};

    fn tensor(shape: &[usize], element: ElementType) -> TensorDescription {
        TensorDescription {
            name: "t".to_owned(),
            shape: shape.to_vec(),
            element,
            quantisation: None,
        }
    }

    #[test]
    fn one_channel_of_integers_takes_sixteen() {
        let wide = tensor(&[1, 1, 2048, 288], ElementType::I8);
        let layout = Layout::of(Role::Output, View::Native, &wide);
        assert_eq!(layout.dims(), [1, 1, 2048, 288, 16]);
        // The size that users report of the real runtime.
        assert_eq!(layout.slots(), 9_437_184);
    }

    #[test]
    fn a_picture_lies_in_each_view_where_the_formula_says() {
        let picture = tensor(&[1, 3, 2, 5], ElementType::F32);
        // Channel 2, row 1, column 4: the last of 30.
        let slot = |role, view| Layout::of(role, view, &picture).slot(29);
        assert_eq!(slot(Role::Output, View::Usual), 29);
        assert_eq!(slot(Role::Input, View::Usual), (16 + 4) * 3 + 2);
        assert_eq!(slot(Role::Output, View::Native), (16 + 4) * 8 + 2);
        let dense = Layout::of(Role::Input, View::Usual, &picture).dense();
        assert_eq!(dense.slot(29), 29);
        assert_eq!(dense.slot(10), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_two_elements_share_a_slot(
            shape in proptest::collection::vec(1_usize..20, 1..6),
            integers in any::<bool>(),
        ) {
            prop_assume!(shape.iter().product::<usize>() < 20_000);
            let kind = if integers { ElementType::I8 } else { ElementType::F32 };
            let tensor = tensor(&shape, kind);
            for role in [Role::Input, Role::Output] {
                for view in [View::Usual, View::Native, View::NativeNhwc] {
                    let layout = Layout::of(role, view, &tensor);
                    for layout in [layout.clone(), layout.dense()] {
                        let mut taken = vec![false; layout.slots()];
                        for index in 0..tensor.element_count() {
                            let slot = layout.slot(index);
                            prop_assert!(!taken[slot], "{layout:?} slot {slot}");
                            taken[slot] = true;
                        }
                    }
                }
            }
        }
    }
}
