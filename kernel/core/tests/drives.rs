//! What each percept does to each energy centre.
#![allow(missing_docs)]
mod common;
use common::{quiet, run, run_joined};
use triune_core::*;

/// What becomes of a centre.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Moves {
    Up,
    Down,
    Not,
}
use Moves::{Down, Not, Up};

/// A change of the quiet percept, and what two seconds of it do to each centre, in the order of
/// [`EnergyCentre::ALL`]: vitality, motion, sound, presence, voice, novelty, coherence.
type Row = (&'static str, fn(&mut Percept), [Moves; 7]);

/// What only one loop notices parts the loops: it lowers coherence.
const TABLE: [Row; 29] = [
    (
        "loudness",
        |p| p.hearing.level = Judgement::fresh(-10.0, 1.0),
        [Not, Not, Up, Not, Not, Up, Down],
    ),
    (
        "silence",
        |p| p.hearing.level = Judgement::fresh(-90.0, 1.0),
        [Not, Not, Down, Not, Not, Up, Down],
    ),
    (
        "an onset",
        |p| p.hearing.onset = Judgement::fresh(1.0, 1.0),
        [Not, Not, Not, Not, Not, Up, Down],
    ),
    (
        "an onset long past",
        |p| p.hearing.onset = Judgement::fresh(1.0, 1.0).aged(3_600_000_000_000),
        [Not; 7],
    ),
    (
        "a voice",
        |p| p.hearing.speech = Judgement::fresh(0.95, 1.0),
        [Not, Not, Not, Up, Up, Up, Down],
    ),
    (
        "a doubtful voice",
        |p| p.hearing.speech = Judgement::fresh(0.95, 0.3),
        [Not, Not, Not, Up, Up, Up, Down],
    ),
    (
        "another colour of sound",
        |p| p.hearing.bands.values[5] = -10.0,
        [Not; 7],
    ),
    (
        "no more sound",
        |p| p.hearing = HearingPercept::ABSENT,
        [Not, Not, Down, Not, Not, Not, Down],
    ),
    (
        "light",
        |p| p.sight.brightness = Judgement::fresh(1.0, 1.0),
        [Not, Not, Not, Not, Not, Up, Down],
    ),
    (
        "movement",
        |p| p.sight.motion = Judgement::fresh(0.5, 1.0),
        [Not, Up, Not, Up, Not, Up, Down],
    ),
    (
        "another picture of the same light",
        |p| p.sight.grid.0[7] = 250,
        [Not; 7],
    ),
    (
        "no more pictures",
        |p| p.sight = SightPercept::ABSENT,
        [Not; 7],
    ),
    (
        "heat",
        |p| p.body.temperature = Judgement::fresh(88.0, 1.0),
        [Down, Not, Not, Not, Not, Up, Down],
    ),
    (
        "cold",
        |p| p.body.temperature = Judgement::fresh(20.0, 1.0),
        [Up, Not, Not, Not, Not, Up, Down],
    ),
    (
        "load",
        |p| p.body.load = Judgement::fresh(0.9, 1.0),
        [Down, Not, Not, Not, Not, Up, Down],
    ),
    (
        "full memory",
        |p| p.body.memory = Judgement::fresh(0.9, 1.0),
        [Down, Not, Not, Not, Not, Up, Down],
    ),
    (
        "pressure",
        |p| p.body.pressure = Judgement::fresh(0.9, 1.0),
        [Down, Not, Not, Not, Not, Up, Down],
    ),
    (
        "pressure that is not to be trusted",
        |p| p.body.pressure = Judgement::fresh(0.9, 0.01),
        [Not; 7],
    ),
    (
        "nothing felt any more",
        |p| p.body = BodyPercept::ABSENT,
        [Down, Not, Not, Not, Not, Not, Down],
    ),
    (
        "words",
        |p| p.told = ToldPercept::from_text("if the reason is love then hope and trust"),
        [Not, Not, Not, Not, Not, Not, Down],
    ),
    (
        "words that are not to be trusted",
        |p| {
            p.told = ToldPercept::from_text("if the reason is love then hope and trust");
            p.told.confidence = 0.2;
        },
        [Not; 7],
    ),
    (
        "words long past",
        |p| {
            p.told = ToldPercept::from_text("if the reason is love then hope and trust");
            p.told = p.told.aged(59_000_000_000);
        },
        [Not; 7],
    ),
    (
        "memory has nothing like it",
        |p| p.answers.recall = recall(0.1, 1.0),
        [Not, Not, Not, Not, Not, Up, Down],
    ),
    (
        "memory has the same",
        |p| p.answers.recall = recall(1.0, 1.0),
        [Not; 7],
    ),
    (
        "which crystal it is",
        |p| {
            p.answers.recall = RecallAnswer {
                crystal: 99,
                ..recall(1.0, 1.0)
            }
        },
        [Not; 7],
    ),
    (
        "a doubtful recollection",
        |p| p.answers.recall = recall(0.1, 0.2),
        [Not; 7],
    ),
    (
        "a situation that is hardly recognised",
        |p| p.answers.activation = activation(0.5),
        [Not, Not, Not, Not, Not, Up, Down],
    ),
    (
        "a situation that is well recognised",
        |p| p.answers.activation = activation(1.0),
        [Not; 7],
    ),
    (
        "a feeling by another name",
        |p| {
            p.answers.activation = ActivationAnswer {
                feeling: 5,
                feeling_confidence: 0.6,
                ..activation(1.0)
            }
        },
        [Not; 7],
    ),
];

fn recall(similarity: f32, confidence: f32) -> RecallAnswer {
    RecallAnswer {
        crystal: 3,
        similarity: Judgement::fresh(similarity, confidence),
    }
}

fn activation(situation_confidence: f32) -> ActivationAnswer {
    ActivationAnswer {
        situation: 2,
        feeling: 1,
        situation_confidence,
        feeling_confidence: 0.9,
        age: 0,
    }
}

/// What two seconds of `percept` after eight of quiet change in each centre.
fn difference(percept: &Percept, coupling: f32) -> [f32; 7] {
    let mut calm = Being::new(BeingId::FIRST);
    calm.parameters.centre_coupling = coupling;
    run(&mut calm, &quiet(), 2_000);
    let mut moved = calm.clone();
    run(&mut calm, &quiet(), 500);
    run(&mut moved, percept, 500);
    EnergyCentre::ALL.map(|centre| {
        moved.state.experiential.centres[centre] - calm.state.experiential.centres[centre]
    })
}

/// Without coupling, so that each row says what a percept does itself.
#[test]
fn each_percept_moves_each_centre_as_it_should() {
    for (name, change, expected) in TABLE {
        let mut percept = quiet();
        change(&mut percept);
        let differences = difference(&percept, 0.0);
        for ((centre, expected), by) in EnergyCentre::ALL.iter().zip(expected).zip(differences) {
            let moves = match by {
                by if by > 0.012 => Up,
                by if by < -0.012 => Down,
                _ => Not,
            };
            let centre = centre.name();
            assert_eq!(moves, expected, "{name} moves {centre} by {by}");
        }
    }
}

macro_rules! field {
    ($($name:ident).+) => {
        (
            stringify!($($name).+),
            std::mem::offset_of!(Percept, $($name).+),
            size_of_val(&Percept::ABSENT.$($name).+),
        )
    };
}

/// Every field of a percept is changed by some row; a new field needs a new row.
#[test]
fn every_percept_field_has_its_row() {
    use zerocopy::IntoBytes;
    let calm = quiet();
    let mut touched = vec![false; size_of::<Percept>()];
    for (_, change, _) in TABLE {
        let mut percept = calm;
        change(&mut percept);
        for (touched, (was, is)) in touched
            .iter_mut()
            .zip(calm.as_bytes().iter().zip(percept.as_bytes()))
        {
            *touched |= was != is;
        }
    }
    let fields: [(&str, usize, usize); 16] = [
        field!(hearing.level),
        field!(hearing.onset),
        field!(hearing.speech),
        field!(hearing.bands),
        field!(sight.brightness),
        field!(sight.motion),
        field!(sight.grid),
        field!(body.load),
        field!(body.temperature),
        field!(body.memory),
        field!(body.pressure),
        field!(told.tokens),
        field!(told.count),
        field!(answers.recall.crystal),
        field!(answers.recall.similarity),
        field!(answers.activation),
    ];
    for (name, from, size) in fields {
        assert!(touched[from..from + size].contains(&true), "{name}");
    }
    let covered = fields.iter().map(|(_, _, size)| size).sum::<usize>();
    // Confidence and age of what was told.
    assert_eq!(covered + size_of::<f32>() + size_of::<u64>(), touched.len());
}

#[test]
fn neighbours_pull_on_each_other() {
    let mut percept = quiet();
    percept.hearing.level = Judgement::fresh(-10.0, 1.0);
    let (alone, coupled) = (difference(&percept, 0.0), difference(&percept, 0.3));
    let (motion, sound, presence) = (
        EnergyCentre::Motion as usize,
        EnergyCentre::Sound as usize,
        EnergyCentre::Presence as usize,
    );
    assert!(alone[motion].abs() < 1e-6 && alone[presence].abs() < 1e-6);
    assert!(coupled[motion] > 0.02 && coupled[presence] > 0.02);
    assert!(coupled[sound] < alone[sound], "it gives what they get");
}

#[test]
fn an_absent_sense_lets_its_centre_rest() {
    let mut being = Being::new(BeingId::FIRST);
    let mut loud = quiet();
    loud.hearing.level = Judgement::fresh(-5.0, 1.0);
    run(&mut being, &loud, 1_000);
    assert!(being.state.experiential.centres[EnergyCentre::Sound] > 0.6);
    let mut deaf = loud;
    deaf.hearing = HearingPercept::ABSENT;
    run(&mut being, &deaf, 2_500);
    // Its neighbours still pull a little.
    assert!(being.state.experiential.centres[EnergyCentre::Sound] < 0.15);
    let loudness = being.state.environmental.scene[SceneFeature::Loudness as usize];
    assert_eq!(loudness.confidence, 0.0);
}

/// A scene that is not renewed is not believed for ever.
#[test]
fn a_stale_scene_lets_the_centres_rest() {
    let mut being = Being::new(BeingId::FIRST);
    let mut loud = quiet();
    loud.hearing.level = Judgement::fresh(-5.0, 1.0);
    run(&mut being, &loud, 1_000);
    let blind = LoopSet::ALL.with(LoopKind::Environmental, false);
    run_joined(&mut being, &loud, blind, 2_500);
    assert!(being.state.experiential.centres[EnergyCentre::Sound] < 0.15);
    let vitality = being.state.experiential.centres[EnergyCentre::Vitality];
    assert!((vitality - being.parameters.resting_vitality).abs() < 0.1);
}
