//! ONNX Runtime keeps the contract of all backends, and is never taken from a library that is none.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{ROOT, floats, inside, mixer, passes, quantised, root};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use triune_core::{Being, BeingId, Percept, Tick, step};
use triune_npu::conformance::check_backend;
use triune_npu::{
    Backend, CpuBackends, CpuSettings, DualActivation, LibraryWish, LoadError, ModelHash,
    OnnxRuntimeBackend, OnnxRuntimeError, Provider, ProviderWish, PureRustBackend, RunError,
    SAMPLE_INTERVAL, Tensor,
};

fn on_the_cpu(library: LibraryWish) -> CpuBackends {
    CpuBackends::find(&CpuSettings {
        library,
        provider: ProviderWish::Only(Provider::Cpu),
    })
}

/// The library that is on this machine.
fn library() -> Option<PathBuf> {
    let found = on_the_cpu(LibraryWish::Search);
    if found.library.is_none() {
        let tried: Vec<String> = found.tried.iter().map(ToString::to_string).collect();
        println!(
            "skipped: no ONNX Runtime (`cargo appliance setup` brings it): {}",
            tried.join("; ")
        );
    }
    found.library
}

fn open(library: &Path) -> OnnxRuntimeBackend {
    OnnxRuntimeBackend::open(library, Provider::Cpu).unwrap()
}

#[test]
fn keeps_the_contract() {
    let Some(library) = library() else { return };
    let backend = open(&library);
    for specimen in [mixer(), quantised(), inside(), passes()] {
        let name = &specimen.manifest.name;
        check_backend(&backend, &specimen).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
    }
}

#[test]
fn the_name_tells_the_version_and_the_processor() {
    let Some(library) = library() else { return };
    let backend = open(&library);
    let version = backend.name().strip_prefix("cpu (onnxruntime 1.").unwrap();
    assert!(version.ends_with(')'), "{version}");
    assert_eq!(backend.library(), library.canonicalize().unwrap());
    assert_eq!(backend.provider(), Provider::Cpu);
}

#[test]
fn an_output_that_is_not_a_number_is_an_error() {
    let Some(library) = library() else { return };
    let mut model = open(&library).load(ROOT, &root()).unwrap();
    let input = floats(&[1, 2], &[4.0, -1.0]);
    let mut output = floats(&[1, 2], &[0.0; 2]);
    assert_eq!(
        model.run(&[input.view()], &mut [output.view_mut()]),
        Err(RunError::OutputNotFinite {
            tensor: "root".to_owned(),
            index: 1
        })
    );
}

/// Two models on threads of their own, and one that outlives its backend.
#[test]
fn models_run_side_by_side() {
    let Some(library) = library() else { return };
    let models: Vec<_> = [mixer(), inside()]
        .into_iter()
        .map(|specimen| {
            (
                open(&library)
                    .load(&specimen.bytes, &specimen.manifest)
                    .unwrap(),
                specimen,
            )
        })
        .collect();
    std::thread::scope(|scope| {
        for (mut model, specimen) in models {
            scope.spawn(move || {
                for _ in 0..200 {
                    let inputs: Vec<_> = specimen.inputs.iter().map(Tensor::view).collect();
                    let mut outputs: Vec<_> =
                        model.describe().outputs.iter().map(Tensor::zero).collect();
                    let mut views: Vec<_> = outputs.iter_mut().map(Tensor::view_mut).collect();
                    model.run(&inputs, &mut views).unwrap();
                    assert_eq!(outputs, specimen.outputs);
                }
            });
        }
    });
}

fn try_to_load(backend: &dyn Backend, bytes: &[u8]) -> Result<(), LoadError> {
    let mut manifest = mixer().manifest;
    manifest.files[0].sha256 = ModelHash::of(bytes);
    backend.load(bytes, &manifest).map(|_| ())
}

