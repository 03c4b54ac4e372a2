//! Which models are taken, and what is said to the others.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::specimens::{MIXER, manifest, mixer, tensor};
use common::{Soft, call};
use proptest::prelude::*;
use rknpu2_sys as sys;
use std::ffi::CString;
use std::fs;
use std::path::Path;
use std::ptr::null_mut;
use sys::{RKNN_ERR_FAIL, RKNN_ERR_MODEL_INVALID, RKNN_ERR_PARAM_INVALID};
use triune_npu::{ElementType, EmbeddedManifest, ModelHash};

fn load_path(soft: &Soft, path: &Path) -> Result<u64, i32> {
    let path = CString::new(path.to_str().unwrap()).unwrap();
    let mut context = 0;
    let model = path.as_ptr().cast_mut().cast();
    match call!(soft, rknn_init(&raw mut context, model, 0, 0, null_mut())) {
        0 => Ok(context),
        code => Err(code),
    }
}

#[test]
fn files_for_an_npu_are_invalid_models() {
    let soft = Soft::open();
    for magic in [&b"RKNN\0\0\0\0\x06\0\0\0\0\0\0\0"[..], b"CYPTRKNN12345678"] {
        assert_eq!(soft.load_bytes(magic, 0), Err(RKNN_ERR_MODEL_INVALID));
    }
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn a_model_without_manifest_or_with_anothers_is_invalid() {
    let soft = Soft::open();
    assert_eq!(soft.load_bytes(MIXER, 0), Err(RKNN_ERR_MODEL_INVALID));
    let mut other = mixer();
    other.manifest.files[0].sha256 = ModelHash::of(b"another");
    assert_eq!(soft.load(&other), Err(RKNN_ERR_MODEL_INVALID));
    let mut misshapen = mixer();
    misshapen.manifest.inputs[0].shape = vec![1, 4];
    assert_eq!(soft.load(&misshapen), Err(RKNN_ERR_MODEL_INVALID));
}

#[test]
fn a_model_is_read_from_a_path_with_its_manifest_inside_or_beside() {
    let soft = Soft::open();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mixer.onnx");
    assert_eq!(
        load_path(&soft, &path),
        Err(RKNN_ERR_FAIL),
        "there is no file"
    );
    fs::write(&path, MIXER).unwrap();
    assert_eq!(
        load_path(&soft, &path),
        Err(RKNN_ERR_MODEL_INVALID),
        "no manifest"
    );
    fs::write(
        folder.path().join("manifest.toml"),
        mixer().manifest.to_toml(),
    )
    .unwrap();
    let context = load_path(&soft, &path).unwrap();
    soft.destroy(context).unwrap();
    let inside = folder.path().join("inside").with_extension("onnx");
    fs::write(&inside, EmbeddedManifest::append(MIXER, &mixer().manifest)).unwrap();
    fs::remove_file(folder.path().join("manifest.toml")).unwrap();
    let context = load_path(&soft, &inside).unwrap();
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn a_model_may_stand_within_a_larger_buffer() {
    let soft = Soft::open();
    let model = EmbeddedManifest::append(MIXER, &mixer().manifest);
    let mut buffer = vec![0xAA; 100];
    buffer.extend(&model);
    buffer.extend([0xBB; 50]);
    let mut load = |offset, length: usize| {
        let mut context = 0;
        let mut extend = sys::rknn_init_extend {
            ctx: 0,
            real_model_offset: offset,
            real_model_size: length as u32,
            model_buffer_fd: -1,
            model_buffer_flags: 0,
            reserved: [0; 112],
        };
        let size = buffer.len() as u32;
        let place = buffer.as_mut_ptr().cast();
        let code = call!(
            soft,
            rknn_init(&raw mut context, place, size, 0, &raw mut extend)
        );
        if code == 0 { Ok(context) } else { Err(code) }
    };
    let context = load(100, model.len()).unwrap();
    soft.destroy(context).unwrap();
    assert_eq!(load(-1, model.len()), Err(RKNN_ERR_PARAM_INVALID));
    assert_eq!(load(100, model.len() + 51), Err(RKNN_ERR_PARAM_INVALID));
    assert_eq!(load(100, u32::MAX as usize), Err(RKNN_ERR_PARAM_INVALID));
}

#[test]
fn flags_are_those_of_the_interface() {
    let soft = Soft::open();
    assert_eq!(
        soft.load_with(&mixer(), 1 << 17),
        Err(RKNN_ERR_PARAM_INVALID)
    );
    let shared = soft.load_with(&mixer(), sys::RKNN_FLAG_SHARE_WEIGHT_MEM);
    assert_eq!(shared, Err(sys::RKNN_ERR_CTX_INVALID), "whose weights?");
    let context = soft
        .load_with(&mixer(), sys::RKNN_FLAG_COLLECT_MODEL_INFO_ONLY)
        .unwrap();
    soft.give_mixer(context);
    assert_eq!(soft.run(context), Err(RKNN_ERR_FAIL));
    soft.destroy(context).unwrap();
}

/// Rows and channels are filled up, and the interface has 32 bits for what comes of it.
#[test]
fn a_tensor_beyond_the_interface_is_refused_before_it_is_loaded() {
    let soft = Soft::open();
    let narrow = [1, 1, 1 << 26, 1];
    let tensors = tensor("inputs", "a", &narrow, ElementType::I8)
        + &tensor("outputs", "b", &[1], ElementType::F32);
    let bytes = EmbeddedManifest::append(MIXER, &manifest("mixer", MIXER, &tensors));
    assert_eq!(soft.load_bytes(&bytes, 0), Err(RKNN_ERR_MODEL_INVALID));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_models_are_refused_or_run(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        kept in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let soft = Soft::open();
        let mut bytes = EmbeddedManifest::append(MIXER, &mixer().manifest);
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if cut {
            bytes.truncate(kept.index(bytes.len() - 1) + 1);
        }
        match soft.load_bytes(&bytes, 0) {
            Ok(context) => soft.destroy(context).unwrap(),
            Err(code) => prop_assert_eq!(code, RKNN_ERR_MODEL_INVALID),
        }
        prop_assert_eq!(soft.held(), [0; 4]);
    }
}
