//! A program in C runs a model through the library: the interface holds without Rust on either side.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::specimens::mixer;
use common::{HOST, TARGET, is_emulated};
use rknpu2_sys as sys;
use std::fs;
use std::mem::offset_of;
use std::path::Path;
use std::process::Command;
use triune_npu::EmbeddedManifest;

/// Compiles the client; nothing if there is no compiler for this machine.
fn compile(folder: &Path) -> Option<std::path::PathBuf> {
    let program = folder.join("client");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/client/client.c");
    let mut compiler = cc::Build::new()
        .target(TARGET)
        .host(HOST)
        .opt_level(1)
        .warnings(true)
        .extra_warnings(true)
        .cargo_metadata(false)
        .try_get_compiler()
        .ok()?
        .to_command();
    let found = Command::new(compiler.get_program())
        .arg("--version")
        .output();
    if found.is_err() {
        return None;
    }
    let compiled = compiler
        .args(["-std=c11", "-Wno-pedantic", "-Werror"])
        .arg(source)
        .arg("-o")
        .arg(&program)
        .arg("-ldl")
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&compiled.stderr);
    assert!(compiled.status.success(), "{complaint}");
    Some(program)
}

#[test]
fn a_program_in_c_runs_a_model() {
    if is_emulated() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = compile(folder.path()) else {
        println!("skipped: no C compiler for {TARGET}");
        return;
    };
    let model = folder.path().join("mixer");
    let specimen = mixer();
    fs::write(
        &model,
        EmbeddedManifest::append(&specimen.bytes, &specimen.manifest),
    )
    .unwrap();
    let output = Command::new(program)
        .arg(rknnrt::built_library().unwrap())
        .arg(&model)
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let text = String::from_utf8(output.stdout).unwrap();
    // 1 + 4 - 9 + 1 is below 0; -1 + 1 + 12 + 2 = 14.
    let expected = [
        layouts(),
        "output 0: 0 14\noutput 1: 2 4\nheld 0 0 0 0 runs 1\n".to_owned(),
    ];
    assert_eq!(text, expected.concat());
}

/// What the client prints of its own structs, from those that the library is built with.
fn layouts() -> String {
    use sys::{rknn_input_output_num, rknn_output, rknn_tensor_attr, rknn_tensor_mem};
    format!(
        "counts {}\n\
         attribute {} name {} format {} scale {} width_stride {} pass_through {} height_stride {}\n\
         memory {} file {} size {} own {}\n\
         output {} index {} buffer {} size {}\n",
        size_of::<rknn_input_output_num>(),
        size_of::<rknn_tensor_attr>(),
        offset_of!(rknn_tensor_attr, name),
        offset_of!(rknn_tensor_attr, fmt),
        offset_of!(rknn_tensor_attr, scale),
        offset_of!(rknn_tensor_attr, w_stride),
        offset_of!(rknn_tensor_attr, pass_through),
        offset_of!(rknn_tensor_attr, h_stride),
        size_of::<rknn_tensor_mem>(),
        offset_of!(rknn_tensor_mem, fd),
        offset_of!(rknn_tensor_mem, size),
        offset_of!(rknn_tensor_mem, priv_data),
        size_of::<rknn_output>(),
        offset_of!(rknn_output, index),
        offset_of!(rknn_output, buf),
        offset_of!(rknn_output, size),
    )
}
