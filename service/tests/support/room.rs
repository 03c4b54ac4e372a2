//! A room where somebody speaks and something moves now and then, and what is kept of it.

use serde_json::{Map, json};
use triune::http::Detection;
use triune::kernel_api::CrystalView;
use triune_core::{BeingId, CrystalKind};

const SECOND: u64 = 1_000_000_000;

/// A wave between 0 and 1 with a period of `seconds`.
pub(super) fn wave(now: f64, seconds: f64, shift: f64) -> f32 {
    (0.5 + 0.5 * (std::f64::consts::TAU * (now / seconds + shift)).sin()) as f32
}

/// Somebody speaks for 3 of every 8 seconds.
pub(super) fn speaks(now: f64) -> bool {
    now % 8.0 < 3.0
}

/// Something moves for 4 of every 11 seconds.
pub(super) fn moves(now: f64) -> bool {
    now % 11.0 < 4.0
}

pub(super) fn speech(now: f64) -> f32 {
    if speaks(now) {
        0.75 + 0.2 * wave(now, 0.7, 0.0)
    } else {
        0.04 + 0.04 * wave(now, 3.0, 0.3)
    }
}

pub(super) fn level(now: f64) -> f32 {
    let voice = if speaks(now) {
        28.0 * wave(now, 0.43, 0.1) * (0.6 + 0.4 * wave(now, 1.7, 0.0))
    } else {
        0.0
    };
    -62.0 + voice + 3.0 * wave(now, 0.19, 0.0)
}

pub(super) fn motion(now: f64) -> f32 {
    if moves(now) {
        0.08 + 0.12 * wave(now, 1.3, 0.0)
    } else {
        0.002
    }
}

pub(super) fn crystal(sequence: u64, age: f64) -> CrystalView {
    let kind = CrystalKind::ALL[(sequence % 6) as usize];
    let mut centres = [0.0; 7];
    for (index, centre) in centres.iter_mut().enumerate() {
        *centre = wave(sequence as f64, 5.0 + index as f64, 0.0);
    }
    CrystalView {
        sequence,
        being: BeingId::FIRST.to_string(),
        cycle: sequence * 2_250,
        kind: kind.name().to_owned(),
        age_s: Some(age),
        unix_ms: None,
        salience: 0.3 + 0.6 * wave(sequence as f64, 7.0, 0.0),
        confidence: 0.9,
        coherence: 0.7,
        centres,
        summary: (kind == CrystalKind::Words).then(|| "good evening, how are you".to_owned()),
    }
}

/// The speech, motion and light of the last minutes.
pub(super) fn made_up(now: f64) -> Vec<Detection> {
    let mut events = Vec::new();
    let mut add = |kind: &str, every: f64, lasts: f64, details: Map<String, serde_json::Value>| {
        let newest = (now / every) as u64;
        for turn in newest.saturating_sub(12)..=newest {
            let start = turn as f64 * every;
            let ended = now > start + lasts;
            events.push(Detection {
                id: turn * 10 + kind.len() as u64 % 10 + u64::from(kind == "speech"),
                kind: kind.to_owned(),
                start_ns: (start * SECOND as f64) as u64,
                end_ns: ended.then_some(((start + lasts) * SECOND as f64) as u64),
                confidence: 0.8 + 0.15 * wave(turn as f64, 5.0, 0.0),
                details: details.clone(),
            });
        }
    };
    let map = |value: serde_json::Value| value.as_object().cloned().unwrap_or_default();
    add("speech", 8.0, 3.0, map(json!({"level_dbfs": -31.5})));
    add("motion", 11.0, 4.0, map(json!({"share": 0.14})));
    add(
        "brightness",
        60.0,
        0.4,
        map(json!({"from": 0.21, "to": 0.48})),
    );
    events.sort_by_key(|event| event.start_ns);
    events
}
