//! Takes impossible inputs as absent, so that the loops only meet finite numbers in range.

use crate::judgement::Judgement;
use crate::percept::{
    ActivationAnswer, BandLevels, GRID_CELLS, LuminanceGrid, Percept, RecallAnswer, TOKEN_CAPACITY,
    ToldPercept,
};

/// Lowest level that hearing reports, decibels relative to full scale.
const LOWEST_LEVEL: f32 = -120.0;
/// Coldest temperature that a board's sensor can mean, degrees Celsius.
const COLDEST: f32 = -60.0;
/// Hottest temperature that a board's sensor can mean, degrees Celsius.
const HOTTEST: f32 = 200.0;

/// The same percept with every impossible field made absent.
pub(crate) fn percept(percept: &Percept) -> Percept {
    let mut clean = *percept;
    let hearing = &mut clean.hearing;
    hearing.level = within(hearing.level, LOWEST_LEVEL, 0.0);
    hearing.onset = within(hearing.onset, 0.0, 1.0);
    hearing.speech = within(hearing.speech, 0.0, 1.0);
    let bands = &hearing.bands;
    let possible = bands
        .values
        .iter()
        .all(|level| (LOWEST_LEVEL..=0.0).contains(level));
    if !possible || !is_confidence(bands.confidence) {
        hearing.bands = BandLevels::ABSENT;
    }
    hearing.bands.reserved = 0;
    let sight = &mut clean.sight;
    sight.brightness = within(sight.brightness, 0.0, 1.0);
    sight.motion = within(sight.motion, 0.0, 1.0);
    if !sight.brightness.is_present() {
        sight.grid = LuminanceGrid([0; GRID_CELLS]);
    }
    let body = &mut clean.body;
    body.load = within(body.load, 0.0, 1.0);
    body.temperature = within(body.temperature, COLDEST, HOTTEST);
    body.memory = within(body.memory, 0.0, 1.0);
    body.pressure = within(body.pressure, 0.0, 1.0);
    clean.told = words(&clean.told);
    let recall = &mut clean.answers.recall;
    recall.similarity = within(recall.similarity, -1.0, 1.0);
    if !recall.similarity.is_present() {
        *recall = RecallAnswer::ABSENT;
    }
    let activation = &clean.answers.activation;
    if !is_confidence(activation.situation_confidence)
        || !is_confidence(activation.feeling_confidence)
    {
        clean.answers.activation = ActivationAnswer::ABSENT;
    }
    clean
}

/// Words with nothing behind the last one; none are absent.
fn words(told: &ToldPercept) -> ToldPercept {
    let count = told.count as usize;
    if count == 0 || count > TOKEN_CAPACITY || !is_confidence(told.confidence) {
        return ToldPercept::ABSENT;
    }
    let mut clean = *told;
    clean.tokens[count..].fill(0);
    clean
}

fn within(judgement: Judgement, low: f32, high: f32) -> Judgement {
    if (low..=high).contains(&judgement.value) && is_confidence(judgement.confidence) {
        judgement
    } else {
        Judgement::ABSENT
    }
}

/// Confidence 0 means absent, which every holder writes as its `ABSENT`.
fn is_confidence(confidence: f32) -> bool {
    confidence > 0.0 && confidence <= 1.0
}
