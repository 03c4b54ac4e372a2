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
use triune_core::Timestamp;
use triune_npu::{DualActivation, PureRustBackend};

/// How far the accuracy may lie from the card's, as a share: other states are taken here.
const MARGIN: f64 = 0.02;

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
    let mut recogniser = DualActivation::load_shipped(&PureRustBackend::new()).unwrap();
    let mut asked = 0.0;
    let mut right = [0.0; 2];
    for number in 0..set.scenarios {
        let mut due = Timestamp(0);
        run(seed, number, set.difficulty, |labelled| {
            let state = labelled.state;
            if recogniser.observe(state)
                && state.time >= due
                && let Some(found) = recogniser.activate().unwrap()
            {
                due = state.time.after(2_000_000_000);
                asked += 1.0;
                right[0] += f64::from(u8::from(found.situation == labelled.situation as u32));
                right[1] += f64::from(u8::from(found.feeling == labelled.feeling as u32));
            }
        });
    }
    for (head, name) in ["situation", "feeling"].into_iter().enumerate() {
        let accuracy = right[head] / asked;
        let of = |who: &str| figure(format!("/sets/test/{name}/{who}/accuracy"));
        println!(
            "{name}: {accuracy:.4} of {asked} windows; the card says {:.4}",
            of("model")
        );
        assert!(
            (accuracy - of("model")).abs() <= MARGIN,
            "{name}: {accuracy}"
        );
        assert!(
            accuracy > of("rule") && accuracy > of("majority"),
            "{name}: {accuracy}"
        );
    }
}
