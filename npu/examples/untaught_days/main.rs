//! dump (exploration)
#![allow(dead_code)]
#[path = "../dual_activation_data/generator/mod.rs"]
mod generator;
use std::io::Write;
use generator::day::{Truth, day};
use triune_npu::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let (lo, hi, regimes, hours): (u64, u64, usize, f64) = (a[1].parse().unwrap(), a[2].parse().unwrap(), a[3].parse().unwrap(), a[4].parse().unwrap());
    let source = DualActivation::shipped().unwrap(); let _ = source;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/dual_activation");
    let folder = ModelFolder::open(&folder).unwrap();
    let bytes = folder.read(&folder.manifest().files[0]).unwrap();
    let backend = PureRustBackend::new();
    let mut model = backend.load(&bytes, folder.manifest()).unwrap();
    let mut outputs: Vec<Tensor> = folder.manifest().outputs.iter().map(Tensor::zero).collect();
    let mut input = Tensor::zero(&folder.manifest().inputs[0]);
    let mut out = std::io::BufWriter::new(std::fs::File::create(&a[5]).unwrap());
    for seed in lo..=hi {
        let mut window = StateWindow::new();
        let mut due = triune_core::Timestamp(0);
        let t0 = std::time::Instant::now();
        let mut n = 0;
        let mut segments = triune_npu::patterns::Segments::default();
        let mut trace = None;
        let mut truths: Vec<Truth> = vec![];
        day(seed, regimes, hours * 3600.0, |state, truth| {
            if window.observe(state) && state.time >= due && window.write(input.as_f32_mut().unwrap()) {
                due = state.time.after(950_000_000);
                let mut views: Vec<_> = outputs.iter_mut().map(Tensor::view_mut).collect();
                model.run(&[input.view()], &mut views).unwrap();
                let t: [f32; 64] = outputs[2].as_f32().unwrap().try_into().unwrap();
                trace = Some(t);
            }
            let Some(trace) = &trace else { return };
            let f = features(state);
            truths.push(truth);
            if let Some(segment) = segments.observe(&triune_npu::patterns::Observation { time: state.time, trace, features: &f }) {
                let code = |t: Truth| match t { Truth::Taught(s) => s as u8 as f32, Truth::Untaught(p) => 100.0 + p as f32 };
                let pure = truths.iter().all(|t| *t == truths[0]);
                truths.clear();
                let mut row = vec![seed as f32, if pure { code(truth) } else { -1.0 }];
                row.extend(segment.trace);
                row.extend(segment.signature);
                row.extend(outputs[0].as_f32().unwrap());
                for v in row { out.write_all(&v.to_le_bytes()).unwrap(); }
                n += 1;
            }
        });
        eprintln!("{seed}: {n} {:?}", t0.elapsed());
    }
}
