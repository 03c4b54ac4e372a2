//! A scheduler's figures as people and programs read them.

use crate::http::{ModelView, ModelsView, TensorView};
use crate::status::{Npu, NpuLane, NpuModel, NpuQueue, NpuRefused};
use std::time::Duration;
use triune_npu::TensorDescription;
use triune_npu::scheduler::{ClassStatistics, ModelId, ModelStatistics, Statistics};

/// Puts what a scheduler did into the status; `model` is the recogniser.
pub(super) fn fill(npu: &mut Npu, statistics: &Statistics, model: Option<ModelId>) {
    let workers = &statistics.workers;
    npu.restarts = workers.restarts;
    npu.kills = workers.killed_overdue + workers.killed_faulty;
    npu.lanes = statistics
        .lanes
        .iter()
        .map(|lane| NpuLane {
            busy: lane.busy,
            runs: lane.runs,
        })
        .collect();
    npu.refused = refused(&statistics.classes);
    npu.queue = statistics.classes.iter().map(queue).collect();
    npu.models = statistics.models.iter().map(NpuModel::from).collect();
    let mut models = statistics.models.iter();
    npu.inference_us = models
        .find(|one| Some(one.id) == model && one.runs > 0)
        .map(|recogniser| microseconds(recogniser.p50));
}

/// The JSON of `/v1/models`.
pub(super) fn models_view(statistics: &Statistics) -> ModelsView {
    let view = |model: &ModelStatistics| {
        let manifest = &model.manifest;
        let no_labels = vec![Vec::new(); manifest.inputs.len()];
        ModelView {
            model: NpuModel::from(model),
            licence: manifest.licence.clone(),
            training: manifest.training.clone(),
            inputs: tensors(&manifest.inputs, &no_labels),
            outputs: tensors(&manifest.outputs, &manifest.labels),
        }
    };
    ModelsView {
        backend: Some(statistics.backend.name.clone()),
        models: statistics.models.iter().map(view).collect(),
    }
}

impl From<&ModelStatistics> for NpuModel {
    fn from(model: &ModelStatistics) -> Self {
        let manifest = &model.manifest;
        let has_run = model.runs > 0;
        Self {
            name: model.name.clone(),
            version: manifest.version.clone(),
            precision: manifest
                .file_with(&model.hash)
                .map_or_else(String::new, |file| {
                    file.precision.to_string().to_lowercase()
                }),
            hash: model.hash.to_string(),
            runs: model.runs,
            failures: model.failures,
            p50_us: has_run.then(|| microseconds(model.p50)),
            p99_us: has_run.then(|| microseconds(model.p99)),
            state: if model.quarantined {
                "set aside"
            } else {
                "ready"
            }
            .to_owned(),
        }
    }
}

fn tensors(descriptions: &[TensorDescription], labels: &[Vec<String>]) -> Vec<TensorView> {
    let pairs = descriptions.iter().zip(labels);
    pairs
        .map(|(tensor, labels)| TensorView {
            name: tensor.name.clone(),
            shape: tensor.shape.clone(),
            element: tensor.element.to_string(),
            labels: labels.clone(),
        })
        .collect()
}

fn refused(classes: &[ClassStatistics]) -> NpuRefused {
    let sum = |of: fn(&ClassStatistics) -> u64| classes.iter().map(of).sum();
    NpuRefused {
        queue_full: sum(|class| class.refused_full),
        deadline_cannot_be_kept: sum(|class| class.refused_deadline),
        deadline_passed: sum(|class| class.expired),
        worker_lost: sum(|class| class.lost),
        failed: sum(|class| class.failed),
    }
}

fn queue(class: &ClassStatistics) -> NpuQueue {
    NpuQueue {
        class: class.class.to_string(),
        asked: class.offered,
        answered: class.answered,
        late: class.late,
        withdrawn: class.withdrawn,
        waiting: class.waiting as u64,
        p99_wait_us: microseconds(class.p99_wait),
    }
}

fn microseconds(span: Duration) -> f64 {
    span.as_secs_f64() * 1e6
}
