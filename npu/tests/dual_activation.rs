//! The shipped recogniser does what its card says.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use std::fs;
use std::path::Path;
use triune_core::{BeingId, State, Timestamp};
use triune_npu::conformance::{Specimen, check_backend};
use triune_npu::{
    Backend, DualActivation, DualActivationError, FileFormat, Manifest, ModelFile, ModelHash,
    Precision, PureRustBackend, SAMPLE_COUNT, SAMPLE_INTERVAL, Tensor, TensorData, WINDOW_SHAPE,
};

/// Runtime and training may differ by rounding only.
const TOLERANCE: f32 = 1e-4;
/// How many right answers of the INT8 file may differ between two runtimes, as a share: where a
/// value lies between two levels, they may take either.
const INT8_MARGIN: f64 = 0.02;
const HEADS: [&str; 2] = ["situation", "feeling"];

fn folder() -> &'static Path {
    Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../models/dual_activation"
    ))
}

fn manifest() -> Manifest {
    Manifest::parse(&fs::read_to_string(folder().join("manifest.toml")).unwrap()).unwrap()
}

fn json(file: &str) -> Value {
    serde_json::from_slice(&fs::read(folder().join(file)).unwrap()).unwrap()
}

fn file(manifest: &Manifest, precision: Precision) -> ModelFile {
    let mut files = manifest.files.iter();
    files
        .find(|file| file.precision == precision)
        .unwrap()
        .clone()
}

fn read(manifest: &Manifest, precision: Precision) -> Vec<u8> {
    fs::read(folder().join(file(manifest, precision).name)).unwrap()
}

/// A held-out window; `models/dual_activation/fixture.py` tells the file's form.
struct Case {
    window: Tensor,
    labels: [usize; 2],
    ruled: [usize; 2],
    exact: Vec<Tensor>,
    int8: Vec<Tensor>,
}

impl Case {
    fn reference(&self, precision: Precision) -> &[Tensor] {
        match precision {
            Precision::F32 => &self.exact,
            Precision::Int8 => &self.int8,
        }
    }
}

fn cases(manifest: &Manifest) -> Vec<Case> {
    let bytes = fs::read(folder().join("fixture.bin")).unwrap();
    let (magic, rest) = bytes.split_at(4);
    assert_eq!(magic, b"TRDA");
    let (count, mut rest) = rest.split_at(4);
    let count = u32::from_le_bytes(count.try_into().unwrap());
    let length: usize = WINDOW_SHAPE.iter().product();
    let cases = (0..count)
        .map(|_| {
            let mut take = |length: usize| {
                let (taken, left) = rest.split_at(length);
                rest = left;
                taken
            };
            let elements = take(length)
                .iter()
                .map(|&byte| f32::from(byte) / 255.0)
                .collect();
            let labels = take(4).to_vec();
            let mut outputs = || -> Vec<Tensor> {
                let output = manifest.outputs.iter().map(|output| Tensor {
                    shape: output.shape.clone(),
                    data: TensorData::F32(
                        take(4 * output.shape.iter().product::<usize>())
                            .chunks_exact(4)
                            .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
                            .collect(),
                    ),
                });
                output.collect()
            };
            let (exact, int8) = (outputs(), outputs());
            Case {
                window: Tensor {
                    shape: WINDOW_SHAPE.to_vec(),
                    data: TensorData::F32(elements),
                },
                labels: [usize::from(labels[0]), usize::from(labels[1])],
                ruled: [usize::from(labels[2]), usize::from(labels[3])],
                exact,
                int8,
            }
        })
        .collect();
    assert!(rest.is_empty());
    cases
}

fn likeliest(tensor: &Tensor) -> usize {
    let values = tensor.as_f32().unwrap();
    (0..values.len())
        .max_by(|&a, &b| values[a].total_cmp(&values[b]))
        .unwrap()
}

