//! What computes is chosen by what works, and everything that does not is told in words.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ffi::{CString, c_char, c_int};
use std::path::Path;
use std::process::Command;
use triune_board::{NpuSpec, RknnNpu};
use triune_hal::{OpenedNpu, open_npu};
use triune_npu::{CpuSettings, DualActivation, FileFormat, LibraryWish, Manifest, ModelHash};

/// A board's description of an NPU with these libraries, and more that it says.
fn described(library: &[&Path], more: serde_json::Value) -> RknnNpu {
    let mut text = serde_json::json!({ "cores": 3, "library": library });
    let serde_json::Value::Object(more) = more else {
        panic!("{more}");
    };
    text.as_object_mut().unwrap().extend(more);
    serde_json::from_value(text).unwrap()
}

fn open(library: &[&Path]) -> OpenedNpu {
    open_described(described(library, serde_json::json!({})))
}

fn open_described(npu: RknnNpu) -> OpenedNpu {
    let spec = NpuSpec::Rknn(npu);
    let cpu = CpuSettings {
        library: LibraryWish::None,
        ..CpuSettings::default()
    };
    open_npu(&spec, &cpu)
}

/// Injects faults into the soft runtime of this process.
fn inject(library: &Path, faults: &str) {
    // SAFETY: it is the library of this workspace, whose initialisers do nothing.
    let library = unsafe { libloading::Library::new(library) }.unwrap();
    // SAFETY: this is its signature.
    let function = unsafe {
        library.get::<unsafe extern "C" fn(*const c_char) -> c_int>(b"triune_soft_faults\0")
    };
    let faults = CString::new(faults).unwrap();
    // SAFETY: the text lives for the call.
    assert_eq!(unsafe { function.unwrap()(faults.as_ptr()) }, 0);
}

/// The CPU computes, after this was said of the one library.
fn assert_refused(library: &Path, told: &str) {
    let found = open(&[library]);
    assert!(
        found.backend.name().starts_with("cpu ("),
        "{}",
        found.backend.name()
    );
    let tried: Vec<String> = found.tried.iter().map(ToString::to_string).collect();
    assert_eq!(tried.len(), 1, "{tried:?}");
    assert!(
        tried[0].contains(&library.display().to_string()),
        "{tried:?}"
    );
    assert!(tried[0].contains(told), "{tried:?}");
}

#[test]
fn the_first_library_that_works_is_taken() {
    let soft = rknnrt::built_library().unwrap();
    let nowhere = Path::new("/nowhere/librknnrt.so");
    let found = open(&[nowhere, &soft]);
    assert_eq!(found.backend.name(), "rknn (soft runtime)");
    assert_eq!(
        (found.backend.lanes(), found.library.as_deref()),
        (3, Some(soft.as_path()))
    );
    assert_eq!(found.tried.len(), 1);
    assert!(
        found.tried[0]
            .to_string()
            .contains("'/nowhere/librknnrt.so' does not exist")
    );
    assert!(DualActivation::load_shipped(found.backend.as_ref()).is_ok());

    assert_refused(nowhere, "does not exist");
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("librknnrt.so");
    std::fs::write(&text, "no library").unwrap();
    assert_refused(&text, "cannot be loaded");
    for (faults, told) in [
        ("version=1.4.0", "of version 1.4.0: install"),
        ("version=9.0.0", "newer than the version 2"),
        ("malloc@create_mem:1", "rknn_create_mem gave -4"),
        ("device-lost@run:2", "the device is lost"),
        ("code@set_core_mask:-5", "rknn_set_core_mask gave -5"),
    ] {
        inject(&soft, faults);
        assert_refused(&soft, told);
    }
    inject(&soft, "");
    assert_eq!(open(&[&soft]).backend.lanes(), 3);

    // What the board says of the contexts arrives: the second one is made anew, or is a duplicate.
    for (contexts, anew) in [("duplicate", false), ("separate", true)] {
        let npu = described(&[&soft], serde_json::json!({ "contexts": contexts }));
        let found = open_described(npu);
        let (manifest, bytes) = recogniser();
        inject(&soft, "malloc@init:2");
        let lanes = found.backend.load_lanes(&bytes, &manifest);
        inject(&soft, "");
        assert_eq!(lanes.is_err(), anew, "{contexts}");
    }
    inject(&soft, "version=9.0.0");
    let accepting = described(&[&soft], serde_json::json!({ "accept_newer_major": true }));
    let found = open_described(accepting);
    inject(&soft, "");
    assert_eq!(found.backend.name(), "rknn (soft runtime)");
}

/// The recogniser that every program carries.
fn recogniser() -> (Manifest, Vec<u8>) {
    let source = DualActivation::shipped().unwrap();
    ((*source.manifest).clone(), source.bytes.to_vec())
}

/// The vendor's library takes converted files alone, of which no program carries any.
#[test]
fn a_library_for_converted_files_is_tried_with_the_boards_own_recogniser() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("librknnrt.so");
    let wrapper = Path::new(env!("CARGO_MANIFEST_DIR")).join("../npu/rknn");
    let compiled = Command::new("cc")
        .args(["-std=c11", "-shared", "-fPIC", "-I"])
        .arg(wrapper.join("client"))
        .arg(wrapper.join("tests/stubs/runtime.c"))
        .arg("-o")
        .arg(&library)
        .arg("-lm")
        .status();
    match compiled {
        Ok(status) => assert!(status.success()),
        Err(why) => {
            println!("skipped: no C compiler: {why}");
            return;
        }
    }
    assert_refused(&library, "names none of the recogniser");
    let told = |recogniser: &Path| {
        let npu = described(&[&library], serde_json::json!({ "recogniser": recogniser }));
        open_described(npu).tried[0].to_string()
    };
    let absent = told(&folder.path().join("absent"));
    assert!(
        absent.contains("recogniser's folder is refused"),
        "{absent}"
    );
    // A file that the library reads, and that is another model.
    let (mut manifest, _) = recogniser();
    let bytes = b"RKNN of another model";
    manifest.files.truncate(1);
    manifest.files[0].name = "dual_activation.rknn".to_owned();
    manifest.files[0].format = FileFormat::Rknn;
    manifest.files[0].sha256 = ModelHash::of(bytes);
    std::fs::write(folder.path().join("dual_activation.rknn"), bytes).unwrap();
    std::fs::write(folder.path().join("manifest.toml"), manifest.to_toml()).unwrap();
    let other = told(folder.path());
    assert!(other.contains("rknn_init gave -6"), "{other}");
}

#[test]
fn a_board_that_names_no_library_computes_on_the_cpu_and_says_so() {
    let found = open(&[]);
    assert!(found.backend.name().starts_with("cpu ("));
    assert!(found.tried[0].to_string().contains("names no library"));
}
