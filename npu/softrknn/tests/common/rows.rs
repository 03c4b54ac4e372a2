//! Each fault that can be injected into a process that goes on, and what the backend answers.

use crate::common::Soft;
use crate::common::specimens::{coded_picture, manifest, mixer, tensor};
use triune_npu::conformance::Specimen;
use triune_npu::{
    Backend, DeviceFault, ElementType, LoadError, Model, RknnBackend, RunError, Tensor, TensorMut,
};
use triune_rknn::{Call, Code, Error, VersionError};

/// A fault and whether the backend answered it as it must: the answer, or what was wrong.
pub(crate) struct Row {
    pub(crate) faults: &'static str,
    answer: fn(&Soft, &RknnBackend) -> Result<String, String>,
}

type Loaded = Result<Box<dyn Model>, LoadError>;
/// A model and how its run went.
type Ran = (Box<dyn Model>, Result<(), RunError>);

fn load(backend: &RknnBackend, specimen: &Specimen) -> Loaded {
    backend.load(&specimen.bytes, &specimen.manifest)
}

/// Runs the specimen and checks what comes out.
fn run(model: &mut dyn Model, specimen: &Specimen) -> Result<(), RunError> {
    let inputs: Vec<_> = specimen.inputs.iter().map(Tensor::view).collect();
    let mut outputs: Vec<_> = specimen.manifest.outputs.iter().map(Tensor::zero).collect();
    let mut views: Vec<TensorMut<'_>> = outputs.iter_mut().map(Tensor::view_mut).collect();
    model.run(&inputs, &mut views)?;
    assert_eq!(outputs, specimen.outputs, "what came out");
    Ok(())
}

/// The error in its own words if it is the right one, else what came instead.
fn expect<T, E: std::fmt::Debug + std::fmt::Display>(
    outcome: Result<T, E>,
    is_right: impl FnOnce(&E) -> bool,
) -> Result<String, String> {
    match outcome {
        Err(error) if is_right(&error) => Ok(error.to_string()),
        Err(error) => Err(format!("answered with {error:?}")),
        Ok(_) => Err("answered with success".to_owned()),
    }
}

fn goes_on<E: std::fmt::Display>(outcome: Result<(), E>) -> Result<(), String> {
    outcome.map_err(|error| format!("does not go on: {error}"))
}

/// Loading the mixer is refused by the NPU's library, for this reason.
fn load_refused(
    backend: &RknnBackend,
    is_right: impl FnOnce(&Error) -> bool,
) -> Result<String, String> {
    expect(load(backend, &mixer()), |error| match error {
        LoadError::Runtime { reason, .. } => is_right(reason),
        _ => false,
    })
}

fn call_failed(backend: &RknnBackend, expected: Call, with: Code) -> Result<String, String> {
    load_refused(
        backend,
        |reason| matches!(reason, Error::Call { call, code, .. } if (*call, *code) == (expected, with)),
    )
}

fn version_refused(
    backend: &RknnBackend,
    is_right: impl FnOnce(&VersionError) -> bool,
) -> Result<String, String> {
    load_refused(backend, |reason| match reason {
        Error::Version(error) => is_right(error),
        _ => false,
    })
}

/// The first run of a model is at its loading, the second is ours.
fn second_run(backend: &RknnBackend) -> Result<Ran, String> {
    let mut model = goes_on_with(load(backend, &mixer()))?;
    let outcome = run(model.as_mut(), &mixer());
    Ok((model, outcome))
}

fn goes_on_with(loaded: Loaded) -> Result<Box<dyn Model>, String> {
    loaded.map_err(|error| format!("is not loaded: {error}"))
}

/// All cores compute, whatever became of the duplicates.
fn all_lanes(backend: &RknnBackend) -> Result<String, String> {
    let specimen = mixer();
    let lanes = backend.load_lanes(&specimen.bytes, &specimen.manifest);
    let mut lanes = lanes.map_err(|error| format!("is not loaded: {error}"))?;
    for lane in &mut lanes {
        goes_on(run(lane.as_mut(), &specimen))?;
    }
    Ok(format!("{} cores compute", lanes.len()))
}

