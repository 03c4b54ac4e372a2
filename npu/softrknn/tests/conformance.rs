//! One suite over every backend: ONNX Runtime, pure Rust, and the NPU's interface over the soft runtime
//! with either of them inside.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../tests/common/shipped.rs"]
mod shipped;

mod common;

use common::Soft;
use common::specimens::{coded_picture, inside, mixer, passes, picture, quantised};
use shipped::{Shipped, dual_activation, scene_embedding};
use triune_npu::conformance::{Specimen, check_backend};
use triune_npu::{
    Backend, CpuBackends, CpuSettings, FileFormat, LoadError, Manifest, Model, Precision, Provider,
    ProviderWish, PureRustBackend, RknnBackend, RunError, Tensor, TensorData,
};

/// How far integers may lie off: a step, and what rounding adds in single precision.
const MOST_STEPS: f32 = 1.01;

/// What computes, and what is injected so that it does.
type Contender = (&'static str, Box<dyn Backend>, &'static str);

fn soft_backend() -> Box<dyn Backend> {
    Box::new(RknnBackend::open(&rknnrt::built_library().unwrap(), 3).unwrap())
}

/// All that this machine has; ONNX Runtime is in this process and, once more, in the soft runtime.
fn contenders(soft: &Soft) -> Vec<Contender> {
    let mut contenders: Vec<Contender> = vec![
        ("pure Rust", Box::new(PureRustBackend::new()), ""),
        ("RKNN over pure Rust", soft_backend(), "pure-rust"),
    ];
    if soft.identity().contains("onnxruntime") {
        contenders.push(("RKNN over ONNX Runtime", soft_backend(), ""));
    } else {
        println!("skipped: RKNN over ONNX Runtime: {}", soft.identity());
    }
    let found = CpuBackends::find(&CpuSettings {
        provider: ProviderWish::Only(Provider::Cpu),
        ..CpuSettings::default()
    });
    if found.library.is_some() {
        contenders.push(("ONNX Runtime", Box::new(Shared(found)), ""));
    } else {
        let tried: Vec<_> = found.tried.iter().map(ToString::to_string).collect();
        println!("skipped: ONNX Runtime: {}", tried.join("; "));
    }
    contenders
}

/// The backend that was found.
struct Shared(CpuBackends);

impl Backend for Shared {
    fn name(&self) -> &str {
        self.0.chosen.name()
    }

    fn formats(&self) -> &[FileFormat] {
        self.0.chosen.formats()
    }

    fn load(&self, bytes: &[u8], manifest: &Manifest) -> Result<Box<dyn Model>, LoadError> {
        self.0.chosen.load(bytes, manifest)
    }
}

fn specimens() -> Vec<Specimen> {
    let mut specimens = vec![
        mixer(),
        quantised(),
        inside(),
        passes(),
        picture(),
        coded_picture(),
    ];
    for model in [dual_activation(), scene_embedding()] {
        for precision in [Precision::F32, Precision::Int8] {
            specimens.push(model.specimen(precision, MOST_STEPS));
        }
    }
    specimens
}

#[test]
fn every_backend_keeps_the_contract() {
    let soft = Soft::open();
    for (name, backend, faults) in contenders(&soft) {
        soft.faults(faults).unwrap();
        for specimen in specimens() {
            let model = &specimen.manifest.name;
            let kept = check_backend(backend.as_ref(), &specimen);
            kept.unwrap_or_else(|broken| panic!("{name}, {model}: {broken:?}"));
        }
        println!("{name}: {}", backend.name());
        assert_eq!(soft.held(), [0; 4], "{name}");
    }
}

/// Where files without quantisation are computed in half precision, they are given and taken so.
#[test]
fn half_precision_keeps_the_contract() {
    let soft = Soft::open();
    soft.faults("pure-rust,half").unwrap();
    let backend = soft_backend();
    // All their values are whole numbers or halves.
    for specimen in [mixer(), passes(), picture(), quantised(), coded_picture()] {
        let model = &specimen.manifest.name;
        let kept = check_backend(backend.as_ref(), &specimen);
        kept.unwrap_or_else(|broken| panic!("{model}: {broken:?}"));
    }
    assert_eq!(soft.held(), [0; 4]);

    let Specimen {
        bytes, manifest, ..
    } = picture();
    let mut model = backend.load(&bytes, &manifest).unwrap();
    let shape = manifest.inputs[0].shape.clone();
    let mut run = |value: f32| {
        let picture = TensorData::F32(vec![value; 30]);
        let picture = Tensor {
            shape: shape.clone(),
            data: picture,
        };
        let mut swapped = Tensor::zero(&manifest.outputs[0]);
        model
            .run(&[picture.view()], &mut [swapped.view_mut()])
            .map(|_| swapped.as_f32().unwrap()[0])
    };
    // A third is rounded to 11 bits, and what is too large becomes the greatest half.
    assert_eq!(run(1.0 / 3.0), Ok(0.333_251_95));
    let too_large = run(20_000.0).unwrap_err();
    assert!(
        matches!(too_large, RunError::OutputNotFinite { .. }),
        "the last channel is four times as large: {too_large}"
    );
    assert_eq!(run(-1.0), Ok(-1.0), "it goes on");
}

/// How far the INT8 file's outputs lie off the reference at most, in steps of each.
fn most_steps(backend: &dyn Backend, model: &Shipped) -> Vec<(String, f32)> {
    let manifest = &model.manifest;
    let mut loaded = backend.load(model.file(Precision::Int8), manifest).unwrap();
    let mut outputs: Vec<Tensor> = manifest.outputs.iter().map(Tensor::zero).collect();
    let mut most = vec![0.0_f32; outputs.len()];
    for case in &model.cases {
        let mut views: Vec<_> = outputs.iter_mut().map(Tensor::view_mut).collect();
        loaded.run(&[case.input.view()], &mut views).unwrap();
        for (place, output) in manifest.outputs.iter().enumerate() {
            let found = outputs[place].as_f32().unwrap();
            let expected = case.int8[place].as_f32().unwrap();
            for (&found, &expected) in found.iter().zip(expected) {
                // A probability's logarithm follows its logit.
                let off = match model.step(&format!("{}_logits", output.name)) {
                    Some(step) => (found / expected).ln().abs() / step,
                    None => (found - expected).abs() / model.step(&output.name).unwrap(),
                };
                most[place] = most[place].max(off);
            }
        }
    }
    let names = manifest.outputs.iter().map(|output| output.name.clone());
    names.zip(most).collect()
}

#[test]
fn integers_come_out_within_a_step() {
    let soft = Soft::open();
    for (name, backend, faults) in contenders(&soft) {
        soft.faults(faults).unwrap();
        for model in [dual_activation(), scene_embedding()] {
            for (output, steps) in most_steps(backend.as_ref(), &model) {
                let model = &model.manifest.name;
                println!("{name}: '{output}' of {model} is {steps:.4} steps off at most");
                assert!(steps <= MOST_STEPS, "{name}: '{output}' of {model}");
            }
        }
    }
}
