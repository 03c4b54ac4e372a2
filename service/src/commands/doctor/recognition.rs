//! The models: real inferences, and where they run.

use super::examination::{Examination, Verdict};
use std::time::{Duration, Instant};
use triune_core::{Being, BeingId, Percept, Tick, step};
use triune_npu::{PureRustBackend, DualActivation, SAMPLE_INTERVAL};

/// Inferences that are run.
const INFERENCES: u32 = 200;

pub(super) fn examine() -> Examination {
    match infer() {
        Ok((backend, span)) => Examination {
            part: "npu",
            verdict: Verdict::Fine,
            // In capitals, so that nobody takes one for the other.
            device: backend.to_uppercase(),
            findings: vec![format!(
                "dual activation: {:.1} us an inference ({:.0} a second, {INFERENCES} run)",
                span.as_secs_f64() * 1e6,
                1.0 / span.as_secs_f64().max(1e-9)
            )],
        },
        Err(why) => Examination::failed("npu", why),
    }
}

fn infer() -> Result<(String, Duration), String> {
    let backend = PureRustBackend::new();
    let mut recogniser =
        DualActivation::load_shipped(&backend).map_err(|error| error.to_string())?;
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
    Ok((recogniser.backend_name().to_owned(), spent / INFERENCES))
}
