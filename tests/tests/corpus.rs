//! Every parser of outside bytes takes the fuzz corpus, and what a fuzzer found once, without
//! a panic. Fuzzing itself is `make test-long`.
#![allow(missing_docs)]

#[expect(unreachable_pub, reason = "public where it is built with libFuzzer")]
#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus")
}

fn inputs(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    fs::read_dir(corpus().join(target))
        .unwrap_or_else(|error| panic!("{target} has no corpus: {error}"))
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let bytes = fs::read(&path).expect("a file");
            (path, bytes)
        })
        .collect()
}

#[test]
fn every_parser_takes_the_corpus() {
    for (name, target) in targets::TARGETS {
        let inputs = inputs(name);
        assert!(!inputs.is_empty(), "{name} has an empty corpus");
        for (path, bytes) in inputs {
            println!("{}", path.display());
            target(&bytes);
        }
    }
}

/// A poor man's fuzzer: each byte of each seed flipped or the seed cut there, in some places.
#[test]
fn every_parser_takes_the_corpus_damaged() {
    const PLACES: usize = 40;
    for (name, target) in targets::TARGETS {
        for (_, bytes) in inputs(name) {
            let stride = bytes.len().div_ceil(PLACES).max(1);
            for at in (0..bytes.len()).step_by(stride) {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << (at % 8);
                target(&damaged);
                target(&bytes[..at]);
            }
        }
    }
}

#[test]
fn every_target_has_a_program_and_a_corpus() {
    let names: BTreeSet<String> = targets::TARGETS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let listed = |folder: &Path| -> BTreeSet<String> {
        fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| {
                let path = entry.expect("an entry").path();
                let stem = path.file_stem().expect("a name");
                stem.to_string_lossy().into_owned()
            })
            .collect()
    };
    assert_eq!(listed(&corpus()), names);
    assert_eq!(listed(&corpus().join("../fuzz_targets")), names);
}

/// Seeds are kept with the sources, so they stay small.
#[test]
fn the_corpus_is_small() {
    const MOST_BYTES: u64 = 40_000;
    for (name, _) in targets::TARGETS {
        let bytes: u64 = inputs(name)
            .iter()
            .map(|(_, input)| input.len() as u64)
            .sum();
        assert!(bytes <= MOST_BYTES, "{name}: {bytes} bytes");
    }
}
