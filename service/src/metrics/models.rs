//! The accelerator, its worker and its models.

use super::sheet::{Sheet, truth};
use crate::status::{Npu, NpuModel, NpuQueue, PartState};
use prometheus_client::registry::Unit;

/// Adds what the accelerator and its models do.
pub(super) fn add(sheet: &mut Sheet, npu: &Npu) {
    sheet.state(
        "npu_state",
        "How the accelerator fares",
        &PartState::ALL.map(PartState::name),
        npu.state.name(),
    );
    if let Some(backend) = &npu.backend {
        sheet.each(
            "npu_info",
            "Where models run",
            None,
            [(vec![("backend", backend.clone())], 1.0)],
        );
    }
    sheet.count(
        "npu_inferences",
        "Inferences of dual activation that were answered",
        npu.inferences,
    );
    sheet.known_of(
        "npu_inference",
        "Median time of the last inferences of dual activation, with the way to the worker and back",
        Unit::Seconds,
        npu.inference_us.map(|us| us / 1e6),
    );
    sheet.known_of(
        "npu_age",
        "Age of what was recognised last",
        Unit::Seconds,
        npu.age_ms.map(|ms| ms / 1e3),
    );
    sheet.known_of(
        "npu_situation_confidence",
        "Probability of the situation recognised",
        Unit::Ratios,
        npu.situation_confidence,
    );
    sheet.known_of(
        "npu_feeling_confidence",
        "Probability of the feeling recognised",
        Unit::Ratios,
        npu.feeling_confidence,
    );
    sheet.known_of(
        "npu_fresh",
        "Share of the first being's cycles whose activation was at most one cycle old",
        Unit::Ratios,
        npu.fresh_share,
    );
    workers(sheet, npu);
}

fn workers(sheet: &mut Sheet, npu: &Npu) {
    sheet.count(
        "npu_worker_restarts",
        "Workers that were started after the first",
        npu.restarts,
    );
    sheet.count(
        "npu_worker_kills",
        "Workers that were killed because they hung or broke the protocol",
        npu.kills,
    );
    let reasons = npu.refused.named();
    sheet.counts(
        "npu_refused",
        "Requests that were refused, by reason",
        reasons.map(|(reason, count)| (vec![("reason", reason.to_owned())], count)),
    );
    let lane = |number: usize| vec![("lane", number.to_string())];
    let lanes = || npu.lanes.iter().enumerate();
    sheet.each(
        "npu_lane_busy",
        "Share of the last second in which a lane ran something",
        Some(Unit::Ratios),
        lanes().map(|(number, figures)| (lane(number), figures.busy)),
    );
    sheet.counts(
        "npu_lane_runs",
        "Requests that a lane ran",
        lanes().map(|(number, figures)| (lane(number), figures.runs)),
    );
    let class = |queue: &NpuQueue| vec![("class", queue.class.clone())];
    sheet.counts(
        "npu_asked",
        "Requests by class",
        npu.queue.iter().map(|queue| (class(queue), queue.asked)),
    );
    sheet.counts(
        "npu_answered",
        "Requests that were answered, by class",
        npu.queue.iter().map(|queue| (class(queue), queue.answered)),
    );
    sheet.each(
        "npu_waiting",
        "Requests that wait, by class",
        None,
        npu.queue
            .iter()
            .map(|queue| (class(queue), queue.waiting as f64)),
    );
    sheet.each(
        "npu_wait_p99",
        "How long 99 of 100 of the last requests of a class waited for a lane",
        Some(Unit::Seconds),
        npu.queue
            .iter()
            .map(|queue| (class(queue), queue.p99_wait_us / 1e6)),
    );
    let model = |model: &NpuModel| vec![("model", model.name.clone())];
    sheet.each(
        "npu_model_info",
        "Which models are loaded",
        None,
        npu.models.iter().map(|one| {
            let mut labels = model(one);
            labels.push(("version", one.version.clone()));
            labels.push(("precision", one.precision.clone()));
            labels.push(("hash", one.hash.clone()));
            (labels, 1.0)
        }),
    );
    sheet.counts(
        "npu_model_runs",
        "Runs of a model that gave a result",
        npu.models.iter().map(|one| (model(one), one.runs)),
    );
    sheet.counts(
        "npu_model_failures",
        "Runs of a model that failed",
        npu.models.iter().map(|one| (model(one), one.failures)),
    );
    let quantile = |one: &NpuModel, quantile: &str, us: Option<f64>| {
        let mut labels = model(one);
        labels.push(("quantile", quantile.to_owned()));
        us.map(|us| (labels, us / 1e6))
    };
    sheet.each(
        "npu_model_run",
        "How long the last runs of a model took, with the way to the worker and back",
        Some(Unit::Seconds),
        npu.models
            .iter()
            .flat_map(|one| {
                [
                    quantile(one, "0.5", one.p50_us),
                    quantile(one, "0.99", one.p99_us),
                ]
            })
            .flatten(),
    );
    sheet.each(
        "npu_model_set_aside",
        "1 for a model that was set aside because it ended its worker again and again",
        None,
        npu.models
            .iter()
            .map(|one| (model(one), truth(one.state == "set aside"))),
    );
}
