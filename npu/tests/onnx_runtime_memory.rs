//! ONNX Runtime gives back what it takes: alone in its process, so that no other test is counted.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::mixer;
use std::fs;
use triune_npu::{
    Backend, CpuBackends, CpuSettings, Model, OnnxRuntimeBackend, Provider, ProviderWish, Tensor,
};

/// What the process holds in memory, in KiB (`proc_pid_status(5)`).
fn held() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap()
}

fn run(model: &mut dyn Model, times: usize) {
    let specimen = mixer();
    let inputs: Vec<_> = specimen.inputs.iter().map(Tensor::view).collect();
    let mut outputs = specimen.outputs.clone();
    for _ in 0..times {
        let mut views: Vec<_> = outputs.iter_mut().map(Tensor::view_mut).collect();
        model.run(&inputs, &mut views).unwrap();
    }
}

#[test]
fn runs_and_loads_leave_nothing_behind() {
    let found = CpuBackends::find(&CpuSettings {
        provider: ProviderWish::Only(Provider::Cpu),
        ..CpuSettings::default()
    });
    let Some(library) = found.library else {
        println!("skipped: no ONNX Runtime (`cargo appliance setup` brings it)");
        return;
    };
    let specimen = mixer();
    let backend = OnnxRuntimeBackend::open(&library, Provider::Cpu).unwrap();
    let load = || backend.load(&specimen.bytes, &specimen.manifest).unwrap();
    let mut model = load();
    // The first ones fill what is kept for the next.
    run(model.as_mut(), 5_000);
    (0..300).for_each(|_| drop(load()));
    let before = held();
    // A value that is not released is some 200 bytes, and each run makes four.
    run(model.as_mut(), 20_000);
    (0..500).for_each(|_| drop(load()));
    let grown = held().saturating_sub(before);
    assert!(grown < 3_000, "{grown} KiB more");
}
