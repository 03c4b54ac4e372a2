//! The colours that values are read from.
#![allow(missing_docs)]

use triune_gpu::{Rgb, ramp};

fn linear(colour: Rgb) -> [f64; 3] {
    [colour.red, colour.green, colour.blue].map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    })
}

/// OKLab (B. Ottosson 2020).
fn oklab([red, green, blue]: [f64; 3]) -> [f64; 3] {
    let l = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
    let m = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
    let s = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

/// What a person without one kind of cone sees (G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, A
/// Physiologically-based Model for Simulation of Color Vision Deficiency, 2009, severity 1).
const DEFICIENCIES: [(&str, [[f64; 3]; 3]); 3] = [
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

fn seen(matrix: &[[f64; 3]; 3], colour: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| {
        row.iter()
            .zip(colour)
            .map(|(a, b)| a * b)
            .sum::<f64>()
            .clamp(0.0, 1.0)
    })
}

/// The ramp in steps of a twentieth.
fn steps() -> Vec<[f64; 3]> {
    (0..=20)
        .map(|step| linear(ramp(step as f32 / 20.0)))
        .collect()
}

#[test]
fn equal_steps_of_value_are_equal_steps_to_the_eye() {
    let points: Vec<_> = steps().into_iter().map(oklab).collect();
    let distances: Vec<f64> = points
        .windows(2)
        .map(|pair| {
            pair[0]
                .iter()
                .zip(pair[1])
                .map(|(a, b)| (a - b).powi(2))
                .sum::<f64>()
                .sqrt()
        })
        .collect();
    let mean = distances.iter().sum::<f64>() / distances.len() as f64;
    for distance in &distances {
        assert!((distance / mean - 1.0).abs() < 0.2, "{distances:?}");
    }
}

#[test]
fn every_kind_of_colour_vision_keeps_values_in_order() {
    let identity = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    for (name, matrix) in DEFICIENCIES.iter().chain(&[("usual vision", identity)]) {
        let lightness: Vec<f64> = steps()
            .into_iter()
            .map(|colour| oklab(seen(matrix, colour))[0])
            .collect();
        assert!(
            lightness.windows(2).all(|pair| pair[1] > pair[0] + 0.004),
            "{name}: {lightness:?}"
        );
    }
}

#[test]
fn values_outside_take_the_nearer_end() {
    assert_eq!(ramp(-3.0), ramp(0.0));
    assert_eq!(ramp(f32::INFINITY), ramp(1.0));
    assert_eq!(ramp(f32::NAN), ramp(0.0));
}
