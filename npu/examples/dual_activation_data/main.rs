//! Makes the training data of the dual activation model.
//!
//! `cargo run -p triune-npu --example dual_activation_data -- --out DIR --seed N`
//!
//! Scenarios with a known truth are seen through noisy senses, run through the kernel's own
//! step and cut into windows. For each set DIR gets `SET_windows.npy` (n, 32, 32; features by
//! samples), `SET_labels.npy` (n, 2; situation and feeling) and `SET_scenarios.npy` (n), and
//! once `names.json`.

#[allow(dead_code, reason = "scenarios are needed here, not days")]
mod generator;
mod npy;
mod sets;

use generator::labels::Feeling;
use generator::scenario::{Example, examples};
use generator::scene::Situation;
use sets::{SETS, Set};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fs, thread};

fn main() -> Result<(), Box<dyn Error>> {
    let (out, seed) = arguments()?;
    fs::create_dir_all(&out)?;
    for (place, set) in SETS.iter().enumerate() {
        write_set(&out, set, sets::seed(seed, place))?;
    }
    let names = serde_json::json!({
        "situations": Situation::NAMES,
        "feelings": Feeling::NAMES,
        "features": triune_npu::FEATURE_NAMES,
        "seed": seed,
        "sets": SETS.iter().map(|set| serde_json::json!({
            "name": set.name,
            "scenarios": set.scenarios,
            "missing": set.difficulty.missing,
            "noise": set.difficulty.noise,
        })).collect::<Vec<_>>(),
    });
    fs::write(
        out.join("names.json"),
        serde_json::to_string_pretty(&names)?,
    )?;
    Ok(())
}

fn arguments() -> Result<(PathBuf, u64), Box<dyn Error>> {
    const USAGE: &str = "usage: dual_activation_data --out DIR --seed N";
    let mut out = None;
    let mut seed = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(USAGE)?;
        match name.as_str() {
            "--out" => out = Some(PathBuf::from(value)),
            "--seed" => seed = Some(value.parse()?),
            _ => return Err(USAGE.into()),
        }
    }
    Ok((out.ok_or(USAGE)?, seed.ok_or(USAGE)?))
}

/// The scenarios are shared out among the processors; their order stays.
fn write_set(out: &Path, set: &Set, seed: u64) -> Result<(), Box<dyn Error>> {
    let workers = thread::available_parallelism()?.get() as u64;
    let mut made: Vec<(u64, Vec<Example>)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|first| {
                scope.spawn(move || {
                    (first..set.scenarios)
                        .step_by(workers as usize)
                        .map(|number| (number, examples(seed, number, set.difficulty)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join())
            .collect::<Result<Vec<_>, _>>()
    })
    .map_err(|_| "a worker panicked")?
    .into_iter()
    .flatten()
    .collect();
    made.sort_by_key(|(number, _)| *number);
    let (mut windows, mut labels, mut scenarios) = (Vec::new(), Vec::new(), Vec::new());
    for (number, examples) in &made {
        for example in examples {
            windows.extend(
                example
                    .elements
                    .iter()
                    .flat_map(|element| element.to_le_bytes()),
            );
            labels.extend([example.situation as u8, example.feeling as u8]);
            scenarios.extend((*number as u32).to_le_bytes());
        }
    }
    let count = labels.len() / 2;
    let file = |part: &str| out.join(format!("{}_{part}.npy", set.name));
    let [_, features, _, samples] = triune_npu::WINDOW_SHAPE;
    npy::write(
        &file("windows"),
        "<f4",
        &[count, features, samples],
        &windows,
    )?;
    npy::write(&file("labels"), "|u1", &[count, 2], &labels)?;
    npy::write(&file("scenarios"), "<u4", &[count], &scenarios)?;
    println!("{}: {} scenarios, {count} windows", set.name, set.scenarios);
    Ok(())
}
