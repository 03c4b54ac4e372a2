//! Pictures: channels first, last and in blocks, rows with gaps, integers and halves.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::specimens::{coded_picture, picture};
use common::{F16, F32, I8, NC1HWC2, NCHW, NHWC, Soft, U8, bytes, contents, floats};
use half::f16;
use rknpu2_sys as sys;
use sys::_rknn_query_cmd as ask;
use triune_npu::conformance::Specimen;
use triune_npu::{Tensor, TensorData};

fn f32s(tensor: &Tensor) -> Vec<f32> {
    match &tensor.data {
        TensorData::F32(values) => values.clone(),
        TensorData::I8(values) => values.iter().map(|&value| f32::from(value)).collect(),
    }
}

/// The place of each of the 30 elements (channel, row, column) where channels stand last.
fn channels_last(stride: usize) -> Vec<usize> {
    let place = |index: usize| (index / 10, index / 5 % 2, index % 5);
    (0..30)
        .map(place)
        .map(|(channel, row, column)| (row * stride + column) * 3 + channel)
        .collect()
}

/// The same in blocks, of which three channels need one.
fn in_blocks(stride: usize, block: usize) -> Vec<usize> {
    let place = |index: usize| (index / 10, index / 5 % 2, index % 5);
    (0..30)
        .map(place)
        .map(|(channel, row, column)| (row * stride + column) * block + channel)
        .collect()
}

#[test]
fn the_views_of_a_picture_are_told() {
    let soft = Soft::open();
    for (specimen, usual, native, block) in
        [(picture(), F32, F16, 8), (coded_picture(), I8, I8, 16)]
    {
        let context = soft.load(&specimen).unwrap();
        let input = soft.attribute(context, ask::RKNN_QUERY_INPUT_ATTR, 0);
        assert_eq!(
            (input.fmt, input.type_, input.dims[..4].to_vec()),
            (NHWC, usual, vec![1, 2, 5, 3])
        );
        assert_eq!((input.w_stride, input.n_elems), (16, 30));
        assert_eq!(input.size_with_stride, input.size / 30 * 2 * 16 * 3);
        let output = soft.attribute(context, ask::RKNN_QUERY_OUTPUT_ATTR, 0);
        assert_eq!(
            (output.fmt, output.dims[..4].to_vec()),
            (NCHW, vec![1, 3, 2, 5])
        );
        assert_eq!((output.w_stride, output.size_with_stride), (0, output.size));
        for what in [
            ask::RKNN_QUERY_NATIVE_INPUT_ATTR,
            ask::RKNN_QUERY_NATIVE_OUTPUT_ATTR,
        ] {
            let blocks = soft.attribute(context, what, 0);
            assert_eq!(
                (blocks.fmt, blocks.type_, blocks.n_dims),
                (NC1HWC2, native, 5)
            );
            assert_eq!(blocks.dims[..5], [1, 1, 2, 5, block]);
            assert_eq!((blocks.w_stride, blocks.n_elems), (16, 10 * block));
            assert_eq!(blocks.size_with_stride, 2 * 16 * 16);
        }
        let last = soft.attribute(context, ask::RKNN_QUERY_NATIVE_NHWC_OUTPUT_ATTR, 0);
        assert_eq!((last.fmt, last.type_, last.w_stride), (NHWC, native, 16));
        soft.destroy(context).unwrap();
    }
}

#[test]
fn copied_pictures_have_no_gaps_and_either_order() {
    let soft = Soft::open();
    let specimen = picture();
    let context = soft.load(&specimen).unwrap();
    let values = f32s(&specimen.inputs[0]);
    let expected = f32s(&specimen.outputs[0]);
    let mut last = vec![0.0; 30];
    for (&value, place) in values.iter().zip(channels_last(5)) {
        last[place] = value;
    }
    let halves: Vec<u8> = last
        .iter()
        .flat_map(|&value| f16::from_f32(value).to_ne_bytes())
        .collect();
    let small: Vec<u8> = last.iter().map(|&value| value as u8).collect();
    for (kind, format, given) in [
        (F32, NCHW, bytes(&values)),
        (F32, NHWC, bytes(&last)),
        (F16, NHWC, halves),
        (U8, NHWC, small),
    ] {
        soft.set_input(context, 0, (kind, format), &given).unwrap();
        soft.run(context).unwrap();
        let result = floats(&soft.output(context, 0, true).unwrap());
        assert_eq!(result, expected, "type {kind}, format {format}");
    }
    let blocks = soft.set_input(context, 0, (F32, NC1HWC2), &bytes(&values));
    assert_eq!(blocks, Err(sys::RKNN_ERR_INPUT_INVALID));
    soft.destroy(context).unwrap();
}

/// What a test does with one bound tensor.
struct Bound {
    what: u32,
    kind: u32,
    places: Vec<usize>,
}

