//! What the Rust toolchain must have beside the compiler. `rust-toolchain.toml` asks rustup
//! for all of it; this only helps where rustup was told not to install by itself.

use std::path::PathBuf;
use std::process::Command;

use super::error::SetupError;
use crate::cross::TARGET;
use crate::process;
use crate::progress;

const COMPONENTS: &[(&str, &str)] = &[("rustfmt", "bin/rustfmt"), ("clippy", "bin/cargo-clippy")];

/// Adds the board's target and the components that the tests use, where they are missing.
pub(super) fn complete() -> Result<(), SetupError> {
    let sysroot = process::capture_text(Command::new("rustc").args(["--print", "sysroot"]))?;
    let sysroot = PathBuf::from(sysroot.trim());
    if !sysroot
        .join("lib/rustlib")
        .join(TARGET)
        .join("lib")
        .is_dir()
    {
        add(&["target", "add", TARGET], &format!("the target {TARGET}"))?;
    }
    for (component, file) in COMPONENTS {
        if !sysroot.join(file).exists() {
            add(
                &["component", "add", component],
                &format!("the component {component}"),
            )?;
        }
    }
    Ok(())
}

fn add(arguments: &[&str], what: &str) -> Result<(), SetupError> {
    let refuse = |how: String| SetupError::Rust {
        what: what.to_owned(),
        how,
    };
    if process::find_program("rustup").is_none() {
        return Err(refuse(
            "there is no rustup to add it; install it with your toolchain".into(),
        ));
    }
    let step = progress::step(format!("Rust: {what}"));
    process::capture(Command::new("rustup").args(arguments)).map_err(|error| {
        refuse(format!(
            "`rustup {}` could not add it: {error}",
            arguments.join(" ")
        ))
    })?;
    step.done("added");
    Ok(())
}