/// Runs a file over all cases; `check` sees each output beside its reference. Tells the share of
/// right answers of each head, by the model and by the rule.
fn accuracies(precision: Precision, check: impl Fn(&str, &[f32], &[f32])) -> ([f64; 2], [f64; 2]) {
    let manifest = manifest();
    let bytes = read(&manifest, precision);
    let cases = cases(&manifest);
    let mut model = PureRustBackend::new().load(&bytes, &manifest).unwrap();
    let (mut right, mut ruled_right) = ([0.0; 2], [0.0; 2]);
    for case in &cases {
        let reference = case.reference(precision);
        let mut found = reference.to_vec();
        for tensor in &mut found {
            tensor.as_f32_mut().unwrap().fill(f32::NAN);
        }
        let mut outputs: Vec<_> = found.iter_mut().map(Tensor::view_mut).collect();
        model.run(&[case.window.view()], &mut outputs).unwrap();
        for ((output, found), reference) in manifest.outputs.iter().zip(&found).zip(reference) {
            check(
                &output.name,
                found.as_f32().unwrap(),
                reference.as_f32().unwrap(),
            );
        }
        for head in 0..2 {
            right[head] += f64::from(u8::from(likeliest(&found[head]) == case.labels[head]));
            ruled_right[head] += f64::from(u8::from(case.ruled[head] == case.labels[head]));
        }
    }
    let share = |right: [f64; 2]| right.map(|right| right / cases.len() as f64);
    (share(right), share(ruled_right))
}

fn stated(head: &str, of: &str) -> f64 {
    let path = format!("/fixture/{head}/{of}");
    json("figures.json")
        .pointer(&path)
        .and_then(Value::as_f64)
        .unwrap()
}

#[test]
fn held_out_windows_come_out_as_in_training() {
    let (right, ruled) = accuracies(Precision::F32, |name, found, reference| {
        for (found, reference) in found.iter().zip(reference) {
            assert!(
                (found - reference).abs() <= TOLERANCE,
                "{name}: {found} instead of {reference}"
            );
        }
    });
    for (head, name) in HEADS.into_iter().enumerate() {
        let accuracy = right[head];
        assert!(
            (accuracy - stated(name, "model")).abs() < 1e-9,
            "{name}: {accuracy}"
        );
        assert!(accuracy > ruled[head], "{name}: the rule is as good");
        assert!(
            accuracy > stated(name, "majority"),
            "{name}: guessing is as good"
        );
    }
}

#[test]
fn held_out_windows_come_out_in_int8_within_a_step() {
    let calibration = json("calibration.json");
    let step = |tensor: &str| {
        let path = format!("/tensors/{tensor}/scale");
        calibration.pointer(&path).and_then(Value::as_f64).unwrap()
    };
    let (right, ruled) = accuracies(Precision::Int8, |name, found, reference| {
        for (&found, &reference) in found.iter().zip(reference) {
            let (found, reference) = (f64::from(found), f64::from(reference));
            if name == "trace" {
                let off = (found - reference).abs() / step(name);
                assert!(off < 1.01, "{name}: {off} steps off");
                // The file's own step is the calibration's.
                let level = found / step(name);
                assert!(
                    (level - level.round()).abs() < 0.01,
                    "{name}: level {level}"
                );
            } else {
                // Each logit a step off moves the logarithm of a probability by two at most.
                let off = (found / reference).ln().abs() / step(&format!("{name}_logits"));
                assert!(off < 2.01, "{name}: {off} steps off");
            }
        }
    });
    for (head, name) in HEADS.into_iter().enumerate() {
        let accuracy = right[head];
        println!(
            "{name}: {accuracy:.4}; ONNX Runtime {:.4}",
            stated(name, "int8")
        );
        assert!(
            (accuracy - stated(name, "int8")).abs() < INT8_MARGIN,
            "{name}: {accuracy}"
        );
        assert!(accuracy > ruled[head], "{name}: the rule is as good");
        assert!(
            accuracy > stated(name, "majority"),
            "{name}: guessing is as good"
        );
    }
}

#[test]
fn the_shipped_files_keep_the_contract() {
    let manifest = manifest();
    let step = json("calibration.json")
        .pointer("/tensors/trace/scale")
        .and_then(Value::as_f64)
        .unwrap() as f32;
    for (precision, tolerance) in [(Precision::F32, TOLERANCE), (Precision::Int8, 1.01 * step)] {
        let case = cases(&manifest).swap_remove(0);
        let bytes = read(&manifest, precision);
        assert!(bytes.len() < 300 * 1024);
        let specimen = Specimen {
            bytes,
            manifest: manifest.clone(),
            outputs: case.reference(precision).to_vec(),
            inputs: vec![case.window],
            tolerance,
        };
        check_backend(&PureRustBackend::new(), &specimen).unwrap();
    }
}

/// A state of a still room at this sample.
fn still(sample: u64) -> State {
    let mut state = State::at_rest(BeingId::FIRST);
    state.time = Timestamp(1_000_000_000 + sample * SAMPLE_INTERVAL);
    state
}

