//! Small C programs and libraries, compiled while testing.
#![allow(dead_code, reason = "each test uses a part")]

pub(crate) mod stub;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The C compiler for the machine that the tests run on, or why there is none.
pub(crate) fn compiler() -> Result<Command, String> {
    let mut build = cc::Build::new();
    build
        .target(env!("TRIUNE_TARGET"))
        .host(env!("TRIUNE_HOST"))
        .opt_level(1)
        .cargo_metadata(false)
        .std("c11")
        .warnings(true)
        .extra_warnings(true)
        .warnings_into_errors(true)
        .include(source("client"));
    let compiler = build
        .try_get_compiler()
        .map_err(|error| error.to_string())?;
    let mut version = compiler.to_command();
    match version.arg("--version").output() {
        Ok(output) if output.status.success() => Ok(compiler.to_command()),
        _ => Err(format!("{} does not run", compiler.path().display())),
    }
}

/// A file or folder of this crate.
pub(crate) fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs a compiler and fails with what it said.
pub(crate) fn must_succeed(command: &mut Command) -> String {
    let output = command.output().expect("the command starts");
    assert!(
        output.status.success(),
        "{command:?}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}
