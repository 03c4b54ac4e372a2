//! Who may import whom, and where `unsafe` may stand: the house's own rules.
#![allow(missing_docs)]

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every crate and what it may import of ours, beyond tests and build scripts.
const FLOORS: &[(&str, &[&str])] = &[
    ("triune-core", &[]),
    ("triune-board", &[]),
    ("triune-stage", &[]),
    ("triune-tests", &[]),
    ("triune-engine", &["triune-core"]),
    ("triune-memory", &["triune-core"]),
    ("triune-rknn", &[]),
    ("triune-npu", &["triune-core", "triune-rknn"]),
    ("triune-softrknn", &["triune-npu"]),
    ("triune-gpu", &["triune-core"]),
    ("triune-hal", &["triune-board", "triune-npu", "triune-gpu"]),
    ("triune-senses", &["triune-core", "triune-npu"]),
    ("triune-image", &["triune-board", "triune-stage"]),
    (
        "triune",
        &[
            "triune-core",
            "triune-engine",
            "triune-memory",
            "triune-npu",
            "triune-gpu",
            "triune-hal",
            "triune-board",
            "triune-senses",
        ],
    ),
];

/// Crates that may hold `unsafe`, and the part of the workspace that forbids it by attribute.
const MAY_BE_UNSAFE: &[&str] = &[
    "triune-engine",
    "triune-memory",
    "triune-rknn",
    "triune-npu",
    "triune-softrknn",
    "triune-gpu",
    "triune-hal",
];

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

#[test]
fn imports_only_look_down() {
    let floors: BTreeMap<_, _> = FLOORS.iter().copied().collect();
    let packages = packages();
    let ours: Vec<&str> = packages
        .iter()
        .filter_map(|package| package["name"].as_str())
        .collect();
    assert_eq!(
        ours.len(),
        floors.len(),
        "a crate without a floor: {ours:?}"
    );
    for package in &packages {
        let name = package["name"].as_str().expect("a name");
        let allowed = floors
            .get(name)
            .unwrap_or_else(|| panic!("{name} has no floor"));
        for dependency in package["dependencies"].as_array().expect("a list") {
            let wanted = dependency["name"].as_str().expect("a name");
            let in_tests_only = dependency["kind"].as_str() == Some("dev");
            if ours.contains(&wanted) && !in_tests_only {
                assert!(allowed.contains(&wanted), "{name} may not import {wanted}");
            }
        }
    }
}

#[test]
fn unsafe_stands_only_where_it_may() {
    for package in packages() {
        let name = package["name"].as_str().expect("a name");
        if MAY_BE_UNSAFE.contains(&name) {
            continue;
        }
        for target in package["targets"].as_array().expect("a list") {
            let kinds = target["kind"].as_array().expect("a list");
            if kinds.iter().any(|kind| kind == "lib" || kind == "bin") {
                let path = target["src_path"].as_str().expect("a path");
                let text = std::fs::read_to_string(path).expect("a source");
                assert!(
                    text.contains("#![forbid(unsafe_code)]"),
                    "{path} does not forbid unsafe"
                );
            }
        }
    }
}

/// What is tracked speaks of the project alone: no registry's host name, and nothing undone.
#[test]
fn what_is_tracked_names_no_registry_and_leaves_nothing_undone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a root");
    let listed = Command::new("git")
        .args(["ls-files"])
        .current_dir(root)
        .output()
        .expect("git runs");
    if !listed.status.success() {
        println!("skipped: not a git checkout");
        return;
    }
    let files = String::from_utf8(listed.stdout).expect("UTF-8");
    let forbidden = [
        concat!("deb.", "debian.org"),
        concat!("crates", ".io"),
        concat!("pypi", ".org"),
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("@FIG", "URES@"),
    ];
    for file in files
        .lines()
        .filter(|name| !name.ends_with("Cargo.lock"))
        .map(|line| root.join(line))
    {
        // What is not UTF-8 is a picture, a font or a model.
        if let Ok(text) = std::fs::read_to_string(&file) {
            for word in forbidden {
                assert!(!text.contains(word), "{} holds {word}", shown(&file, root));
            }
        }
    }
}

fn shown(file: &Path, root: &Path) -> String {
    file.strip_prefix(root)
        .map_or_else(|_| PathBuf::from(file), PathBuf::from)
        .display()
        .to_string()
}
