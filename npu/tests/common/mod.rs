//! The small models that several tests run; `specimens/make.py` makes them.
#![allow(dead_code, reason = "each test uses a part")]

use triune_npu::conformance::Specimen;
use triune_npu::{ElementType, Manifest, ModelHash, Tensor, TensorData};

/// Two inputs, two outputs: sum = relu(weights x left + right), double = 2 right.
pub(crate) const MIXER: &[u8] = include_bytes!("../specimens/mixer.onnx");
/// 8-bit integers in and out: twice the value.
pub(crate) const QUANTISED: &[u8] = include_bytes!("../specimens/quantised.onnx");
/// Two parts with 8-bit arithmetic inside: a product and a convolution.
pub(crate) const INSIDE: &[u8] = include_bytes!("../specimens/inside.onnx");
/// Outputs that nothing computes: an input and a constant.
pub(crate) const PASSES: &[u8] = include_bytes!("../specimens/passes.onnx");
/// The square root.
pub(crate) const ROOT: &[u8] = include_bytes!("../specimens/root.onnx");

/// Pictures of 3 channels, 2 rows, 5 columns: channels times 1, 2, 4, rows swapped.
pub(crate) const PICTURE: &[u8] = include_bytes!("../specimens/picture.onnx");
/// The same with 8-bit integers.
pub(crate) const CODED_PICTURE: &[u8] = include_bytes!("../specimens/coded_picture.onnx");

/// The text of a manifest for these bytes.
pub(crate) fn manifest_text(name: &str, bytes: &[u8], tensors: &str) -> String {
    format!(
        "format = 2\nname = \"{name}\"\nversion = \"1.0.0\"\n\
         licence = \"MIT OR Apache-2.0\"\ntraining = \"none: weights were set\"\n\
         [[files]]\nfile = \"{name}.onnx\"\nformat = \"onnx\"\nprecision = \"f32\"\n\
         sha256 = \"{}\"\n{tensors}",
        ModelHash::of(bytes)
    )
}

pub(crate) fn tensor(role: &str, name: &str, shape: &[usize], element: ElementType) -> String {
    format!("[[{role}]]\nname = \"{name}\"\nshape = {shape:?}\nelement = \"{element}\"\n")
}

pub(crate) fn manifest(name: &str, bytes: &[u8], tensors: &str) -> Manifest {
    Manifest::parse(&manifest_text(name, bytes, tensors)).unwrap()
}

pub(crate) fn floats(shape: &[usize], values: &[f32]) -> Tensor {
    Tensor {
        shape: shape.to_vec(),
        data: TensorData::F32(values.to_vec()),
    }
}

fn integers(values: &[i8]) -> Tensor {
    Tensor {
        shape: vec![1, values.len()],
        data: TensorData::I8(values.to_vec()),
    }
}

pub(crate) fn mixer() -> Specimen {
    let tensors = [
        tensor("inputs", "left", &[1, 3], ElementType::F32),
        tensor("inputs", "right", &[1, 2], ElementType::F32),
        tensor("outputs", "sum", &[1, 2], ElementType::F32),
        tensor("outputs", "double", &[1, 2], ElementType::F32),
    ];
    Specimen {
        bytes: MIXER.to_vec(),
        manifest: manifest("mixer", MIXER, &tensors.concat()),
        inputs: vec![
            floats(&[1, 3], &[1.0, 2.0, 3.0]),
            floats(&[1, 2], &[1.5, -2.0]),
        ],
        // 1 + 4 - 9 + 1.5 is below 0; -1 + 1 + 12 - 2 = 10.
        outputs: vec![floats(&[1, 2], &[0.0, 10.0]), floats(&[1, 2], &[3.0, -4.0])],
        tolerance: 1e-6,
    }
}

pub(crate) fn quantised() -> Specimen {
    let coded = tensor("inputs", "coded", &[1, 4], ElementType::I8);
    let recoded = tensor("outputs", "recoded", &[1, 4], ElementType::I8);
    let tensors = format!(
        "{coded}quantisation = {{ scale = 0.5, zero_point = -10 }}\n\
         {recoded}quantisation = {{ scale = 0.25, zero_point = 5 }}\n"
    );
    Specimen {
        bytes: QUANTISED.to_vec(),
        manifest: manifest("quantised", QUANTISED, &tensors),
        inputs: vec![integers(&[-10, -8, 0, 127])],
        // 0, 1, 5 and 68.5, doubled: 0, 2, 10 and 137, which no 8-bit integer reaches.
        outputs: vec![integers(&[5, 13, 45, 127])],
        tolerance: 0.0,
    }
}