#[test]
fn truncated_models_are_refused() {
    let Some(library) = library() else { return };
    let backend = open(&library);
    for end in 0..common::MIXER.len() {
        let outcome = try_to_load(&backend, &common::MIXER[..end]);
        // A cut in the tail leaves a whole graph, and there only the hash is a guard.
        assert!(
            outcome.is_err() || 10 * end > 9 * common::MIXER.len(),
            "cut at {end}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_models_never_end_the_process(
        damage in proptest::collection::vec((0..common::MIXER.len(), any::<u8>()), 1..6),
    ) {
        if let Some(library) = library() {
            let mut bytes = common::MIXER.to_vec();
            for (place, value) in damage {
                bytes[place] = value;
            }
            let _outcome = try_to_load(&open(&library), &bytes);
        }
    }
}

/// What a bad library is answered with, whether or not a good one is in use.
fn refusal(path: &Path) -> OnnxRuntimeError {
    match OnnxRuntimeBackend::open(path, Provider::Cpu) {
        Err(error) => error,
        Ok(_) => panic!("{} is taken", path.display()),
    }
}

fn file(folder: &TempDir, content: &[u8]) -> PathBuf {
    let path = folder.path().join("libonnxruntime.so");
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn what_is_no_library_is_refused_by_its_cause() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("nothing.so");
    assert!(matches!(
        refusal(&missing),
        OnnxRuntimeError::Missing { .. }
    ));
    assert!(matches!(
        refusal(folder.path()),
        OnnxRuntimeError::NotALibrary { .. }
    ));
    for content in [&b""[..], b"not a library, but a letter", &[0x7F; 4096]] {
        let refused = refusal(&file(&folder, content));
        assert!(
            matches!(refused, OnnxRuntimeError::NotALibrary { .. }),
            "{refused}"
        );
    }
}

/// The first bytes of a 64-bit little-endian shared object for this machine number (`elf(5)`).
fn elf_header(machine: u16) -> Vec<u8> {
    let mut header = b"\x7fELF\x02\x01\x01".to_vec();
    header.resize(16, 0);
    header.extend(3_u16.to_le_bytes());
    header.extend(machine.to_le_bytes());
    header.resize(64, 0);
    header
}

#[test]
fn a_library_for_another_processor_is_named_so() {
    let folder = tempfile::tempdir().unwrap();
    let (here, other) = match std::env::consts::ARCH {
        "x86_64" => (62, 183),
        _ => (183, 62),
    };
    let refused = refusal(&file(&folder, &elf_header(other)));
    assert!(
        matches!(&refused, OnnxRuntimeError::OtherMachine { found, .. }
            if *found == "aarch64" || *found == "x86_64"),
        "{refused}"
    );
    // The right processor, and nothing behind the header.
    let refused = refusal(&file(&folder, &elf_header(here)));
    assert!(
        matches!(refused, OnnxRuntimeError::NotLoadable { .. }),
        "{refused}"
    );
}

/// Compiles a library that tells of itself what `flags` say; `None` where there is no C compiler.
fn runtime(folder: &TempDir, flags: &[&str]) -> Option<PathBuf> {
    let path = folder
        .path()
        .join(format!("libonnxruntime.so.{}", flags.len()));
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/specimens/runtime.c");
    let outcome = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .arg(&path)
        .arg(source)
        .args(flags)
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
}

type Judge = fn(&OnnxRuntimeError) -> bool;

#[test]
fn a_library_that_is_another_one_or_another_version_is_refused() {
    let cases: [(&[&str], Judge); 6] = [
        (
            &["-DVERSION=\"1.31.1\"", "-DOrtGetApiBase=other"],
            |error| matches!(error, OnnxRuntimeError::Foreign { .. }),
        ),
        (&["-DNO_BASE", "-DVERSION=\"1.31.1\""], |error| {
            matches!(error, OnnxRuntimeError::Foreign { .. })
        }),
        (&["-DNO_VERSION"], |error| {
            matches!(error, OnnxRuntimeError::Foreign { .. })
        }),
        (
            &["-DVERSION=\"1.16.3\""],
            |error| matches!(error, OnnxRuntimeError::WrongVersion { version, .. } if version == "1.16.3"),
        ),
        (&["-DVERSION=\"garbage\""], |error| {
            matches!(error, OnnxRuntimeError::WrongVersion { .. })
        }),
        // The right version, and no functions of it.
        (&["-DVERSION=\"1.31.1\""], |error| {
            matches!(error, OnnxRuntimeError::WrongVersion { .. })
        }),
    ];
    for (flags, is_right) in cases {
        let folder = tempfile::tempdir().unwrap();
        let Some(path) = runtime(&folder, flags) else {
            return;
        };
        let refused = refusal(&path);
        assert!(is_right(&refused), "{flags:?}: {refused}");
    }
}

#[test]
fn a_process_keeps_its_first_library() {
    let Some(library) = library() else { return };
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("libonnxruntime.so");
    fs::copy(&library, &copy).unwrap();
    let refused = refusal(&copy);
    assert!(
        matches!(&refused, OnnxRuntimeError::OtherInUse { loaded, .. } if *loaded == library),
        "{refused}"
    );
}

#[test]
fn a_bad_library_leaves_pure_rust_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let found = on_the_cpu(LibraryWish::File(file(&folder, b"a letter")));
    assert_eq!(found.library, None);
    assert_eq!(found.chosen.name(), PureRustBackend::new().name());
    assert_eq!(found.tried.len(), 1);
    assert!(found.tried[0].why.contains("no shared library"));
    assert!(DualActivation::load_shipped(found.chosen.as_ref()).is_ok());
}

