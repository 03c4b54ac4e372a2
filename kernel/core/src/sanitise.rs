//! Takes impossible inputs as absent, so that the loops only meet finite numbers in range.

use crate::judgement::Judgement;
use crate::percept::{
    ActivationAnswer, BandLevels, GRID_CELLS, LEVEL_RANGE, LuminanceGrid, Percept, RecallAnswer,
    SHARE_RANGE, SIMILARITY_RANGE, TEMPERATURE_RANGE, TOKEN_CAPACITY, ToldPercept,
};

/// The same percept with every impossible field made absent.
pub(crate) fn percept(percept: &Percept) -> Percept {
    let mut clean = *percept;
    let hearing = &mut clean.hearing;
    hearing.level = within(hearing.level, LEVEL_RANGE);
    hearing.onset = within(hearing.onset, SHARE_RANGE);
    hearing.speech = within(hearing.speech, SHARE_RANGE);
    let bands = &hearing.bands;
    let (lowest, highest) = LEVEL_RANGE;
    let possible = bands
        .values
        .iter()
        .all(|level| (lowest..=highest).contains(level));
    if !possible || !is_confidence(bands.confidence) {
        hearing.bands = BandLevels::ABSENT;
    }
    hearing.bands.reserved = 0;
    let sight = &mut clean.sight;
    sight.brightness = within(sight.brightness, SHARE_RANGE);
    sight.motion = within(sight.motion, SHARE_RANGE);
    if !sight.brightness.is_present() {
        sight.grid = LuminanceGrid([0; GRID_CELLS]);
    }
    let body = &mut clean.body;
    body.load = within(body.load, SHARE_RANGE);
    body.temperature = within(body.temperature, TEMPERATURE_RANGE);
    body.memory = within(body.memory, SHARE_RANGE);
    body.pressure = within(body.pressure, SHARE_RANGE);
    clean.told = words(&clean.told);
    let recall = &mut clean.answers.recall;
    recall.similarity = within(recall.similarity, SIMILARITY_RANGE);
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

fn within(judgement: Judgement, (low, high): (f32, f32)) -> Judgement {
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
