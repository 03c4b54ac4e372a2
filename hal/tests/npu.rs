//! What computes is chosen by what works, and everything that does not is told in words.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ffi::{CString, c_char, c_int};
use std::path::{Path, PathBuf};
use triune_board::{NpuSpec, RknnNpu};
use triune_hal::{OpenedNpu, open_npu};
use triune_npu::{CpuSettings, DualActivation, LibraryWish};

fn open(library: &[&Path]) -> OpenedNpu {
    let spec = NpuSpec::Rknn(RknnNpu {
        cores: 3,
        library: library.iter().map(PathBuf::from).collect(),
    });
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
}

#[test]
fn a_board_that_names_no_library_computes_on_the_cpu_and_says_so() {
    let found = open(&[]);
    assert!(found.backend.name().starts_with("cpu ("));
    assert!(found.tried[0].to_string().contains("names no library"));
}
