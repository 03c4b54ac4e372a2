//! The shipped scene embedding comes out of the runtime as it did in training.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use std::fs;
use std::path::Path;
use triune_npu::conformance::{Specimen, check_backend};
use triune_npu::{Backend, Manifest, ModelFolder, Precision, PureRustBackend, Tensor, TensorData};

/// Runtime and training may differ by rounding only, as a share of the longest element.
const TOLERANCE: f32 = 1e-4;
/// How many steps of its output an INT8 vector may lie off: where a value inside lies between two
/// levels, runtimes may take either, and five layers follow one another.
const STEPS: f32 = 2.01;

fn folder() -> &'static Path {
    Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../models/scene_embedding"
    ))
}

fn manifest() -> Manifest {
    Manifest::parse(&fs::read_to_string(folder().join("manifest.toml")).unwrap()).unwrap()
}

/// One step of the INT8 file's output.
fn step() -> f32 {
    let text = fs::read_to_string(folder().join("calibration.json")).unwrap();
    let calibration: Value = serde_json::from_str(&text).unwrap();
    calibration["tensors"]["embedding"]["scale"]
        .as_f64()
        .unwrap() as f32
}

fn read(manifest: &Manifest, precision: Precision) -> Vec<u8> {
    let mut files = manifest.files.iter();
    let file = files.find(|file| file.precision == precision).unwrap();
    fs::read(folder().join(&file.name)).unwrap()
}

/// A held-out picture; `models/scene_embedding/fixture.py` tells the file's form.
struct Case {
    picture: Tensor,
    exact: Tensor,
    int8: Tensor,
}

impl Case {
    fn reference(&self, precision: Precision) -> &Tensor {
        match precision {
            Precision::F32 => &self.exact,
            Precision::Int8 => &self.int8,
        }
    }
}

/// Both views of each room.
fn cases(manifest: &Manifest) -> Vec<[Case; 2]> {
    let bytes = fs::read(folder().join("fixture.bin")).unwrap();
    let (magic, rest) = bytes.split_at(4);
    assert_eq!(magic, b"TRSE");
    let (count, mut rest) = rest.split_at(4);
    let count = u32::from_le_bytes(count.try_into().unwrap());
    let shapes = [&manifest.inputs[0].shape, &manifest.outputs[0].shape];
    let [elements, dimensions] = shapes.map(|shape| shape.iter().product::<usize>());
    let mut take = |length: usize| {
        let (taken, left) = rest.split_at(length);
        rest = left;
        taken
    };
    let vector = |shape: &Vec<usize>, data: Vec<f32>| Tensor {
        shape: shape.clone(),
        data: TensorData::F32(data),
    };
    let floats = |bytes: &[u8]| {
        let parts = bytes.chunks_exact(4);
        parts
            .map(|part| f32::from_le_bytes(part.try_into().unwrap()))
            .collect()
    };
    let mut case = || {
        let pixels = take(elements).iter().map(|&byte| f32::from(byte) / 255.0);
        Case {
            picture: vector(shapes[0], pixels.collect()),
            exact: vector(shapes[1], floats(take(4 * dimensions))),
            int8: vector(shapes[1], floats(take(4 * dimensions))),
        }
    };
    let cases = (0..count).map(|_| [case(), case()]).collect();
    assert!(rest.is_empty());
    cases
}

fn cosine(left: &[f32], right: &[f32]) -> f32 {
    let product = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    product(left, right) / (product(left, left) * product(right, right)).sqrt()
}

fn tolerance(precision: Precision, reference: &[f32]) -> f32 {
    match precision {
        Precision::F32 => TOLERANCE * reference.iter().fold(0.0, |most, x| x.abs().max(most)),
        Precision::Int8 => STEPS * step(),
    }
}

/// The vectors of both views of all rooms, each within the tolerance of its reference.
fn embedded(precision: Precision) -> Vec<[Vec<f32>; 2]> {
    let manifest = manifest();
    let bytes = read(&manifest, precision);
    let mut model = PureRustBackend::new().load(&bytes, &manifest).unwrap();
    let mut embed = |case: &Case| {
        let mut output = Tensor::zero(&manifest.outputs[0]);
        let mut views = [output.view_mut()];
        model.run(&[case.picture.view()], &mut views).unwrap();
        let found = output.as_f32().unwrap().to_vec();
        let reference = case.reference(precision).as_f32().unwrap();
        let most = tolerance(precision, reference);
        for (found, reference) in found.iter().zip(reference) {
            assert!(
                (found - reference).abs() <= most,
                "{precision}: {found} instead of {reference}, {most} is allowed"
            );
            // The INT8 file's own step is the calibration's.
            let level = found / step();
            assert!(
                precision == Precision::F32 || (level - level.round()).abs() < 0.01,
                "level {level}"
            );
        }
        found
    };
    let cases = cases(&manifest);
    cases
        .iter()
        .map(|room| room.each_ref().map(&mut embed))
        .collect()
}

#[test]
fn a_room_is_found_again_in_either_precision() {
    for precision in [Precision::F32, Precision::Int8] {
        let rooms = embedded(precision);
        for (place, [_, sought]) in rooms.iter().enumerate() {
            let nearness = |room: &[Vec<f32>; 2]| cosine(&room[0], sought);
            let own = nearness(&rooms[place]);
            for (other, room) in rooms
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != place)
            {
                let nearness = nearness(room);
                assert!(
                    own > nearness,
                    "{precision}: room {place} is nearer to {other} ({nearness}) than to itself \
                     ({own})"
                );
            }
        }
    }
}

#[test]
fn the_shipped_files_keep_the_contract() {
    let manifest = manifest();
    for precision in [Precision::F32, Precision::Int8] {
        let [case, _] = cases(&manifest).swap_remove(0);
        let reference = case.reference(precision).clone();
        let specimen = Specimen {
            bytes: read(&manifest, precision),
            manifest: manifest.clone(),
            tolerance: tolerance(precision, reference.as_f32().unwrap()),
            outputs: vec![reference],
            inputs: vec![case.picture],
        };
        check_backend(&PureRustBackend::new(), &specimen).unwrap();
    }
}

#[test]
fn its_vectors_fit_the_memory() {
    let folder = ModelFolder::open(folder()).unwrap();
    let outputs = &folder.manifest().outputs;
    assert_eq!(outputs[0].shape, [1, triune_core::EMBEDDING_DIMENSIONS]);
    assert!(folder.load(&PureRustBackend::new()).is_ok());
}