#[test]
fn without_a_library_nothing_is_tried() {
    let found = on_the_cpu(LibraryWish::None);
    assert_eq!(found.chosen.name(), PureRustBackend::new().name());
    assert_eq!((found.library, found.tried), (None, Vec::new()));
}

#[test]
fn an_accelerator_that_is_not_there_is_told() {
    let Some(library) = library() else { return };
    for provider in [Provider::OpenVino, Provider::Cuda] {
        let found = CpuBackends::find(&CpuSettings {
            library: LibraryWish::File(library.clone()),
            provider: ProviderWish::Only(provider),
        });
        let processor = found.chosen.name().split(' ').next().unwrap();
        if processor == provider.processor() {
            println!("this machine has {provider}");
            continue;
        }
        assert_eq!(processor, "cpu");
        assert_eq!(found.tried.len(), 1, "{:?}", found.tried);
        assert_eq!(found.tried[0].what, provider.to_string());
        assert!(DualActivation::load_shipped(found.chosen.as_ref()).is_ok());
    }
}

/// The shipped recogniser, over the same states on both backends.
#[test]
fn the_shipped_model_says_the_same_as_in_pure_rust() {
    let Some(library) = library() else { return };
    let mut fast = DualActivation::load_shipped(&open(&library)).unwrap();
    let mut pure = DualActivation::load_shipped(&PureRustBackend::new()).unwrap();
    let mut being = Being::new(BeingId::FIRST);
    let mut compared = 0;
    while compared < 20 {
        let tick = Tick {
            time: being.state.time.after(SAMPLE_INTERVAL),
            elapsed: SAMPLE_INTERVAL,
        };
        let percept = &Percept::ABSENT;
        (being.state, _) = step(
            &being.state,
            percept,
            being.consent,
            &being.parameters,
            tick,
        );
        fast.observe(&being.state);
        pure.observe(&being.state);
        let answers = (fast.activate().unwrap(), pure.activate().unwrap());
        let (Some(fast), Some(pure)) = answers else {
            continue;
        };
        assert_eq!(
            (fast.situation, fast.feeling),
            (pure.situation, pure.feeling)
        );
        assert!((fast.situation_confidence - pure.situation_confidence).abs() < 1e-3);
        assert!((fast.feeling_confidence - pure.feeling_confidence).abs() < 1e-3);
        compared += 1;
    }
}
