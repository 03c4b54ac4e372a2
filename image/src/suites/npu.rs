//! The tests of the NPU crates as aarch64 programs, emulated: what a board would run, but for the
//! NPU itself.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;

use anyhow::Context;

use super::job::{Counting, Job, cargo};
use super::list::Suite;
use crate::cross::TARGET;
use crate::workspace::Workspace;
use crate::{emulator, wheels};

/// The crates and their folders.
const CRATES: &[(&str, &str)] = &[
    ("triune-npu", "npu"),
    ("triune-rknn", "npu/rknn"),
    ("triune-softrknn", "npu/softrknn"),
];

/// Why a program cannot start another here.
const NO_CHILD: &str = "an emulated program cannot start another";
/// Why growth cannot be judged here.
const NO_GROWTH: &str = "the emulator's own memory grows";

/// Why a library cannot be made here.
const NO_COMPILER: &str = "its libraries are of this machine's C compiler";

/// Files of tests that only the host's suite runs, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("client", NO_CHILD),
    ("held_out", "it takes minutes when emulated"),
    ("leaks", NO_GROWTH),
    ("onnx_runtime_memory", NO_GROWTH),
    ("onnx_runtime_start", NO_COMPILER),
    ("worker_growth", NO_GROWTH),
];

/// Single tests that only the host's suite runs, and why.
const SKIPPED: &[(&str, &str)] = &[
    (
        "what_is_no_worker_is_an_error_at_once",
        "the emulator is there, whatever it is to run",
    ),
    (
        "a_library_that_is_another_one_or_another_version_is_refused",
        NO_COMPILER,
    ),
    (
        "structures_and_constants_are_as_the_c_compiler_has_them",
        NO_CHILD,
    ),
];

/// Where cargo reads which program runs those of the board.
const RUNNER: &str = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER";
/// Where `triune-npu` reads which library of ONNX Runtime is the one.
const ONNX_RUNTIME: &str = "ORT_DYLIB_PATH";

pub(super) fn job(suite: &Suite, workspace: &Workspace) -> anyhow::Result<Job> {
    let mut arguments: Vec<OsString> = ["test", "--no-fail-fast", "--target", TARGET, "--lib"]
        .map(Into::into)
        .to_vec();
    for (name, _) in CRATES {
        arguments.extend(["--package".into(), name.into()]);
    }
    for file in files(workspace.root())? {
        arguments.extend(["--test".into(), file.into()]);
    }
    arguments.extend(["--".into(), "--show-output".into()]);
    for (name, _) in SKIPPED {
        arguments.extend(["--skip".into(), name.into()]);
    }
    let mut skipped: Vec<_> = LEFT_OUT
        .iter()
        .map(|(file, why)| format!("{file}: {why}; the suite `host` runs it"))
        .collect();
    let environment = match runtime(workspace) {
        Ok(environment) => environment.to_vec(),
        Err(why) => {
            skipped.push(format!("ONNX Runtime: {why}"));
            // A file that is not there: else one would be found beside the build and crash.
            let nowhere = workspace.folder("onnxruntime")?.join("none");
            vec![(ONNX_RUNTIME, nowhere.into())]
        }
    };
    Ok(Job {
        name: suite.name.to_owned(),
        about: suite.about.to_owned(),
        program: cargo(),
        arguments,
        environment: environment
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        counting: Counting::Tests,
        skipped,
        limit: suite.limit,
    })
}

/// The emulator and the library, or why ONNX Runtime cannot be tested.
fn runtime(workspace: &Workspace) -> Result<[(&'static str, OsString); 2], String> {
    let emulator = emulator::find(workspace).map_err(|error| error.to_string())?;
    let library = wheels::find(workspace, "aarch64")
        .map_err(|error| error.to_string())?
        .ok_or("`cargo appliance setup` has not brought its wheel for aarch64")?;
    Ok([(RUNNER, emulator.into()), (ONNX_RUNTIME, library.into())])
}

/// The names of the files of tests that are run, each once.
fn files(root: &Path) -> anyhow::Result<BTreeSet<String>> {
    let mut found = all_files(root)?;
    for (name, _) in LEFT_OUT {
        found.remove(*name);
    }
    Ok(found)
}

fn all_files(root: &Path) -> anyhow::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for (_, folder) in CRATES {
        let folder = root.join(folder).join("tests");
        let entries = std::fs::read_dir(&folder)
            .with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                found.extend(path.file_stem().map(|name| name.to_string_lossy().into()));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
    }

    #[test]
    fn what_is_left_out_is_there_and_the_rest_is_run() {
        let all = all_files(root()).unwrap();
        for (file, _) in LEFT_OUT {
            assert!(all.contains(*file), "there is no file of tests `{file}`");
        }
        let run = files(root()).unwrap();
        assert_eq!(run.len() + LEFT_OUT.len(), all.len());
        assert!(run.contains("onnx_runtime") && run.contains("lane") && run.contains("faults"));
    }

    #[test]
    fn a_test_that_is_skipped_is_a_test() {
        let files: Vec<_> = CRATES
            .iter()
            .flat_map(|(_, folder)| std::fs::read_dir(root().join(folder).join("tests")).unwrap())
            .filter_map(|entry| std::fs::read_to_string(entry.unwrap().path()).ok())
            .collect();
        for (name, _) in SKIPPED {
            let line = format!("#[test]\nfn {name}()");
            assert!(
                files.iter().any(|text| text.contains(&line)),
                "there is no test `{name}`"
            );
        }
    }
}
