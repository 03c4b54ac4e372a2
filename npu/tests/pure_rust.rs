//! The backend in pure Rust keeps the contract of all backends.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{ROOT, coded_picture, floats, inside, mixer, passes, picture, quantised, root};
use proptest::prelude::*;
use triune_npu::conformance::check_backend;
use triune_npu::{Backend, LoadError, ModelHash, PureRustBackend, Quantisation, RunError, Tensor};

#[test]
fn keeps_the_contract_with_single_precision() {
    check_backend(&PureRustBackend::new(), &mixer()).unwrap();
}

#[test]
fn keeps_the_contract_with_integers() {
    check_backend(&PureRustBackend::new(), &quantised()).unwrap();
}

#[test]
fn keeps_the_contract_with_8_bits_inside() {
    check_backend(&PureRustBackend::new(), &inside()).unwrap();
    check_backend(&PureRustBackend::new(), &passes()).unwrap();
}

#[test]
fn keeps_the_contract_with_pictures() {
    check_backend(&PureRustBackend::new(), &picture()).unwrap();
    check_backend(&PureRustBackend::new(), &coded_picture()).unwrap();
}

#[test]
fn the_suite_notices_a_wrong_result() {
    let mut specimen = mixer();
    specimen.outputs[0] = floats(&[1, 2], &[0.0, 10.5]);
    let violations = check_backend(&PureRustBackend::new(), &specimen).unwrap_err();
    assert!(
        violations
            .iter()
            .all(|violation| violation.fault.contains("'sum'")),
        "{violations:?}"
    );
}

#[test]
fn the_name_has_the_version_that_is_built_in() {
    let lock = include_str!("../../Cargo.lock");
    let at = lock.find("name = \"rten\"\nversion = \"").unwrap();
    let version = lock[at..].split('"').nth(3).unwrap();
    let (minor, _) = version.rsplit_once('.').unwrap();
    assert_eq!(PureRustBackend::new().name(), format!("cpu (rten {minor})"));
}

#[test]
fn an_output_that_is_not_a_number_is_an_error() {
    let mut model = PureRustBackend::new().load(ROOT, &root()).unwrap();
    let mut run = |values: &[f32]| {
        let input = floats(&[1, 2], values);
        let mut output = floats(&[1, 2], &[0.0; 2]);
        let outcome = model.run(&[input.view()], &mut [output.view_mut()]);
        outcome.map(|_| output)
    };
    assert_eq!(run(&[4.0, 9.0]), Ok(floats(&[1, 2], &[2.0, 3.0])));
    assert_eq!(
        run(&[4.0, -1.0]),
        Err(RunError::OutputNotFinite {
            tensor: "root".to_owned(),
            index: 1
        })
    );
}

#[test]
fn quantisation_rounds_and_saturates() {
    let quantisation = Quantisation {
        scale: 0.5,
        zero_point: -10,
    };
    assert_eq!(quantisation.quantise(0.0), -10);
    assert_eq!(quantisation.quantise(1.3), -7);
    assert_eq!(quantisation.quantise(1e9), 127);
    assert_eq!(quantisation.quantise(-1e9), -128);
    for integer in i8::MIN..=i8::MAX {
        assert_eq!(
            quantisation.quantise(quantisation.dequantise(integer)),
            integer
        );
    }
}

/// Loads bytes with a manifest that fits them; whatever comes of it, it must not panic.
fn try_to_load(backend: &PureRustBackend, bytes: &[u8]) -> Result<(), LoadError> {
    let mut manifest = mixer().manifest;
    manifest.files[0].sha256 = ModelHash::of(bytes);
    let mut model = backend.load(bytes, &manifest)?;
    let specimen = mixer();
    let inputs: Vec<_> = specimen.inputs.iter().map(Tensor::view).collect();
    let mut outputs = specimen.outputs.clone();
    let mut outputs: Vec<_> = outputs.iter_mut().map(Tensor::view_mut).collect();
    // A damaged model may still be a model: then it runs or says why not.
    let _outcome = model.run(&inputs, &mut outputs);
    Ok(())
}

#[test]
fn truncated_models_never_panic() {
    let backend = PureRustBackend::new();
    for end in 0..common::MIXER.len() {
        let outcome = try_to_load(&backend, &common::MIXER[..end]);
        // The graph fills all but the tail of the file; a cut between the fields behind it
        // leaves a model, and there only the hash is a guard.
        assert!(
            outcome.is_err() || 10 * end > 9 * common::MIXER.len(),
            "cut at {end}"
        );
    }
}

/// The library's own reader goes round in circles on the first and asks for all memory on the
/// second.
#[test]
fn lengths_beyond_the_file_are_refused() {
    let backwards = [
        0x12, 0xF5, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01,
    ];
    let huge = [0x12, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
    for bytes in [&backwards[..], &huge[..]] {
        let outcome = try_to_load(&PureRustBackend::new(), bytes);
        assert!(
            matches!(outcome, Err(LoadError::Unreadable { .. })),
            "{outcome:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(try_to_load(&PureRustBackend::new(), &bytes).is_err());
    }

    #[test]
    fn damaged_models_never_panic(
        damage in proptest::collection::vec((0..common::MIXER.len(), any::<u8>()), 1..6),
    ) {
        let mut bytes = common::MIXER.to_vec();
        for (place, value) in damage {
            bytes[place] = value;
        }
        let _outcome = try_to_load(&PureRustBackend::new(), &bytes);
    }
}
