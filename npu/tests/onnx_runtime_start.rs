//! A library of ONNX Runtime that does not start: the process is bound to it, and says so of others.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;
use triune_npu::{
    CpuBackends, CpuSettings, LibraryWish, OnnxRuntimeBackend, OnnxRuntimeError, Provider,
};

/// What would be taken for the second one would be the first: a process cannot let go of it.
#[test]
fn after_a_library_that_does_not_start_no_other_is_taken_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let compile = |name: &str, version: &str| {
        let path = folder.path().join(name);
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/specimens/runtime.c");
        let outcome = Command::new("cc")
            .args(["-shared", "-fPIC", "-DFAILS", version, source, "-o"])
            .arg(&path)
            .status();
        match outcome {
            Ok(status) => {
                assert!(status.success());
                Some(path)
            }
            Err(error) => {
                println!("skipped: no C compiler: {error}");
                None
            }
        }
    };
    let Some(first) = compile("libonnxruntime.so.1", "-DVERSION=\"1.31.1\"") else {
        return;
    };
    let second = compile("libonnxruntime.so.2", "-DVERSION=\"1.30.0\"").unwrap();
    let refused = |path| match OnnxRuntimeBackend::open(path, Provider::Cpu) {
        Err(error) => error,
        Ok(_) => panic!("it is taken"),
    };
    for _ in 0..2 {
        let error = refused(&first);
        assert!(
            matches!(&error, OnnxRuntimeError::DoesNotStart { reason, .. } if reason.contains("nothing works")),
            "{error}"
        );
    }
    let error = refused(&second);
    assert!(
        matches!(&error, OnnxRuntimeError::OtherInUse { loaded, .. } if *loaded == first.canonicalize().unwrap()),
        "{error}"
    );
    let found = CpuBackends::find(&CpuSettings {
        library: LibraryWish::File(second),
        ..CpuSettings::default()
    });
    assert_eq!(found.library, None);
    assert!(found.tried[0].why.contains("start the program again"));
}