#[test]
fn it_answers_once_its_window_is_full() {
    let mut recogniser = DualActivation::load_shipped(&PureRustBackend::new()).unwrap();
    assert_eq!(recogniser.backend_name(), PureRustBackend::new().name());
    assert!(
        recogniser
            .situations()
            .iter()
            .any(|label| label == "conversation")
    );
    assert!(
        recogniser
            .feelings()
            .iter()
            .any(|label| label == "startled")
    );
    for sample in 0..SAMPLE_COUNT as u64 {
        assert_eq!(recogniser.activate().unwrap(), None);
        assert!(recogniser.observe(&still(sample)));
    }
    let activation = recogniser.activate().unwrap().unwrap();
    assert!((activation.situation as usize) < recogniser.situations().len());
    assert!((activation.feeling as usize) < recogniser.feelings().len());
    for confidence in [
        activation.situation_confidence,
        activation.feeling_confidence,
    ] {
        assert!((0.1..=1.0).contains(&confidence), "{confidence}");
    }
    let newest = still(SAMPLE_COUNT as u64 - 1).time;
    assert_eq!(activation.newest, newest);
    assert_eq!(activation.answer(newest.after(70)).age, 70);
    assert!(recogniser.timing().is_some());
    // Nothing new: the same answer. A gap: none until the window is full again.
    assert_eq!(recogniser.activate().unwrap(), Some(activation));
    assert!(recogniser.observe(&still(1000)));
    assert_eq!(recogniser.activate().unwrap(), None);
}

#[test]
fn a_state_that_is_not_a_number_is_an_error_and_passes() {
    let mut recogniser = DualActivation::load_shipped(&PureRustBackend::new()).unwrap();
    let samples = SAMPLE_COUNT as u64;
    for sample in 0..samples {
        let mut state = still(sample);
        if sample == 0 {
            state.observation.salience = f32::NAN;
        }
        recogniser.observe(&state);
    }
    assert!(recogniser.activate().is_err());
    recogniser.observe(&still(samples));
    assert!(recogniser.activate().unwrap().is_some());
}

#[test]
fn a_folder_is_loaded_and_its_faults_are_told() {
    let backend = PureRustBackend::new();
    let shipped = DualActivation::load_folder(&backend, folder()).unwrap();
    assert_eq!(shipped.describe().hash, manifest().files[0].sha256);
    let copy = tempfile::tempdir().unwrap();
    let load = || DualActivation::load_folder(&backend, copy.path()).err();
    assert!(matches!(load(), Some(DualActivationError::Folder(_))));
    let text = fs::read_to_string(folder().join("manifest.toml")).unwrap();
    let write = |text: &str| fs::write(copy.path().join("manifest.toml"), text).unwrap();
    write(&text);
    assert!(matches!(load(), Some(DualActivationError::Folder(_))));
    let file = copy.path().join(&manifest().files[0].name);
    fs::write(&file, "something else").unwrap();
    assert!(matches!(load(), Some(DualActivationError::Load(_))));
    fs::copy(folder().join(&manifest().files[0].name), &file).unwrap();
    assert!(load().is_none());
    write(&text.replace("[1, 32, 1, 32]", "[1, 32, 1, 16]"));
    assert!(matches!(
        load(),
        Some(DualActivationError::WrongInput { .. })
    ));
    write(&text.replace("\"feeling\"", "\"mood\""));
    assert!(matches!(
        load(),
        Some(DualActivationError::WrongHead {
            head: "feeling",
            ..
        })
    ));
    write("");
    assert!(matches!(load(), Some(DualActivationError::Folder(_))));
}

#[test]
fn the_shipped_file_is_the_one_that_the_manifest_prefers() {
    let source = DualActivation::shipped_for(&[FileFormat::Onnx]).unwrap();
    let preferred = &manifest().files[0];
    assert_eq!(ModelHash::of(&source.bytes), preferred.sha256);
    assert_eq!(preferred.precision, Precision::Int8);
    assert!(matches!(
        DualActivation::shipped_for(&[FileFormat::Rknn]),
        Err(DualActivationError::NoFile { .. })
    ));
}

#[test]
fn the_last_hidden_layer_is_told_with_an_answer() {
    let mut recogniser = DualActivation::load_shipped(&PureRustBackend::new()).unwrap();
    for sample in 0..SAMPLE_COUNT as u64 {
        assert_eq!(recogniser.trace(), None);
        recogniser.observe(&still(sample));
    }
    recogniser.activate().unwrap().unwrap();
    assert_eq!(recogniser.trace().unwrap().len(), 64);
}
