//! The models: real inferences, where they run, and what was tried before.

use super::examination::{Examination, Verdict};
use std::time::{Duration, Instant};
use triune_board::{NpuSpec, RknnNpu};
use triune_core::{Being, BeingId, Percept, Tick, step};
use triune_hal::open_npu;
use triune_npu::{
    Backend, CpuSettings, DualActivation, FileFormat, PureRustBackend, SAMPLE_INTERVAL,
};

/// Inferences that are run on each lane.
const INFERENCES: u32 = 200;

pub(super) fn examine(npu: &NpuSpec) -> Examination {
    let found = open_npu(npu, &CpuSettings::default());
    let backend = found.backend.as_ref();
    let lanes = match measure(backend, npu) {
        Ok(lanes) => lanes,
        Err(why) => return Examination::failed("npu", format!("{}: {why}", backend.name())),
    };
    // In capitals, so that nobody takes one for the other.
    let device = backend.name().to_uppercase();
    let mut findings: Vec<String> = lanes
        .into_iter()
        .enumerate()
        .map(|(lane, span)| format!("core {}: {device}: {}", lane + 1, rate(span)))
        .collect();
    match &found.library {
        Some(library) => {
            findings.push(format!("library: {}", library.display()));
            findings.push(beside());
        }
        None => findings.push("library: none, it is built in".to_owned()),
    }
    findings.extend(
        found
            .tried
            .iter()
            .map(|tried| format!("not taken: {tried}")),
    );
    Examination {
        part: "npu",
        verdict: Verdict::Fine,
        device,
        findings,
    }
}

/// What pure Rust would do in its place.
fn beside() -> String {
    let pure = PureRustBackend::new();
    let outcome = match recogniser(&pure, &NpuSpec::None).and_then(infer) {
        Ok(span) => rate(span),
        Err(why) => format!("failed: {why}"),
    };
    format!("beside it {}: {outcome}", pure.name().to_uppercase())
}

fn rate(span: Duration) -> String {
    format!(
        "dual activation, {:.1} us an inference ({:.0} a second, {INFERENCES} run)",
        span.as_secs_f64() * 1e6,
        1.0 / span.as_secs_f64().max(1e-9)
    )
}

/// Time of an inference on each lane, all lanes at work at once.
fn measure(backend: &dyn Backend, npu: &NpuSpec) -> Result<Vec<Duration>, String> {
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..backend.lanes())
            .map(|_| scope.spawn(|| infer(recogniser(backend, npu)?)))
            .collect();
        lanes
            .into_iter()
            .map(|lane| lane.join().map_err(|_| "it panicked".to_owned())?)
            .collect()
    })
}

/// The recogniser that every program carries, or the board's own where converted files are taken alone.
fn recogniser(backend: &dyn Backend, npu: &NpuSpec) -> Result<DualActivation, String> {
    let loaded = match npu {
        NpuSpec::Rknn(RknnNpu {
            recogniser: Some(folder),
            ..
        }) if !backend.formats().contains(&FileFormat::Onnx) => {
            DualActivation::load_folder(backend, folder)
        }
        _ => DualActivation::load_shipped(backend),
    };
    loaded.map_err(|error| error.to_string())
}

/// Time of an inference, on the states of a being to whom nothing happens.
fn infer(mut recogniser: DualActivation) -> Result<Duration, String> {
    let mut being = Being::new(BeingId::FIRST);
    let (mut spent, mut run) = (Duration::ZERO, 0);
    while run < INFERENCES {
        let tick = Tick {
            time: being.state.time.after(SAMPLE_INTERVAL),
            elapsed: SAMPLE_INTERVAL,
        };
        let (state, _) = step(
            &being.state,
            &Percept::ABSENT,
            being.consent,
            &being.parameters,
            tick,
        );
        being.state = state;
        recogniser.observe(&being.state);
        let began = Instant::now();
        let activation = recogniser.activate().map_err(|error| error.to_string())?;
        if activation.is_some() {
            spent += began.elapsed();
            run += 1;
        }
    }
    Ok(spent / INFERENCES)
}
