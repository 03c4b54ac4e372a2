//! The backend over a library that is not ours: a small one in C that takes `.rknn` files, computes on
//! quantised integers in the NPU's own layouts, and may lack functions.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::specimens::{floats, manifest, tensor};
use common::{HOST, TARGET};
use std::ffi::{CString, c_char, c_int};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use triune_npu::{
    Backend, CoreContexts, ElementType, FileFormat, LoadError, Manifest, Model, RknnBackend,
    RknnOpenError, RknnOptions, RunError, Tensor,
};
use triune_rknn::{Call, Code, Error, OpenError};

/// Channels, rows, columns of its picture.
const SHAPE: [usize; 4] = [1, 5, 2, 3];
/// Its integers stand for -69 to 58.5 in halves.
const GREATEST: f32 = 58.5;

/// The folder of the wrapper, whose tests the library is from.
fn wrapper() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../rknn")
}

/// The library, compiled into a folder of its own.
struct Vendor {
    folder: TempDir,
}

impl Vendor {
    /// Nothing where there is no compiler.
    fn compile(source: &str, definitions: &[&str]) -> Option<Self> {
        let compiler = cc::Build::new()
            .target(TARGET)
            .host(HOST)
            .opt_level(1)
            .cargo_metadata(false)
            .try_get_compiler();
        let folder = tempfile::tempdir().unwrap();
        let compiled = compiler
            .map_err(|why| why.to_string())
            .and_then(|compiler| {
                let mut command: Command = compiler.to_command();
                command
                    .args(["-std=c11", "-shared", "-fPIC"])
                    .args(definitions)
                    .arg("-I")
                    .arg(wrapper().join("client"))
                    .arg(wrapper().join("tests/stubs").join(source))
                    .arg("-o")
                    .arg(folder.path().join("librknnrt.so"))
                    .arg("-lm");
                command.output().map_err(|why| why.to_string())
            });
        match compiled {
            Ok(output) => {
                let complaint = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{complaint}");
                Some(Self { folder })
            }
            Err(why) => {
                println!("skipped: no C compiler for {TARGET}: {why}");
                None
            }
        }
    }

    /// One that takes what begins as `.rknn` files do.
    fn with_models(definitions: &[&str]) -> Option<Self> {
        let mut all = vec!["-DMARK=\"RKNN\""];
        all.extend(definitions);
        Self::compile("runtime.c", &all)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("librknnrt.so")
    }

    fn open(&self) -> RknnBackend {
        RknnBackend::open(&self.path(), 3).unwrap()
    }

    /// From now on the `count`-th call gives this code.
    fn fail(&self, call: &str, count: c_int, code: c_int) {
        // SAFETY: our own library, loaded already.
        let library = unsafe { libloading::Library::new(self.path()) }.unwrap();
        // SAFETY: the type is that of runtime.h.
        let fail = unsafe {
            library.get::<unsafe extern "C" fn(*const c_char, c_int, c_int)>(b"stub_fail\0")
        };
        let call = CString::new(call).unwrap();
        // SAFETY: the text ends and is copied.
        unsafe { fail.unwrap()(call.as_ptr(), count, code) };
    }

    fn set_version(&self, version: &str) {
        // SAFETY: our own library, loaded already.
        let library = unsafe { libloading::Library::new(self.path()) }.unwrap();
        // SAFETY: the type is that of runtime.h.
        let set =
            unsafe { library.get::<unsafe extern "C" fn(*const c_char)>(b"stub_set_version\0") };
        let version = CString::new(version).unwrap();
        // SAFETY: the text ends and is copied.
        unsafe { set.unwrap()(version.as_ptr()) };
    }

    /// Contexts and memories that are held.
    fn held(&self) -> [c_int; 2] {
        let mut counters = [0; 7];
        // SAFETY: our own library, loaded already.
        let library = unsafe { libloading::Library::new(self.path()) }.unwrap();
        // SAFETY: the type is that of runtime.h: seven numbers of this size.
        let read = unsafe {
            library.get::<unsafe extern "C" fn(*mut [c_int; 7])>(b"stub_counters_read\0")
        };
        // SAFETY: the place lives for the call.
        unsafe { read.unwrap()(&raw mut counters) };
        [counters[0], counters[1]]
    }
}

fn file(version: u64) -> Vec<u8> {
    let mut bytes = b"RKNN\0\0\0\0".to_vec();
    bytes.extend_from_slice(&version.to_le_bytes());
    bytes
}

