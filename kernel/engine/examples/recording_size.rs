//! Measures what a recording costs: bytes for each hour at 250 Hz and processor time of its writer.
//!
//! `cargo run --release -p triune-engine --example recording_size -- [SECONDS]`
#![allow(missing_docs)]
#[path = "../tests/synthetic/mod.rs"]
mod synthetic;

use std::time::{Duration, Instant};
use synthetic::SyntheticRun;
use triune_engine::{Reader, RecordingHeader, Writer, replay};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seconds: u64 = std::env::args()
        .nth(1)
        .map_or(Ok(3600), |text| text.parse())?;
    for beings in [1, 8] {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("run.triune");
        let mut writer = Writer::create(&path, &RecordingHeader::new(synthetic::PERIOD, 0))?;
        let mut run = SyntheticRun::new(beings, 0x2545_F491_4F6C_DD1D);
        let mut spent = Duration::ZERO;
        for _ in 0..seconds * 250 {
            run.cycle();
            let began = Instant::now();
            for entry in run.entries.drain(..) {
                writer.add(&entry)?;
            }
            spent += began.elapsed();
        }
        let summary = writer.finish()?;
        let hours = seconds as f64 / 3600.0;
        let began = Instant::now();
        let report = replay(&mut Reader::open(&path)?, Default::default(), |_| {})?;
        println!(
            "{beings} beings, {seconds} s: {:.1} MB for each hour (plain {:.0} MB), writer {:.2} us for each step with fsync, replay {:.2} us, identical: {}",
            summary.bytes as f64 / hours / 1e6,
            summary.uncompressed as f64 / hours / 1e6,
            spent.as_secs_f64() * 1e6 / summary.steps as f64,
            began.elapsed().as_secs_f64() * 1e6 / summary.steps as f64,
            report.difference.is_none() && !report.end_disagrees,
        );
    }
    Ok(())
}
