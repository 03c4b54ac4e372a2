//! What foreign model files say of themselves, and what is said of those that say nothing.
#![allow(missing_docs)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use serde_json::{Value, json};
use triune_npu::{
    AxisLength, ElementType, FileFormat, HeaderElement, HeaderError, ModelHeader, NEWEST_CONTAINER,
    NEWEST_IR, OnnxHeader, Precision, RknnHeader, ShippedModel,
};

/// A field of Protocol Buffers that has a length; for messages below 128 bytes.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    assert!(length < 128);
    [&[number << 3 | 2, length], content].concat()
}

fn number(field: u8, value: u8) -> Vec<u8> {
    assert!(value < 128);
    vec![field << 3, value]
}

fn tensor(name: &str, element: u8, axes: &[Vec<u8>]) -> Vec<u8> {
    let shape: Vec<u8> = axes.iter().flat_map(|axis| field(1, axis)).collect();
    let of_tensor = [number(1, element), field(2, &shape)].concat();
    [field(1, name.as_bytes()), field(2, &field(1, &of_tensor))].concat()
}

/// `y = relu(x)` with an open first axis and a weight that is listed as an input.
fn small(ir_version: u8) -> Vec<u8> {
    let inner = field(1, &field(4, b"Abs"));
    let relu = [
        field(4, b"Relu"),
        field(5, &[field(1, b"body"), field(6, &inner)].concat()),
    ];
    let foreign = [field(4, b"Magic"), field(7, b"com.example")];
    let graph = [
        field(1, &relu.concat()),
        field(1, &foreign.concat()),
        field(2, b"small"),
        field(5, &[field(8, b"weight"), number(14, 1)].concat()),
        field(11, &tensor("x", 1, &[field(2, b"batch"), number(1, 4)])),
        field(11, &tensor("weight", 1, &[])),
        field(12, &tensor("y", 7, &[vec![], number(1, 4)])),
    ];
    let graph = graph.concat();
    // Longer than one byte tells.
    let length = [graph.len() as u8 & 0x7F | 0x80, (graph.len() >> 7) as u8];
    [
        number(1, ir_version),
        field(2, b"somebody"),
        field(8, &number(2, 17)),
        [&[7 << 3 | 2][..], &length, &graph].concat(),
        field(14, &[field(1, b"author"), field(2, b"A\x1b[31m")].concat()),
    ]
    .concat()
}

fn description() -> Value {
    json!({
        "name": "rknn model", "version": "2.5.0", "target_platform": ["rk3588"],
        "graph": [
            {"left": "output", "left_tensor_id": 1, "right": "norm_tensor", "right_tensor_id": 2},
            {"left": "output", "left_tensor_id": 0, "right": "norm_tensor", "right_tensor_id": 1},
            {"left": "input", "left_tensor_id": 0, "right": "norm_tensor", "right_tensor_id": 0},
        ],
        "norm_tensor": [
            {"tensor_id": 0, "url": "window", "size": [1, 32, 1, 32], "dim_num": 4,
             "dtype": {"qnt_method": "layer", "qnt_type": "int8", "vx_type": "int8"}},
            {"tensor_id": 1, "url": "situation", "size": [1, 6], "dtype": {"qnt_type": ""}},
            {"tensor_id": 2, "url": "feeling", "size": [1, 4]},
        ],
    })
}

/// A container as the toolkit writes it, with a model of 16 bytes.
fn container(version: u64, description: &str) -> Vec<u8> {
    let mut bytes = b"RKNN\0\0\0\0".to_vec();
    bytes.extend([version, 16].map(u64::to_le_bytes).concat());
    if version >= 2 {
        bytes.extend([0; 40]);
    }
    bytes.extend(b"\x38\0\0\0RKNN01234567");
    bytes.extend((description.len() as u64).to_le_bytes());
    bytes.extend(description.as_bytes());
    bytes
}

#[test]
fn the_shipped_models_are_described_as_their_manifests_say() {
    for shipped in ShippedModel::ALL {
        let manifest = shipped.manifest().unwrap();
        for file in &manifest.files {
            let header = ModelHeader::read(shipped.read(file).unwrap()).unwrap();
            assert_eq!(header.format(), FileFormat::Onnx);
            assert_eq!(header.precision(), file.precision, "{}", file.name);
            for (found, told) in [
                (header.inputs(), &manifest.inputs),
                (header.outputs(), &manifest.outputs),
            ] {
                assert_eq!(found.len(), told.len());
                for (found, told) in found.iter().zip(told) {
                    let axes = told.shape.iter().copied().map(AxisLength::Fixed);
                    assert_eq!(found.name, told.name);
                    assert_eq!(found.shape, Some(axes.collect()));
                    assert_eq!(found.element, HeaderElement::Known(told.element));
                }
            }
        }
    }
}

#[test]
fn an_onnx_file_tells_all_of_itself() {
    let header = OnnxHeader::read(&small(8)).unwrap();
    assert_eq!(header.ir_version, 8);
    assert_eq!(header.opsets[""], 17);
    assert_eq!(header.producer, "somebody");
    assert_eq!(header.graph, "small");
    let inputs: Vec<String> = header.inputs.iter().map(ToString::to_string).collect();
    assert_eq!(inputs, ["x f32 [batch, 4]"]);
    let outputs: Vec<String> = header.outputs.iter().map(ToString::to_string).collect();
    assert_eq!(outputs, ["y int64 [?, 4]"]);
    let operators: Vec<&str> = header.operators.keys().map(String::as_str).collect();
    assert_eq!(operators, ["Abs", "Relu", "com.example.Magic"]);
    assert!(header.has_external_data);
    assert_eq!(header.metadata["author"], "A [31m");
}