/// A manifest of the library's model: names of the outputs and the type of the picture.
fn described(bytes: &[u8], doubled: &str, picture: &str) -> Manifest {
    let tensors = [
        picture.to_owned(),
        tensor("outputs", "sum", &[1, 1], ElementType::F32),
        tensor("outputs", doubled, &SHAPE, ElementType::F32),
    ];
    manifest("doubler", bytes, &tensors.concat())
}

fn single() -> String {
    tensor("inputs", "picture", &SHAPE, ElementType::F32)
}

/// The picture's sum, and twice the picture.
fn run(model: &mut dyn Model, picture: &[f32]) -> Result<(f32, Vec<f32>), RunError> {
    let (mut sum, mut doubled) = (floats(&[1, 1], &[0.0]), floats(&SHAPE, &[0.0; 30]));
    model.run(
        &[floats(&SHAPE, picture).view()],
        &mut [sum.view_mut(), doubled.view_mut()],
    )?;
    let values = |tensor: &Tensor| tensor.as_f32().unwrap().to_vec();
    Ok((values(&sum)[0], values(&doubled)))
}

#[test]
fn single_precision_is_quantised_saturated_and_laid_out_both_ways() {
    let Some(vendor) = Vendor::with_models(&[]) else {
        return;
    };
    let backend = vendor.open();
    assert_eq!(backend.formats(), [FileFormat::Rknn]);
    assert_eq!((backend.name(), backend.soft_runtime()), ("rknn", None));
    let bytes = file(6);
    let mut lanes = backend
        .load_lanes(&bytes, &described(&bytes, "doubled", &single()))
        .unwrap();
    assert_eq!((backend.name(), lanes.len()), ("rknn (2.3.2)", 3));
    assert_eq!(vendor.held(), [3, 9]);
    let mut picture: Vec<f32> = (0..30_u8)
        .map(|place| f32::from(place) / 2.0 - 3.0)
        .collect();
    let doubled: Vec<f32> = picture.iter().map(|value| 2.0 * value).collect();
    for lane in &mut lanes {
        let found = run(lane.as_mut(), &picture).unwrap();
        assert_eq!(found, (picture.iter().sum(), doubled.clone()));
    }
    // Beyond the integers' range, and between two of them: to the even one.
    picture[..4].copy_from_slice(&[1e6, -1e6, 0.25, 0.75]);
    let (_, found) = run(lanes[1].as_mut(), &picture).unwrap();
    assert_eq!(found[..5], [GREATEST, -69.0, 0.0, 2.0, doubled[4]]);
    drop(lanes);
    assert_eq!(vendor.held(), [0; 2]);
}

#[test]
fn a_file_of_a_newer_form_is_refused_before_any_call() {
    let Some(vendor) = Vendor::with_models(&[]) else {
        return;
    };
    let backend = vendor.open();
    vendor.fail("rknn_init", 1, -1);
    let refused = |version| {
        let bytes = file(version);
        let manifest = described(&bytes, "doubled", &single());
        backend.load(&bytes, &manifest).map(drop).unwrap_err()
    };
    let error = refused(7);
    assert!(
        matches!(
            error,
            LoadError::TooNew {
                found: 7,
                newest: 6,
                ..
            }
        ),
        "{error}"
    );
    // What was to fail is still to come.
    let error = refused(6);
    let LoadError::Runtime { reason, .. } = error else {
        panic!("{error}");
    };
    assert!(
        matches!(
            reason,
            Error::Call {
                call: Call::Init,
                code: Code::Failed,
                ..
            }
        ),
        "{reason}"
    );
}

#[test]
fn a_library_without_duplicates_gets_the_model_for_each_core() {
    let Some(vendor) = Vendor::with_models(&["-Drknn_dup_context=not_there"]) else {
        return;
    };
    let backend = vendor.open();
    let bytes = file(6);
    let manifest = described(&bytes, "doubled", &single());
    let mut lanes = backend.load_lanes(&bytes, &manifest).unwrap();
    assert_eq!(vendor.held(), [3, 9]);
    for lane in &mut lanes {
        assert_eq!(run(lane.as_mut(), &[1.0; 30]).unwrap().0, 30.0);
    }
    drop(lanes);
    assert_eq!(vendor.held(), [0; 2]);
}

