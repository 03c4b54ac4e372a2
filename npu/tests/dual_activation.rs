//! The shipped recogniser does what its card says.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use std::fs;
use std::path::Path;
use triune_core::{BeingId, State, Timestamp};
use triune_npu::conformance::{Specimen, check_backend};
use triune_npu::{
    Backend, DualActivation, DualActivationError, Manifest, PureRustBackend, SAMPLE_COUNT,
    SAMPLE_INTERVAL, Tensor, TensorData, WINDOW_SHAPE,
};

/// Runtime and training may differ by rounding only.
const TOLERANCE: f32 = 1e-4;

fn folder() -> &'static Path {
    Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../models/dual_activation"
    ))
}

fn manifest() -> Manifest {
    Manifest::parse(&fs::read_to_string(folder().join("manifest.toml")).unwrap()).unwrap()
}

fn figures() -> Value {
    serde_json::from_slice(&fs::read(folder().join("figures.json")).unwrap()).unwrap()
}

/// A held-out window; `models/dual_activation/fixture.py` tells the file's form.
struct Case {
    window: Tensor,
    labels: [usize; 2],
    ruled: [usize; 2],
    reference: [Tensor; 2],
}

fn cases(heads: [usize; 2]) -> Vec<Case> {
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
            let reference = heads.map(|classes| Tensor {
                shape: vec![1, classes],
                data: TensorData::F32(
                    take(4 * classes)
                        .chunks_exact(4)
                        .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
                        .collect(),
                ),
            });
            Case {
                window: Tensor {
                    shape: WINDOW_SHAPE.to_vec(),
                    data: TensorData::F32(elements),
                },
                labels: [usize::from(labels[0]), usize::from(labels[1])],
                ruled: [usize::from(labels[2]), usize::from(labels[3])],
                reference,
            }
        })
        .collect();
    assert!(rest.is_empty());
    cases
}

fn classes(manifest: &Manifest) -> [usize; 2] {
    [manifest.labels[0].len(), manifest.labels[1].len()]
}

fn likeliest(tensor: &Tensor) -> usize {
    let values = tensor.as_f32().unwrap();
    (0..values.len())
        .max_by(|&a, &b| values[a].total_cmp(&values[b]))
        .unwrap()
}

#[test]
fn held_out_windows_come_out_as_in_training() {
    let manifest = manifest();
    let bytes = fs::read(folder().join(&manifest.files[0].name)).unwrap();
    assert!(bytes.len() < 300 * 1024);
    let cases = cases(classes(&manifest));
    let mut model = PureRustBackend::new().load(&bytes, &manifest).unwrap();
    let mut right = [0.0; 2];
    let mut ruled_right = [0.0; 2];
    for case in &cases {
        let mut found = case.reference.clone().map(|mut tensor| {
            tensor.as_f32_mut().unwrap().fill(f32::NAN);
            tensor
        });
        let [first, second] = &mut found;
        let mut outputs = [first.view_mut(), second.view_mut()];
        model.run(&[case.window.view()], &mut outputs).unwrap();
        for head in 0..2 {
            let pairs = found[head]
                .as_f32()
                .unwrap()
                .iter()
                .zip(case.reference[head].as_f32().unwrap());
            for (found, reference) in pairs {
                assert!(
                    (found - reference).abs() <= TOLERANCE,
                    "{found} instead of {reference}"
                );
            }
            right[head] += f64::from(u8::from(likeliest(&found[head]) == case.labels[head]));
            ruled_right[head] += f64::from(u8::from(case.ruled[head] == case.labels[head]));
        }
    }
    let figures = figures();
    let count = cases.len() as f64;
    for (head, name) in ["situation", "feeling"].into_iter().enumerate() {
        let accuracy = right[head] / count;
        let stated = |of: &str| {
            figures
                .pointer(&format!("/fixture/{name}/{of}"))
                .and_then(Value::as_f64)
                .unwrap()
        };
        assert!(
            (accuracy - stated("model")).abs() < 1e-9,
            "{name}: {accuracy}"
        );
        assert!(
            accuracy > ruled_right[head] / count,
            "{name}: the rule is as good"
        );
        assert!(accuracy > stated("majority"), "{name}: guessing is as good");
    }
}

#[test]
fn the_shipped_model_keeps_the_contract() {
    let manifest = manifest();
    let case = cases(classes(&manifest)).swap_remove(0);
    let specimen = Specimen {
        bytes: fs::read(folder().join(&manifest.files[0].name)).unwrap(),
        manifest,
        inputs: vec![case.window],
        outputs: case.reference.to_vec(),
        tolerance: TOLERANCE,
    };
    check_backend(&PureRustBackend::new(), &specimen).unwrap();
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