/// 8-bit arithmetic inside, single precision outside.
pub(crate) fn inside() -> Specimen {
    let tensors = [
        tensor("inputs", "row", &[1, 8], ElementType::F32),
        tensor("inputs", "picture", &[1, 2, 3, 3], ElementType::F32),
        tensor("outputs", "product", &[1, 2], ElementType::F32),
        tensor("outputs", "maps", &[1, 2, 2, 2], ElementType::F32),
    ];
    Specimen {
        bytes: INSIDE.to_vec(),
        manifest: manifest("inside", INSIDE, &tensors.concat()),
        inputs: vec![
            floats(&[1, 8], &[2.55; 8]),
            floats(&[1, 2, 3, 3], &[1.0; 18]),
        ],
        outputs: vec![
            // 8 x 2.55 x 1.27 = 25.908 in steps of 0.25.
            floats(&[1, 2], &[26.0, -26.0]),
            // 8 taps of 0.5, and 8 of -0.25.
            floats(&[1, 2, 2, 2], &[4.0, 4.0, 4.0, 4.0, -2.0, -2.0, -2.0, -2.0]),
        ],
        tolerance: 1e-5,
    }
}

/// Of three outputs one is the input itself, and one a constant.
pub(crate) fn passes() -> Specimen {
    let tensors = [
        tensor("inputs", "given", &[1, 2], ElementType::F32),
        tensor("outputs", "double", &[1, 2], ElementType::F32),
        tensor("outputs", "given", &[1, 2], ElementType::F32),
        tensor("outputs", "constant", &[1, 2], ElementType::F32),
    ];
    Specimen {
        bytes: PASSES.to_vec(),
        manifest: manifest("passes", PASSES, &tensors.concat()),
        inputs: vec![floats(&[1, 2], &[1.5, -2.0])],
        outputs: vec![
            floats(&[1, 2], &[3.0, -4.0]),
            floats(&[1, 2], &[1.5, -2.0]),
            floats(&[1, 2], &[7.0, -7.0]),
        ],
        tolerance: 0.0,
    }
}

/// The square root of two numbers, with its manifest.
pub(crate) fn root() -> Manifest {
    let tensors = tensor("inputs", "square", &[1, 2], ElementType::F32)
        + &tensor("outputs", "root", &[1, 2], ElementType::F32);
    manifest("root", ROOT, &tensors)
}

pub(crate) const PICTURE_SHAPE: [usize; 4] = [1, 3, 2, 5];

/// What comes out at each place of a picture, from what stands there in the other row.
fn swapped<T: Copy>(picture: &[T], change: impl Fn(usize, T) -> T) -> Vec<T> {
    let place = |index: usize| (index / 10, index / 5 % 2, index % 5);
    (0..picture.len())
        .map(place)
        .map(|(channel, row, column)| {
            let source = channel * 10 + (1 - row) * 5 + column;
            change(1 << channel, picture[source])
        })
        .collect()
}

pub(crate) fn picture() -> Specimen {
    let tensors = tensor("inputs", "picture", &PICTURE_SHAPE, ElementType::F32)
        + &tensor("outputs", "swapped", &PICTURE_SHAPE, ElementType::F32);
    let values: Vec<f32> = (0..30_u8).map(f32::from).collect();
    let result = swapped(&values, |gain, value| gain as f32 * value);
    Specimen {
        bytes: PICTURE.to_vec(),
        manifest: manifest("picture", PICTURE, &tensors),
        inputs: vec![floats(&PICTURE_SHAPE, &values)],
        outputs: vec![floats(&PICTURE_SHAPE, &result)],
        tolerance: 0.0,
    }
}

pub(crate) fn coded_picture() -> Specimen {
    let scale = "quantisation = { scale = 0.5, zero_point = -10 }\n";
    let tensors = [
        tensor("inputs", "picture", &PICTURE_SHAPE, ElementType::I8),
        scale.to_owned(),
        tensor("outputs", "swapped", &PICTURE_SHAPE, ElementType::I8),
        scale.to_owned(),
    ];
    let values: Vec<i8> = (0..30).map(|value| value - 3).collect();
    // The third channel saturates at 127.
    let result = swapped(&values, |gain, value| {
        ((i32::from(value) + 10) * gain as i32 - 10).min(127) as i8
    });
    let pixels = |values| Tensor {
        shape: PICTURE_SHAPE.to_vec(),
        data: TensorData::I8(values),
    };
    Specimen {
        bytes: CODED_PICTURE.to_vec(),
        manifest: manifest("coded_picture", CODED_PICTURE, &tensors.concat()),
        inputs: vec![pixels(values)],
        outputs: vec![pixels(result)],
        tolerance: 0.0,
    }
}
