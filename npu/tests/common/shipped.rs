//! The shipped models with held-out inputs and what comes out of them; `models/*/fixture.py` tells the
//! form of the files.
#![allow(dead_code, reason = "each test uses a part")]

use serde_json::Value;
use triune_npu::conformance::Specimen;
use triune_npu::{Manifest, ModelHash, Precision, Tensor, TensorData};

/// How far runtimes may differ in single precision, as a share of the greatest element.
const ROUNDING: f32 = 1e-4;

/// One input, and the outputs of both files.
pub(crate) struct Case {
    pub(crate) input: Tensor,
    pub(crate) exact: Vec<Tensor>,
    pub(crate) int8: Vec<Tensor>,
}

/// A shipped model.
pub(crate) struct Shipped {
    pub(crate) manifest: Manifest,
    pub(crate) cases: Vec<Case>,
    files: [&'static [u8]; 2],
    calibration: Value,
}

macro_rules! shipped {
    ($name:literal, $magic:literal, $views:literal, $labels:literal) => {{
        let text = include_str!(concat!("../../../models/", $name, "/manifest.toml"));
        let manifest = Manifest::parse(text).expect("a manifest");
        Shipped {
            cases: cases(
                &manifest,
                include_bytes!(concat!("../../../models/", $name, "/fixture.bin")),
                $magic,
                $views,
                $labels,
            ),
            files: [
                include_bytes!(concat!("../../../models/", $name, "/", $name, ".onnx")),
                include_bytes!(concat!("../../../models/", $name, "/", $name, ".int8.onnx")),
            ],
            calibration: serde_json::from_slice(include_bytes!(concat!(
                "../../../models/",
                $name,
                "/calibration.json"
            )))
            .expect("JSON"),
            manifest,
        }
    }};
}

pub(crate) fn dual_activation() -> Shipped {
    shipped!("dual_activation", b"TRDA", 1, 4)
}

pub(crate) fn scene_embedding() -> Shipped {
    shipped!("scene_embedding", b"TRSE", 2, 0)
}

impl Shipped {
    pub(crate) fn file(&self, precision: Precision) -> &'static [u8] {
        let of = |file: &&&[u8]| {
            let known = self.manifest.file_with(&ModelHash::of(file));
            known.is_some_and(|known| known.precision == precision)
        };
        self.files.iter().find(of).expect("both are shipped")
    }

    /// One step of what an INT8 file yields there, if it yields steps.
    pub(crate) fn step(&self, tensor: &str) -> Option<f32> {
        let scale = self.calibration["tensors"][tensor]["scale"].as_f64()?;
        Some(scale as f32)
    }

    /// The first case; an INT8 file's outputs may lie `steps` of its coarsest output off.
    pub(crate) fn specimen(&self, precision: Precision, steps: f32) -> Specimen {
        let case = &self.cases[0];
        let outputs = match precision {
            Precision::F32 => &case.exact,
            Precision::Int8 => &case.int8,
        };
        let elements = outputs.iter().filter_map(Tensor::as_f32).flatten();
        let greatest = elements.fold(0.0_f32, |most, element| element.abs().max(most));
        let names = self.manifest.outputs.iter().map(|output| &output.name);
        let coarsest = names.filter_map(|name| self.step(name)).fold(0.0, f32::max);
        Specimen {
            bytes: self.file(precision).to_vec(),
            manifest: self.manifest.clone(),
            inputs: vec![case.input.clone()],
            outputs: outputs.clone(),
            tolerance: match precision {
                Precision::F32 => ROUNDING * greatest.max(1.0),
                Precision::Int8 => steps * coarsest,
            },
        }
    }
}

/// After the magic number and the count: so many views for each count, each a byte for every element of
/// the input, bytes of labels, and both files' outputs.
fn cases(
    manifest: &Manifest,
    fixture: &[u8],
    magic: &[u8; 4],
    views: u32,
    labels: usize,
) -> Vec<Case> {
    let mut rest = fixture;
    let mut take = |length: usize| {
        let (taken, left) = rest.split_at(length);
        rest = left;
        taken
    };
    assert_eq!(take(4), magic);
    let count = u32::from_le_bytes(take(4).try_into().expect("four"));
    let tensor = |shape: &[usize], elements: Vec<f32>| Tensor {
        shape: shape.to_vec(),
        data: TensorData::F32(elements),
    };
    let mut cases = Vec::new();
    for _ in 0..count * views {
        let shape = &manifest.inputs[0].shape;
        let coded = take(shape.iter().product()).iter();
        let input = tensor(shape, coded.map(|&byte| f32::from(byte) / 255.0).collect());
        take(labels);
        let mut outputs = || {
            let output = |output: &triune_npu::TensorDescription| {
                let bytes = take(4 * output.element_count()).as_chunks().0.iter();
                let elements = bytes.map(|&bytes| f32::from_le_bytes(bytes));
                tensor(&output.shape, elements.collect())
            };
            manifest.outputs.iter().map(output).collect()
        };
        let (exact, int8) = (outputs(), outputs());
        cases.push(Case { input, exact, int8 });
    }
    assert!(rest.is_empty());
    cases
}