/// Runs with input and output bound in these forms; elements are written and read by their places.
fn run_bound(soft: &Soft, specimen: &Specimen, input: &Bound, output: &Bound) -> Vec<f32> {
    let context = soft.load(specimen).unwrap();
    let bind = |bound: &Bound| {
        let mut attribute = soft.attribute(context, bound.what, 0);
        let width = |kind| match kind {
            F32 => 4,
            F16 => 2,
            _ => 1,
        };
        attribute.size_with_stride =
            attribute.size_with_stride / width(attribute.type_) * width(bound.kind);
        attribute.type_ = bound.kind;
        soft.bind(context, &mut attribute).unwrap()
    };
    let (source, target) = (bind(input), bind(output));
    let buffer = contents(source);
    // What fills the gaps must not matter.
    buffer.fill(0x55);
    for (value, &place) in f32s(&specimen.inputs[0]).into_iter().zip(&input.places) {
        match input.kind {
            F32 => buffer[place * 4..][..4].copy_from_slice(&value.to_ne_bytes()),
            F16 => buffer[place * 2..][..2].copy_from_slice(&f16::from_f32(value).to_ne_bytes()),
            _ => buffer[place] = value as i8 as u8,
        }
    }
    soft.run(context).unwrap();
    let buffer = contents(target);
    let read = |&place: &usize| match output.kind {
        F32 => floats(&buffer[place * 4..][..4])[0],
        F16 => f16::from_ne_bytes([buffer[place * 2], buffer[place * 2 + 1]]).to_f32(),
        _ => f32::from(buffer[place] as i8),
    };
    let result = output.places.iter().map(read).collect();
    for memory in [source, target] {
        soft.destroy_memory(context, memory).unwrap();
    }
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
    result
}

#[test]
fn bound_pictures_lie_as_their_attributes_say() {
    let soft = Soft::open();
    let first: Vec<usize> = (0..30).collect();
    let bound = |what, kind, places: &[usize]| Bound {
        what,
        kind,
        places: places.to_vec(),
    };
    for (specimen, own, half, block) in [(picture(), F32, F16, 8), (coded_picture(), I8, I8, 16)] {
        let inputs = [
            bound(ask::RKNN_QUERY_INPUT_ATTR, own, &channels_last(16)),
            bound(
                ask::RKNN_QUERY_NATIVE_INPUT_ATTR,
                half,
                &in_blocks(16, block),
            ),
            bound(
                ask::RKNN_QUERY_NATIVE_NHWC_INPUT_ATTR,
                half,
                &channels_last(16),
            ),
        ];
        let outputs = [
            bound(ask::RKNN_QUERY_OUTPUT_ATTR, own, &first),
            bound(
                ask::RKNN_QUERY_NATIVE_OUTPUT_ATTR,
                half,
                &in_blocks(16, block),
            ),
            bound(
                ask::RKNN_QUERY_NATIVE_NHWC_OUTPUT_ATTR,
                half,
                &channels_last(16),
            ),
        ];
        for input in &inputs {
            for output in &outputs {
                let result = run_bound(&soft, &specimen, input, output);
                let expected = f32s(&specimen.outputs[0]);
                assert_eq!(result, expected, "{} to {}", input.what, output.what);
            }
        }
    }
}

#[test]
fn a_bound_output_of_integers_can_be_had_as_real_values() {
    let soft = Soft::open();
    let specimen = coded_picture();
    let input = Bound {
        what: ask::RKNN_QUERY_INPUT_ATTR,
        kind: I8,
        places: channels_last(16),
    };
    let output = Bound {
        what: ask::RKNN_QUERY_OUTPUT_ATTR,
        kind: F32,
        places: (0..30).collect(),
    };
    let real = f32s(&specimen.outputs[0])
        .into_iter()
        .map(|value| (value + 10.0) * 0.5);
    assert_eq!(
        run_bound(&soft, &specimen, &input, &output),
        real.collect::<Vec<_>>()
    );
}

#[test]
fn attributes_that_were_not_told_are_refused() {
    let soft = Soft::open();
    let context = soft.load(&picture()).unwrap();
    let memory = soft.memory(context, 4096).unwrap();
    let told = soft.attribute(context, ask::RKNN_QUERY_NATIVE_OUTPUT_ATTR, 0);
    type Change = fn(&mut sys::rknn_tensor_attr);
    let changes: [(&str, Change); 8] = [
        ("axis", |attribute| attribute.dims[3] = 6),
        ("axes", |attribute| attribute.n_dims = u32::MAX),
        ("format", |attribute| attribute.fmt = NHWC),
        ("no format", |attribute| attribute.fmt = 9),
        ("type", |attribute| attribute.type_ = F32),
        ("stride", |attribute| attribute.w_stride = 5),
        ("index", |attribute| attribute.index = 1),
        ("name", |attribute| attribute.name[0] += 1),
    ];
    for (what, change) in changes {
        let mut attribute = told;
        change(&mut attribute);
        let refused = soft.bind_memory(context, memory, &mut attribute);
        assert_eq!(refused, Err(sys::RKNN_ERR_PARAM_INVALID), "{what}");
    }
    let mut whole = told;
    soft.bind_memory(context, memory, &mut whole).unwrap();
    let small = soft.memory(context, told.size_with_stride - 1).unwrap();
    let refused = soft.bind_memory(context, small, &mut whole);
    assert_eq!(refused, Err(sys::RKNN_ERR_PARAM_INVALID));
    for memory in [memory, small] {
        soft.destroy_memory(context, memory).unwrap();
    }
    soft.destroy(context).unwrap();
}
