//! The accuracy on the card, measured again from nothing: the held-out scenarios are run through
//! the kernel's step and what observes it, as in service.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../examples/dual_activation_data/generator/mod.rs"]
#[allow(dead_code, reason = "only states are needed here, not windows")]
mod generator;
#[path = "../examples/dual_activation_data/sets.rs"]
mod sets;

use generator::scenario::run;
use serde_json::Value;
use std::fs;
use std::path::Path;
use triune_core::{State, Timestamp};
use triune_npu::{DualActivation, Manifest, Precision, PureRustBackend};

/// How far the accuracy may lie from the card's, as a share: other states are taken here.
const MARGIN: f64 = 0.02;
/// Time between two windows that count.
const INTERVAL: u64 = 2_000_000_000;

/// One file of the model, and how often it was right.
struct Candidate {
    figures: &'static str,
    recogniser: DualActivation,
    due: Timestamp,
    asked: f64,
    right: [f64; 2],
}

impl Candidate {
    fn load(precision: Precision, figures: &'static str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/dual_activation");
        let text = fs::read_to_string(folder.join("manifest.toml")).unwrap();
        let manifest = Manifest::parse(&text).unwrap();
        let mut files = manifest.files.iter();
        let file = files.find(|file| file.precision == precision).unwrap();
        let bytes = fs::read(folder.join(&file.name)).unwrap();
        Self {
            figures,
            recogniser: DualActivation::load(&PureRustBackend::new(), &bytes, &manifest).unwrap(),
            due: Timestamp(0),
            asked: 0.0,
            right: [0.0; 2],
        }
    }

    fn see(&mut self, state: &State, labels: [u32; 2]) {
        if self.recogniser.observe(state)
            && state.time >= self.due
            && let Some(found) = self.recogniser.activate().unwrap()
        {
            self.due = state.time.after(INTERVAL);
            self.asked += 1.0;
            for (head, said) in [found.situation, found.feeling].into_iter().enumerate() {
                self.right[head] += f64::from(u8::from(said == labels[head]));
            }
        }
    }
}

#[test]
fn the_card_holds_on_its_held_out_scenarios() {
    let figures: Value =
        serde_json::from_str(include_str!("../../models/dual_activation/figures.json")).unwrap();
    let figure = |path: String| figures.pointer(&path).and_then(Value::as_f64).unwrap();
    let place = sets::SETS
        .iter()
        .position(|set| set.name == "test")
        .unwrap();
    let set = &sets::SETS[place];
    let seed = sets::seed(figures["seed"].as_u64().unwrap(), place);
    let mut candidates = [
        Candidate::load(Precision::F32, "model"),
        Candidate::load(Precision::Int8, "int8"),
    ];
    for number in 0..set.scenarios {
        for candidate in &mut candidates {
            candidate.due = Timestamp(0);
        }
        run(seed, number, set.difficulty, |labelled| {
            let labels = [labelled.situation as u32, labelled.feeling as u32];
            for candidate in &mut candidates {
                candidate.see(labelled.state, labels);
            }
        });
    }
    for candidate in &candidates {
        for (head, name) in ["situation", "feeling"].into_iter().enumerate() {
            let accuracy = candidate.right[head] / candidate.asked;
            let of = |who: &str| figure(format!("/sets/test/{name}/{who}/accuracy"));
            let stated = of(candidate.figures);
            println!(
                "{}, {name}: {accuracy:.4} of {} windows; the card says {stated:.4}",
                candidate.figures, candidate.asked
            );
            assert!((accuracy - stated).abs() <= MARGIN, "{name}: {accuracy}");
            assert!(
                accuracy > of("rule") && accuracy > of("majority"),
                "{name}: {accuracy}"
            );
        }
    }
}