/// Of the calls that make a context, the second one of the way that was chosen fails.
#[test]
fn cores_get_duplicates_or_contexts_of_their_own_as_chosen() {
    let Some(vendor) = Vendor::with_models(&[]) else {
        return;
    };
    let bytes = file(6);
    let manifest = described(&bytes, "doubled", &single());
    for (contexts, separate) in [
        (CoreContexts::Duplicate, false),
        (CoreContexts::Separate, true),
    ] {
        let options = RknnOptions {
            contexts,
            ..RknnOptions::new(3)
        };
        let backend = RknnBackend::open_with(&vendor.path(), options).unwrap();
        vendor.fail("rknn_init", 2, -4);
        let lanes = backend.load_lanes(&bytes, &manifest).map(drop);
        assert_eq!(lanes.is_err(), separate, "{contexts:?}: {lanes:?}");
        vendor.fail("rknn_init", 0, 0);
        // A duplicate that is refused would be loaded anew.
        vendor.fail("rknn_dup_context", 1, -1);
        let mut lanes = backend.load_lanes(&bytes, &manifest).unwrap();
        assert_eq!(vendor.held(), [3, 9]);
        for lane in &mut lanes {
            assert_eq!(run(lane.as_mut(), &[1.0; 30]).unwrap().0, 30.0);
        }
        drop(lanes);
        assert_eq!(vendor.held(), [0; 2]);
    }
}

#[test]
fn a_newer_library_is_used_only_where_that_is_accepted() {
    let Some(vendor) = Vendor::with_models(&[]) else {
        return;
    };
    let bytes = file(6);
    let manifest = described(&bytes, "doubled", &single());
    for accept_newer_major in [false, true] {
        let options = RknnOptions {
            accept_newer_major,
            ..RknnOptions::new(1)
        };
        let backend = RknnBackend::open_with(&vendor.path(), options).unwrap();
        vendor.set_version("3.0.0");
        let loaded = backend.load(&bytes, &manifest).map(drop);
        assert_eq!(loaded.is_ok(), accept_newer_major, "{loaded:?}");
    }
}

#[test]
fn a_library_without_what_is_needed_is_not_opened() {
    let Some(vendor) = Vendor::compile("few_symbols.c", &["-DWITHOUT_CORE_MASK"]) else {
        return;
    };
    let error = RknnBackend::open(&vendor.path(), 3).map(drop).unwrap_err();
    let RknnOpenError::Library(OpenError::NotUsable { missing, .. }) = &error else {
        panic!("{error}");
    };
    assert_eq!(missing, &[Call::SetCoreMask]);
    for cores in [0, 4] {
        let error = RknnBackend::open(&vendor.path(), cores)
            .map(drop)
            .unwrap_err();
        assert!(matches!(error, RknnOpenError::Cores { .. }), "{error}");
    }
    let absent = RknnBackend::open(Path::new("/nowhere/librknnrt.so"), 3);
    let error = absent.map(drop).unwrap_err();
    assert!(
        matches!(error, RknnOpenError::Library(OpenError::Absent { .. })),
        "{error}"
    );
}

#[test]
fn what_the_converter_renamed_is_known_by_its_shape() {
    let Some(vendor) = Vendor::with_models(&[]) else {
        return;
    };
    let backend = vendor.open();
    let bytes = file(6);
    let manifest = described(&bytes, "doubled_before_conversion", &single());
    let mut model = backend.load(&bytes, &manifest).unwrap();
    assert_eq!(run(model.as_mut(), &[2.0; 30]).unwrap().1, [4.0; 30]);
}

#[test]
fn a_manifest_that_says_otherwise_is_refused_and_nothing_stays_held() {
    let Some(vendor) = Vendor::with_models(&[]) else {
        return;
    };
    let backend = vendor.open();
    let bytes = file(6);
    let refused = |picture: &str| {
        let manifest = described(&bytes, "doubled", picture);
        let error = backend.load(&bytes, &manifest).map(drop).unwrap_err();
        assert_eq!(vendor.held(), [0; 2], "{error}");
        error
    };
    let coded = tensor("inputs", "picture", &SHAPE, ElementType::I8);
    let other_scale = format!("{coded}quantisation = {{ scale = 0.25, zero_point = 10 }}\n");
    let other_zero = format!("{coded}quantisation = {{ scale = 0.5, zero_point = 9 }}\n");
    for picture in [other_scale, other_zero] {
        let error = refused(&picture);
        assert!(
            matches!(&error, LoadError::WrongElement { found, .. } if found.contains("0.5")),
            "{error}"
        );
    }
    let error = refused(&tensor(
        "inputs",
        "picture",
        &[1, 2, 3, 5],
        ElementType::F32,
    ));
    assert!(matches!(error, LoadError::WrongShape { .. }), "{error}");
    let two = tensor("inputs", "more", &[1, 7], ElementType::F32) + &single();
    let error = refused(&two);
    assert!(
        matches!(&error, LoadError::TensorMismatch { tensor, present: "the manifest", .. } if tensor == "more"),
        "{error}"
    );
}
