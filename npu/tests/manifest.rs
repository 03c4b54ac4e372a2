//! Manifests are read strictly.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{manifest_text, tensor};
use proptest::prelude::*;
use triune_npu::{ElementType, FileFormat, MANIFEST_FORMAT, Manifest, ManifestError, ModelHash};

fn good() -> String {
    let tensors = tensor("inputs", "a", &[1, 4], ElementType::F32)
        + &tensor("outputs", "b", &[1, 2], ElementType::I8)
        + "labels = [\"yes\", \"no\"]\nquantisation = { scale = 0.5, zero_point = 3 }\n";
    manifest_text("small", b"model", &tensors)
}

#[test]
fn a_good_manifest_is_read_whole() {
    let manifest = Manifest::parse(&good()).unwrap();
    assert_eq!(manifest.name, "small");
    assert_eq!(manifest.inputs[0].shape, [1, 4]);
    assert_eq!(manifest.outputs[0].quantisation.unwrap().zero_point, 3);
    assert_eq!(manifest.labels, [["yes", "no"]]);
    assert_eq!(manifest.output_index("b"), Some(0));
    assert_eq!(manifest.output_index("a"), None);
}

#[test]
fn what_is_written_is_read_as_it_was() {
    let everything = good().replace(
        "precision = \"f32\"",
        "precision = \"int8\"\ntarget = \"rk3588\"",
    );
    let shipped = include_str!("../../models/dual_activation/manifest.toml");
    for text in [&good(), &everything, shipped] {
        let manifest = Manifest::parse(text).unwrap();
        assert_eq!(Manifest::parse(&manifest.to_toml()), Ok(manifest));
    }
}

#[test]
fn a_newer_format_says_so_whatever_else_it_holds() {
    let newer = good().replace("format = 2", "format = 3\nwonder = true");
    assert_eq!(
        Manifest::parse(&newer),
        Err(ManifestError::TooNew {
            found: 3,
            newest: MANIFEST_FORMAT
        })
    );
}

#[test]
fn an_older_format_says_so() {
    let older = good().replace("format = 2", "format = 1");
    assert_eq!(
        Manifest::parse(&older),
        Err(ManifestError::TooOld {
            found: 1,
            oldest: MANIFEST_FORMAT
        })
    );
}

#[test]
fn files_are_told_apart_by_form_and_hash() {
    let hash = ModelHash::of(b"converted");
    let another = format!(
        "[[files]]\nfile = \"small.rknn\"\nformat = \"rknn\"\nprecision = \"int8\"\n\
         target = \"rk3588\"\nsha256 = \"{hash}\"\n"
    );
    let manifest = Manifest::parse(&(good() + &another)).unwrap();
    let rknn = manifest.file_for(&[FileFormat::Rknn]).unwrap();
    assert_eq!(rknn.target.as_deref(), Some("rk3588"));
    assert_eq!(manifest.file_with(&hash), Some(rknn));
    let both = [FileFormat::Onnx, FileFormat::Rknn];
    assert_eq!(manifest.file_for(&both).unwrap().name, "small.onnx");
    let same = another.replace("small.rknn", "small.onnx");
    assert!(matches!(
        Manifest::parse(&(good() + &same)),
        Err(ManifestError::Invalid { field, .. }) if field == "files"
    ));
    assert!(
        Manifest::parse(&good())
            .unwrap()
            .file_for(&[FileFormat::Rknn])
            .is_none()
    );
}

#[test]
fn each_fault_is_named() {
    let faults = [
        ("format = 2", "format = -1", "format"),
        ("name = \"small\"", "name = \"Small one\"", "name"),
        ("file = \"small.onnx\"", "file = \"../small.onnx\"", "file"),
        ("file = \"small.onnx\"", "file = \".hidden\"", "file"),
        ("sha256 = \"", "sha256 = \"00", "sha256"),
        (
            "licence = \"MIT OR Apache-2.0\"",
            "licence = \" \"",
            "licence",
        ),
        ("shape = [1, 4]", "shape = []", "inputs 'a'"),
        ("shape = [1, 4]", "shape = [1, 0]", "inputs 'a'"),
        (
            "shape = [1, 4]",
            "shape = [1, 1, 1, 1, 1, 1, 4]",
            "inputs 'a'",
        ),
        (
            "shape = [1, 4]",
            "shape = [4294967296, 4294967296]",
            "inputs 'a'",
        ),
        ("name = \"b\"", "name = \"\"", "outputs ''"),
        ("\"yes\", \"no\"", "\"yes\"", "outputs 'b'"),
        ("scale = 0.5", "scale = 0.0", "outputs 'b'"),
        ("scale = 0.5", "scale = nan", "outputs 'b'"),
        ("element = \"i8\"", "element = \"f32\"", "outputs 'b'"),
    ];
    for (from, to, expected) in faults {
        let text = good();
        assert!(text.contains(from), "{from}");
        match Manifest::parse(&text.replacen(from, to, 1)) {
            Err(ManifestError::Invalid { field, .. }) => assert_eq!(field, expected, "{to}"),
            other => panic!("{to}: {other:?}"),
        }
    }
}

#[test]
fn unknown_fields_and_types_are_refused() {
    let faults = [
        ("name = \"small\"", "name = \"small\"\ncolour = \"red\""),
        ("element = \"i8\"", "element = \"i9\""),
        ("shape = [1, 4]", "shape = [1, 4]\ncolour = \"red\""),
        ("scale = 0.5", "scale = 0.5, offset = 1"),
        ("zero_point = 3", "zero_point = 300"),
        ("version = \"1.0.0\"\n", ""),
    ];
    for (from, to) in faults {
        let outcome = Manifest::parse(&good().replacen(from, to, 1));
        assert!(
            matches!(outcome, Err(ManifestError::Unreadable(_))),
            "{to}: {outcome:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text_is_refused(text in ".{0,300}") {
        prop_assert!(Manifest::parse(&text).is_err());
    }

    #[test]
    fn damaged_manifests_never_panic(
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<char>()), 1..4),
    ) {
        let mut letters: Vec<char> = good().chars().collect();
        for (place, letter) in damage {
            let place = place.index(letters.len());
            letters[place] = letter;
        }
        let _outcome = Manifest::parse(&letters.iter().collect::<String>());
    }

    #[test]
    fn truncated_manifests_never_panic(end in 0..600_usize) {
        let text = good();
        let _outcome = Manifest::parse(text.get(..end).unwrap_or(&text));
    }
}
