//! A manifest travels inside the ONNX file that it describes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{MIXER, manifest_text, mixer, quantised, tensor};
use proptest::prelude::*;
use triune_npu::conformance::{Specimen, check_backend};
use triune_npu::{
    ElementType, EmbeddedManifest, EmbeddedManifestError, Manifest, ManifestError, ModelHash,
    PureRustBackend,
};

#[test]
fn what_is_appended_is_found_again() {
    for specimen in [mixer(), quantised()] {
        let bytes = EmbeddedManifest::append(&specimen.bytes, &specimen.manifest);
        let found = EmbeddedManifest::read(&bytes).unwrap();
        assert_eq!(found.model, specimen.bytes);
        assert_eq!(found.manifest, specimen.manifest);
    }
}

#[test]
fn a_model_with_its_manifest_is_still_a_model() {
    for specimen in [mixer(), quantised()] {
        let bytes = EmbeddedManifest::append(&specimen.bytes, &specimen.manifest);
        let mut manifest = specimen.manifest.clone();
        manifest.files[0].sha256 = ModelHash::of(&bytes);
        let whole = Specimen {
            bytes,
            manifest,
            ..specimen
        };
        check_backend(&PureRustBackend::new(), &whole).unwrap();
    }
}

#[test]
fn a_model_without_one_says_so() {
    assert_eq!(
        EmbeddedManifest::read(MIXER),
        Err(EmbeddedManifestError::Missing)
    );
}

#[test]
fn what_follows_the_manifest_is_refused() {
    let mut bytes = EmbeddedManifest::append(MIXER, &mixer().manifest);
    // Field 6 of the model, an empty text.
    bytes.extend([6 << 3 | 2, 0]);
    assert_eq!(
        EmbeddedManifest::read(&bytes),
        Err(EmbeddedManifestError::NotLast)
    );
}

#[test]
fn a_manifest_that_is_refused_alone_is_refused_inside() {
    let whole = EmbeddedManifest::append(MIXER, &mixer().manifest);
    let place = whole
        .windows(10)
        .rposition(|window| window == b"format = 2")
        .unwrap();
    let mut newer = whole.clone();
    newer[place + 9] = b'9';
    assert!(matches!(
        EmbeddedManifest::read(&newer),
        Err(EmbeddedManifestError::Refused(ManifestError::TooNew { .. }))
    ));
    let mut binary = whole;
    binary[place] = 0xFF;
    assert_eq!(
        EmbeddedManifest::read(&binary),
        Err(EmbeddedManifestError::NotText)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_text_of_a_manifest_gives_it_back(
        shape in proptest::collection::vec(1_usize..9, 1..6),
        scale in (1_u32..0x7F7F_FFFF).prop_map(f32::from_bits).prop_filter("normal", |scale| scale.is_normal()),
        zero_point in any::<i8>(),
        name in "[a-z0-9_]{1,12}",
        labelled in any::<bool>(),
    ) {
        let coded = tensor("inputs", &name, &shape, ElementType::I8);
        let labels: Vec<String> = (0..shape[shape.len() - 1]).map(|label| format!("\"'{label}\\n\"")).collect();
        let labels = if labelled { labels } else { Vec::new() };
        let tensors = format!(
            "{coded}quantisation = {{ scale = {scale:e}, zero_point = {zero_point} }}\n{}labels = [{}]\n",
            tensor("outputs", "b", &shape, ElementType::F32),
            labels.join(", "),
        );
        let manifest = Manifest::parse(&manifest_text(&name, b"model", &tensors)).unwrap();
        prop_assert_eq!(manifest.inputs[0].quantisation.unwrap().scale.to_bits(), scale.to_bits());
        prop_assert_eq!(Manifest::parse(&manifest.to_toml()), Ok(manifest));
    }

    #[test]
    fn damage_is_an_error_and_never_a_panic(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        kept in any::<prop::sample::Index>(),
    ) {
        let mut bytes = EmbeddedManifest::append(MIXER, &mixer().manifest);
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        bytes.truncate(kept.index(bytes.len()));
        let _outcome = EmbeddedManifest::read(&bytes);
    }
}
