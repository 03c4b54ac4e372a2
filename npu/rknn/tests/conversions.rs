//! Layouts and quantisation against their definitions.
#![allow(missing_docs)]

use proptest::prelude::*;
use triune_rknn::f16;
use triune_rknn::layout::{
    Axes, Blocks, LayoutError, nc1hwc2_to_nchw, nchw_to_nc1hwc2, nchw_to_nhwc, nhwc_to_nchw,
};
use triune_rknn::quantise::{dequantise, from_half, quantise, to_half};

fn axes() -> impl Strategy<Value = Axes> {
    (0_usize..3, 0_usize..40, 0_usize..5, 0_usize..7).prop_map(
        |(batches, channels, height, width)| Axes {
            batches,
            channels,
            height,
            width,
        },
    )
}

/// Every element's place, in a plain tensor.
fn places(axes: Axes) -> impl Iterator<Item = (usize, usize, usize, usize)> {
    (0..axes.batches).flat_map(move |n| {
        (0..axes.channels).flat_map(move |c| {
            (0..axes.height).flat_map(move |y| (0..axes.width).map(move |x| (n, c, y, x)))
        })
    })
}

fn numbered(axes: Axes) -> Vec<u32> {
    (1..=axes.elements().expect("small") as u32).collect()
}

proptest! {
    #[test]
    fn channels_move_inwards_and_back(axes in axes()) {
        let source = numbered(axes);
        let mut inner = vec![0; source.len()];
        nchw_to_nhwc(axes, &source, &mut inner).unwrap();
        for ((n, c, y, x), element) in places(axes).zip(&source) {
            let at = ((n * axes.height + y) * axes.width + x) * axes.channels + c;
            prop_assert_eq!(&inner[at], element);
        }
        let mut back = vec![0; source.len()];
        nhwc_to_nchw(axes, &inner, &mut back).unwrap();
        prop_assert_eq!(back, source);
    }

    #[test]
    fn blocks_of_channels_hold_every_element_where_it_belongs(
        axes in axes(),
        channels in 1_usize..20,
        gap in 0_usize..4,
    ) {
        let blocks = Blocks { channels, width_stride: axes.width + gap };
        let source = numbered(axes);
        let mut packed = vec![u32::MAX; axes.elements_in(blocks).unwrap() + 2];
        nchw_to_nc1hwc2(axes, blocks, 0, &source, &mut packed).unwrap();
        let outer = axes.channels.div_ceil(channels);
        for ((n, c, y, x), element) in places(axes).zip(&source) {
            let block = n * outer + c / channels;
            let at = ((block * axes.height + y) * blocks.width_stride + x) * channels + c % channels;
            prop_assert_eq!(&packed[at], element);
        }
        // The rest is filling, and what lies behind was not touched.
        let filled = packed.iter().filter(|&&element| element == 0).count();
        prop_assert_eq!(filled + source.len() + 2, packed.len());
        prop_assert_eq!(&packed[packed.len() - 2..], &[u32::MAX; 2]);
        let mut back = vec![0; source.len()];
        nc1hwc2_to_nchw(axes, blocks, &packed, &mut back).unwrap();
        prop_assert_eq!(back, source);
    }

    /// ONNX `QuantizeLinear`: saturate(round_half_even(x / scale) + zero_point), in exact arithmetic.
    #[test]
    fn integers_are_those_of_the_definition(
        value in -1e6_f32..1e6,
        scale in 1e-3_f32..10.0,
        zero_point in -128_i32..=127,
    ) {
        let mut integer = [0_i8];
        quantise(&[value], scale, zero_point, &mut integer);
        let exact = f64::from(value / scale).round_ties_even() + f64::from(zero_point);
        prop_assert_eq!(f64::from(integer[0]), exact.clamp(-128.0, 127.0));
        let mut back = [0.0];
        dequantise(&integer, scale, zero_point, &mut back);
        if (-128.0..=127.0).contains(&exact) {
            prop_assert!((back[0] - value).abs() <= scale * 0.5001 + value.abs() * 1e-6);
        }
    }

    #[test]
    fn every_integer_survives_the_way_there_and_back(zero_point in 0_i32..=255, scale in 1e-3_f32..10.0) {
        let all: Vec<u8> = (0..=255).collect();
        let mut values = vec![0.0; 256];
        dequantise(&all, scale, zero_point, &mut values);
        let mut back = vec![0; 256];
        quantise(&values, scale, zero_point, &mut back);
        prop_assert_eq!(back, all);
    }
}

#[test]
fn ends_halves_and_what_is_no_number() {
    let values = [
        f32::INFINITY,
        -f32::INFINITY,
        f32::NAN,
        1e30,
        -1e30,
        0.25,
        0.75,
        -0.25,
        1.25,
    ];
    let mut signed = [0_i8; 9];
    quantise(&values, 0.5, 3, &mut signed);
    assert_eq!(signed, [127, -128, 3, 127, -128, 3, 5, 3, 5]);
    let mut unsigned = [0_u8; 9];
    quantise(&values, 0.5, 3, &mut unsigned);
    assert_eq!(unsigned, [255, 0, 3, 255, 0, 3, 5, 3, 5]);
}

#[test]
fn half_floats_do_not_become_infinite() {
    let values = [1e6, -1e6, 65504.0, 1.0, f32::INFINITY, f32::NAN];
    let mut halves = [f16::ZERO; 6];
    to_half(&values, &mut halves);
    let mut back = [0.0; 6];
    from_half(&halves, &mut back);
    assert_eq!(back[..5], [65504.0, -65504.0, 65504.0, 1.0, f32::INFINITY]);
    assert!(back[5].is_nan());
}

#[test]
fn what_does_not_fit_is_refused_untouched() {
    let axes = Axes {
        batches: 1,
        channels: 3,
        height: 2,
        width: 2,
    };
    let mut target = [9; 11];
    let error = nchw_to_nhwc(axes, &[0; 12], &mut target).unwrap_err();
    let expected = LayoutError::TooShort {
        side: "target",
        needed: 12,
        found: 11,
    };
    assert_eq!(error, expected);
    assert_eq!(target, [9; 11]);
    let blocks = |channels, width_stride| Blocks {
        channels,
        width_stride,
    };
    assert_eq!(axes.elements_in(blocks(0, 2)), Err(LayoutError::EmptyBlock));
    let stride = LayoutError::Stride {
        width: 2,
        width_stride: 1,
    };
    assert_eq!(axes.elements_in(blocks(4, 1)), Err(stride));
    let huge = Axes {
        height: usize::MAX,
        ..axes
    };
    assert_eq!(huge.elements(), Err(LayoutError::TooLarge));
    let nothing = Axes {
        batches: 0,
        height: usize::MAX,
        width: usize::MAX,
        channels: usize::MAX,
    };
    let mut empty: [u8; 0] = [];
    assert_eq!(nhwc_to_nchw(nothing, &[], &mut empty), Ok(()));
}