/// The beginning of a file for an NPU.
fn rknn_file() -> (Vec<u8>, triune_npu::Manifest) {
    let mut bytes = b"RKNN\0\0\0\0".to_vec();
    bytes.extend_from_slice(&6_u64.to_le_bytes());
    let tensors = tensor("inputs", "in", &[1, 2], ElementType::F32)
        + &tensor("outputs", "out", &[1, 2], ElementType::F32);
    let manifest = manifest("converted", &bytes, &tensors);
    (bytes, manifest)
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        faults: "device-lost@run:2",
        answer: |soft, backend| {
            let lost = |error: &RunError| matches!(error, RunError::Device(DeviceFault::Lost(why)) if why.contains("rknn_run"));
            let (mut model, outcome) = second_run(backend)?;
            let answer = expect(outcome, lost)?;
            expect(run(model.as_mut(), &mixer()), lost)?;
            call_failed(backend, Call::Init, Code::DeviceUnavailable)?;
            soft.faults("").map_err(|code| code.to_string())?;
            goes_on(run(model.as_mut(), &mixer()))?;
            Ok(answer)
        },
    },
    Row {
        faults: "timeout@run:2",
        answer: |_, backend| {
            let (mut model, outcome) = second_run(backend)?;
            let answer = expect(outcome, |error| {
                matches!(error, RunError::Device(DeviceFault::TimedOut(_)))
            })?;
            goes_on(run(model.as_mut(), &mixer()))?;
            Ok(answer)
        },
    },
    Row {
        faults: "code@run:-4",
        answer: |_, backend| {
            expect(load(backend, &mixer()), |error| {
                let LoadError::TrialRun { reason, .. } = error else {
                    return false;
                };
                matches!(reason, RunError::Device(DeviceFault::OutOfMemory(_)))
            })
        },
    },
    Row {
        faults: "malloc@init:1",
        answer: |_, backend| call_failed(backend, Call::Init, Code::NoMemory),
    },
    Row {
        faults: "malloc@create_mem:2",
        answer: |_, backend| call_failed(backend, Call::CreateMem, Code::NoMemory),
    },
    Row {
        faults: "malloc@create_mem:7",
        answer: |_, backend| {
            // The second lane's third memory: the first lane's four are given back too.
            let specimen = mixer();
            expect(
                backend
                    .load_lanes(&specimen.bytes, &specimen.manifest)
                    .map(drop),
                |error| matches!(error, LoadError::Runtime { .. }),
            )
        },
    },
    Row {
        faults: "malloc@dup_context:1",
        answer: |_, backend| all_lanes(backend),
    },
    Row {
        faults: "code@dup_context:-1",
        answer: |_, backend| all_lanes(backend),
    },
    Row {
        faults: "code@set_core_mask:-5",
        answer: |_, backend| call_failed(backend, Call::SetCoreMask, Code::ParameterInvalid),
    },
    Row {
        faults: "code@set_io_mem:-5",
        answer: |_, backend| call_failed(backend, Call::SetIoMem, Code::ParameterInvalid),
    },
    Row {
        faults: "code@mem_sync:-1",
        answer: |_, backend| call_failed(backend, Call::MemSync, Code::Failed),
    },
    Row {
        faults: "version=1.4.0",
        answer: |_, backend| {
            version_refused(
                backend,
                |error| matches!(error, VersionError::TooOld { found } if found == "1.4.0"),
            )
        },
    },
    Row {
        faults: "version=9.0.0",
        answer: |_, backend| {
            version_refused(
                backend,
                |error| matches!(error, VersionError::TooNew { found } if found == "9.0.0"),
            )
        },
    },
    Row {
        faults: "version=garbage",
        answer: |_, backend| {
            version_refused(backend, |error| {
                matches!(error, VersionError::Unreadable { .. })
            })
        },
    },
    Row {
        faults: "count=1000",
        answer: |_, backend| {
            load_refused(backend, |reason| {
                matches!(reason, Error::TooManyTensors { found: 1000, .. })
            })
        },
    },
    Row {
        faults: "stride@output:0",
        answer: |_, backend| {
            load_refused(
                backend,
                |reason| matches!(reason, Error::BadAttribute { field, .. } if *field == "size_with_stride"),
            )
        },
    },
    Row {
        faults: "stride@input:0",
        answer: |_, backend| {
            expect(load(backend, &coded_picture()), |error| {
                let LoadError::Runtime { reason, .. } = error else {
                    return false;
                };
                matches!(reason, Error::BadAttribute { field, .. } if *field == "w_stride")
            })
        },
    },
    Row {
        faults: "name-unterminated",
        answer: |_, backend| {
            // The inputs are known by their shapes; of the outputs both have the same.
            expect(
                load(backend, &mixer()),
                |error| matches!(error, LoadError::TensorMismatch { role: "output", tensor, .. } if tensor.len() == 256),
            )
        },
    },
    Row {
        faults: "code@query:-99",
        answer: |_, backend| call_failed(backend, Call::Query, Code::Other(-99)),
    },
    Row {
        faults: "",
        answer: |soft, backend| {
            let mut model = goes_on_with(load(backend, &mixer()))?;
            soft.faults("nan@output:1")
                .map_err(|code| code.to_string())?;
            let not_finite = |error: &RunError| matches!(error, RunError::OutputNotFinite { tensor, index: 0 } if tensor == "double");
            let answer = expect(run(model.as_mut(), &mixer()), not_finite)?;
            soft.faults("").map_err(|code| code.to_string())?;
            goes_on(run(model.as_mut(), &mixer()))?;
            Ok(format!("nan@output:1: {answer}"))
        },
    },
    Row {
        faults: "nan@output:1",
        answer: |_, backend| {
            expect(load(backend, &mixer()), |error| {
                let LoadError::TrialRun { reason, .. } = error else {
                    return false;
                };
                matches!(reason, RunError::OutputNotFinite { .. })
            })
        },
    },
    Row {
        faults: "strict-sync",
        answer: |_, backend| {
            let (mut model, outcome) = second_run(backend)?;
            goes_on(outcome)?;
            goes_on(run(model.as_mut(), &mixer()))?;
            let mut picture = goes_on_with(load(backend, &coded_picture()))?;
            goes_on(run(picture.as_mut(), &coded_picture()))?;
            Ok("every memory is synchronised".to_owned())
        },
    },
    Row {
        faults: "",
        answer: |_, backend| {
            let (bytes, manifest) = rknn_file();
            let answer = expect(backend.load(&bytes, &manifest), |error| {
                matches!(error, LoadError::ForeignFormat { .. })
            })?;
            Ok(format!("a .rknn file: {answer}"))
        },
    },
];

/// Walks all rows: after each, all that the library lent is given back.
pub(crate) fn walk(soft: &Soft, pure_rust: bool) {
    let also = if pure_rust { ",pure-rust" } else { "" };
    let path = rknnrt::built_library().expect("it is built");
    for row in ROWS {
        let backend = RknnBackend::open(&path, 3).expect("it opens");
        let faults = format!("{}{also}", row.faults);
        soft.faults(&faults).expect("they are known");
        match (row.answer)(soft, &backend) {
            Ok(answer) => println!("{faults}: {answer}"),
            Err(wrong) => panic!("{faults}: {wrong}"),
        }
        assert_eq!(soft.held(), [0; 4], "{faults}");
    }
    soft.faults("").expect("no faults");
}