#[test]
fn a_newer_version_is_told() {
    assert_eq!(
        OnnxHeader::read(&small(NEWEST_IR as u8 + 1)),
        Err(HeaderError::TooNew {
            format: "ONNX",
            found: NEWEST_IR + 1,
            newest: NEWEST_IR
        })
    );
    assert_eq!(
        RknnHeader::read(&container(NEWEST_CONTAINER + 1, "{}")),
        Err(HeaderError::TooNew {
            format: "RKNN",
            found: NEWEST_CONTAINER + 1,
            newest: NEWEST_CONTAINER
        })
    );
}

#[test]
fn an_rknn_file_tells_all_of_itself() {
    for version in [1, 2, NEWEST_CONTAINER] {
        let bytes = container(version, &description().to_string());
        let ModelHeader::Rknn(header) = ModelHeader::read(&bytes).unwrap() else {
            panic!("no RKNN file");
        };
        assert_eq!(header.container_version, version);
        assert_eq!(header.model_bytes, 16);
        assert_eq!(header.toolkit, "2.5.0");
        assert_eq!(header.targets, ["rk3588"]);
        let told: Vec<String> = header
            .inputs
            .iter()
            .chain(&header.outputs)
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            told,
            [
                "window f32 [1, 32, 1, 32]",
                "situation f32 [1, 6]",
                "feeling f32 [1, 4]"
            ]
        );
        assert_eq!(
            header.inputs[0].element,
            HeaderElement::Known(ElementType::F32)
        );
        assert_eq!(ModelHeader::Rknn(header).precision(), Precision::Int8);
    }
}

#[test]
fn other_files_are_called_by_their_name() {
    for (bytes, word) in [
        (&b"PK\x03\x04rest"[..], "PyTorch"),
        (b"\x1c\0\0\0TFL3", "TensorFlow Lite"),
        (b"GGUF\x03\0\0\0", "GGUF"),
        (b"name = 'model'\n", "a text"),
        (b"\x7fELF\x02", "library"),
        (b"RKN", "a text"),
        (b"CYPTRKNN\0\0", "encrypted"),
        (b"", "empty"),
        (b"RKNN\0\0", "cut short"),
        (b"RKNNabcdefghijkl", "something else"),
        (b"\x08\x08", "no graph"),
        (&[0xFF; 40], "damaged"),
    ] {
        let told = ModelHeader::read(bytes).unwrap_err().to_string();
        assert!(told.contains(word), "'{word}' is not in: {told}");
    }
}

#[test]
fn an_rknn_file_that_is_cut_anywhere_says_so() {
    let whole = container(NEWEST_CONTAINER, &description().to_string());
    for length in 8..whole.len() {
        let found = RknnHeader::read(&whole[..length]);
        assert!(
            matches!(found, Err(HeaderError::Truncated { needs, has, .. }) if needs > has),
            "{length}: {found:?}"
        );
    }
}

#[test]
fn an_onnx_file_that_is_cut_is_never_taken_for_a_whole_one_with_more_in_it() {
    let whole = small(8);
    let header = OnnxHeader::read(&whole).unwrap();
    for length in 0..whole.len() {
        if let Ok(cut) = OnnxHeader::read(&whole[..length]) {
            // What ends between two fields is a message; nothing within is lost then.
            assert_eq!(cut.inputs, header.inputs);
            assert_eq!(cut.operators, header.operators);
        }
    }
}

#[test]
fn descriptions_that_cannot_be_are_refused() {
    let with = |pointer: &str, value: Value| {
        let mut changed = description();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed.to_string()
    };
    for (text, word) in [
        (String::new(), "cannot be read"),
        ("[]".to_owned(), "no inputs"),
        ("{}".to_owned(), "no inputs"),
        ("[".repeat(100_000), "cannot be read"),
        (
            with("/graph/2/right_tensor_id", json!(9)),
            "does not describe",
        ),
        (with("/norm_tensor/0/url", json!("")), "no name"),
        (with("/norm_tensor/0/url", json!("a\u{1b}b")), "control"),
        (with("/norm_tensor/0/size", json!(vec![1; 99])), "axes"),
        (with("/norm_tensor/0/size", json!([-1])), "cannot be read"),
    ] {
        let told = RknnHeader::read(&container(6, &text)).unwrap_err();
        assert!(
            told.to_string().contains(word),
            "'{word}' is not in: {told}"
        );
    }
    // A length that no file has.
    let mut huge = container(6, "{}");
    huge[16..24].fill(0xFF);
    assert!(matches!(
        RknnHeader::read(&huge),
        Err(HeaderError::Truncated { part: "model", .. })
    ));
}

proptest! {
    #[test]
    fn whatever_comes_is_a_header_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = OnnxHeader::read(&bytes);
        let _ = RknnHeader::read(&[b"RKNN\0\0\0\0", &bytes[..]].concat());
    }

    #[test]
    fn a_damaged_file_is_a_header_or_an_error(at in any::<prop::sample::Index>(), to: u8) {
        for mut bytes in [small(8), container(6, &description().to_string())] {
            let at = at.index(bytes.len());
            bytes[at] = to;
            let _ = ModelHeader::read(&bytes);
        }
    }
}
