//! Faults on purpose: what they do to the senses, what the kernel makes of them, and that a
//! recording of them replays.
#![allow(missing_docs)]
mod recorded;
mod synthetic;

use proptest::prelude::*;
use recorded::{bytes_of, replay_bytes};
use std::sync::Arc;
use synthetic::Senses;
use triune_core::*;
use triune_engine::*;

const PERIOD: Nanoseconds = 4_000_000;
const SECOND: Nanoseconds = 1_000_000_000;
const BEGIN: Timestamp = Timestamp(50 * SECOND);

/// Lively senses, all of them present, with words every tenth of a second.
struct Lively(Senses, u64);

impl PerceptSource for Lively {
    fn sample(&mut self, now: Timestamp, percept: &mut Percept) {
        *percept = self.0.at(now);
        percept.answers.activation = ActivationAnswer {
            situation: 1,
            feeling: 2,
            situation_confidence: 0.9,
            feeling_confidence: 0.8,
            age: 0,
        };
        percept.told = ToldPercept::ABSENT;
        if self.1.is_multiple_of(25) {
            percept.told = ToldPercept::from_text("hope");
            percept.told.tokens[0] = self.1 + 1;
        }
        self.1 += 1;
    }
}

/// A kernel of one being that runs with faults.
struct World {
    source: FaultySource<Lively>,
    executor: FaultyExecutor<InlineExecutor>,
    works: [BeingWork; 1],
    now: Timestamp,
    faults: Arc<Faults>,
    entries: Vec<Entry>,
}

impl World {
    fn new(plan: &str) -> Self {
        let plan: FaultPlan = plan.parse().expect("a plan");
        let faults = plan.begin(BEGIN);
        let being = Being::new(BeingId::FIRST);
        Self {
            source: FaultySource::new(Lively(Senses::new(99), 0), Arc::clone(&faults)),
            executor: FaultyExecutor::new(InlineExecutor, Arc::clone(&faults)),
            entries: vec![Entry::Joined(BeingStart::from(&being))],
            works: [BeingWork::new(being)],
            now: BEGIN,
            faults,
        }
    }

    /// One cycle; gives the percept as it was sampled.
    fn cycle(&mut self) -> Percept {
        let mut sampled = Percept::ABSENT;
        self.source.sample(self.now, &mut sampled);
        let consent = Consent::ALL;
        let work = &mut self.works[0];
        work.percept = admit(&sampled, consent);
        let joined = self.executor.run(&mut self.works, PERIOD, self.now);
        let tick = Tick {
            time: self.now,
            elapsed: PERIOD,
        };
        let work = &mut self.works[0];
        let parameters = &work.being.parameters;
        let before = &work.being.state;
        let (state, _) = integrate(
            before,
            &work.loops,
            joined,
            &work.percept,
            consent,
            parameters,
            tick,
        );
        work.being.state = state;
        self.entries.push(Entry::Cycle(CycleRecord {
            tick,
            period: PERIOD,
            lateness: 0,
            skipped: 0,
            joined,
            beings: 1,
            level: 0,
            burst: 0,
        }));
        self.entries.push(Entry::Step(StepRecord {
            being: state.being,
            consent,
            reserved: 0,
            percept: work.percept,
            state,
        }));
        assert_in_range(&state);
        self.now = self.now.after(PERIOD);
        sampled
    }

    /// Cycles until `time` after the beginning; gives what was sampled.
    fn until(&mut self, time: Nanoseconds) -> Vec<Percept> {
        let mut sampled = Vec::new();
        while self.now.since(BEGIN) < time {
            sampled.push(self.cycle());
        }
        sampled
    }

    fn state(&self) -> &State {
        &self.works[0].being.state
    }

    fn confidence(&self, feature: SceneFeature) -> f32 {
        self.state().environmental.scene[feature as usize].confidence
    }
}

fn assert_in_range(state: &State) {
    let unsigned = |name: &str| !name.contains("velocities") && !name.contains("evidence");
    for (index, field) in STATE_FIELDS.iter().enumerate() {
        if let Some(FieldValue::F32(value)) = state.field(index) {
            let possible = if unsigned(field.name) {
                (0.0..=1.0).contains(&value)
            } else {
                value.is_finite()
            };
            assert!(possible, "{} = {value}", field.name);
        }
    }
}

/// The sense of a target and a scene feature that rests on it alone.
const SENSES: [(&str, SceneFeature); 3] = [
    ("hearing", SceneFeature::Loudness),
    ("sight", SceneFeature::Brightness),
    ("body", SceneFeature::Heat),
];

#[test]
fn what_fails_loses_its_confidence_and_comes_back() {
    for (sense, feature) in SENSES {
        for kind in ["missing", "nan", "out-of-range"] {
            let mut world = World::new(&format!("{sense}={kind}@1s..2s"));
            world.until(SECOND);
            assert!(world.confidence(feature) > 0.9, "{sense} before {kind}");
            world.until(2 * SECOND);
            assert_eq!(world.confidence(feature), 0.0, "{sense} while {kind}");
            for (_, other) in SENSES.iter().filter(|(other, _)| *other != sense) {
                assert!(world.confidence(*other) > 0.9, "{other:?} is not {kind}");
            }
            world.until(3 * SECOND);
            assert!(world.confidence(feature) > 0.9, "{sense} after {kind}");
        }
    }
}

#[test]
fn what_is_frozen_goes_stale() {
    for (sense, feature) in SENSES {
        let mut world = World::new(&format!("{sense}=frozen@1s..4s"));
        world.until(SECOND);
        let before = world.state().environmental.scene[feature as usize].now;
        world.until(2 * SECOND);
        let half = world.confidence(feature);
        assert!(half > 0.3 && half < 0.7, "{sense} after a second: {half}");
        let now = world.state().environmental.scene[feature as usize].now;
        assert_eq!(now, before, "{sense} stays what it was");
        world.until(4 * SECOND);
        assert_eq!(world.confidence(feature), 0.0, "{sense} is stale");
        world.until(5 * SECOND);
        assert!(world.confidence(feature) > 0.9, "{sense} came back");
    }
}

#[test]
fn what_is_late_is_what_was_and_says_so() {
    let mut undisturbed = World::new("");
    let expected = undisturbed.until(3 * SECOND);
    let mut world = World::new("hearing=late:200ms@1s..2s");
    let sampled = world.until(3 * SECOND);
    assert_eq!(sampled[..250], expected[..250]);
    for cycle in 250..500 {
        let late = expected[cycle - 50].hearing.aged(200_000_000);
        assert_eq!(sampled[cycle].hearing, late, "cycle {cycle}");
        assert_eq!(sampled[cycle].sight, expected[cycle].sight);
    }
    assert_eq!(sampled[500..], expected[500..]);
    let mut from_the_start = World::new("sight=late:1s");
    let sampled = from_the_start.until(2 * SECOND);
    assert!(
        !sampled[249].sight.brightness.is_present(),
        "nothing came yet"
    );
    assert!(sampled[250].sight.brightness.is_present());
}

#[test]
fn late_words_reach_one_cycle_each_and_none_is_lost() {
    let words = |sampled: &[Percept]| -> Vec<u64> {
        let said = sampled.iter().filter(|percept| percept.told.count > 0);
        said.map(|percept| percept.told.tokens[0]).collect()
    };
    let expected = words(&World::new("").until(3 * SECOND));
    let sampled = World::new("told=late:90ms@1s..2s").until(3 * SECOND);
    assert_eq!(words(&sampled), expected);
    let late = sampled
        .iter()
        .filter(|percept| percept.told.age == 92_000_000);
    assert_eq!(late.count(), 10, "those of one second, at the next cycle");
}

#[test]
fn words_can_be_missing_wrong_or_too_many() {
    let said = |plan: &str| -> (u64, World) {
        let mut world = World::new(plan);
        let sampled = world.until(4 * SECOND);
        let words = sampled.iter().map(|percept| u64::from(percept.told.count));
        (words.sum(), world)
    };
    assert_eq!(said("told=missing").0, 0);
    let (words, world) = said("told=burst:2000/s");
    assert!((7_900..8_200).contains(&words), "{words}");
    assert!(world.state().analytical.meaning > 0.0);
    for plan in ["told=nan", "told=out-of-range"] {
        let (words, world) = said(plan);
        assert!(words > 0);
        assert_eq!(world.state().analytical.meaning, 0.0, "{plan}");
    }
}

#[test]
fn answers_fail_too() {
    let mut world = World::new(
        "recall=missing@1s..2s,recall=nan@2s..3s,recall=burst:50/s@3s..,activation=out-of-range@1s..",
    );
    world.until(SECOND);
    assert!(world.state().analytical.situation == 2);
    let sampled = world.until(2 * SECOND);
    assert!(
        sampled
            .iter()
            .all(|p| p.answers.recall == RecallAnswer::ABSENT)
    );
    assert_eq!(
        world.state().analytical.situation,
        0,
        "no answer is believed"
    );
    world.until(3 * SECOND);
    let sampled = world.until(4 * SECOND);
    let mut crystals: Vec<u64> = sampled.iter().map(|p| p.answers.recall.crystal).collect();
    crystals.dedup();
    assert!((45..=55).contains(&crystals.len()), "{}", crystals.len());
}

#[test]
fn a_burst_jumps_as_often_as_it_says_and_stays_possible() {
    for (sense, feature) in SENSES {
        let mut world = World::new(&format!("{sense}=burst:20/s@1s..3s"));
        world.until(SECOND);
        let mut levels = Vec::new();
        while world.now.since(BEGIN) < 3 * SECOND {
            world.cycle();
            levels.push(world.state().environmental.scene[feature as usize].now);
            assert!(world.confidence(feature) > 0.9, "{sense} is believed");
        }
        levels.dedup();
        assert!(
            (25..=42).contains(&levels.len()),
            "{sense}: {}",
            levels.len()
        );
    }
}

#[test]
fn a_late_loop_is_stale_and_catches_up() {
    let mut world = World::new("loop.analytical=late@1s..1500ms,loop.experiential=late@3s..");
    world.until(SECOND);
    assert_eq!(world.state().stale_loops(), LoopSet::NONE);
    let before = world.state().analytical;
    world.until(3 * SECOND / 2);
    assert_eq!(world.state().analytical, before, "its last value stays");
    assert_eq!(world.state().loop_ages, [0, SECOND / 2, 0]);
    world.cycle();
    assert_eq!(world.state().stale_loops(), LoopSet::NONE);
    world.until(4 * SECOND);
    assert_eq!(world.state().loop_ages, [0, 0, SECOND]);
    let report = world.faults.report(world.now);
    let seen: Vec<_> = report.iter().map(|fault| fault.is_active).collect();
    assert_eq!(seen, [false, true]);
}

const EVERYTHING: &str = "hearing=missing@1s..2s,hearing=burst:30/s@3s..4s,sight=frozen@500ms..3s,\
    sight=nan@4s..,body=nan@1s..1500ms,body=out-of-range@2s..3s,hearing=late:200ms@5s..,\
    told=burst:100/s@2s..3s,recall=late:1s,activation=missing@3s..,loop.analytical=late@2s..3s,\
    loop.environmental=late@2500ms..2600ms,seed=7";

#[test]
fn a_recording_made_under_faults_replays_bit_for_bit() {
    let mut world = World::new(EVERYTHING);
    world.until(6 * SECOND);
    let is_on = |place: usize| {
        let mut times = (0..60).map(|tenth| BEGIN.after(tenth * SECOND / 10));
        times.any(|time| world.faults.report(time)[place].is_active)
    };
    let planned = world.faults.plan().faults.len();
    assert!((0..planned).all(is_on), "all had their time");
    let report = replay_bytes(&bytes_of(&world.entries, true)).expect("good");
    assert_eq!((report.cycles, report.difference), (1_500, None));
    assert_eq!(report.hash, world.state().hash());
}

#[test]
fn equal_seeds_give_equal_faults() {
    let last = |plan: &str| {
        let mut world = World::new(plan);
        world.until(2 * SECOND);
        world.state().hash()
    };
    let plan = "hearing=burst:50/s,told=burst:10/s,seed=";
    assert_eq!(last(&format!("{plan}3")), last(&format!("{plan}3")));
    assert_ne!(last(&format!("{plan}3")), last(&format!("{plan}4")));
}

/// Words that a being hears by chance in a second.
fn chance_words(being: BeingId) -> Vec<u64> {
    let plan: FaultPlan = "told=burst:10/s,seed=3".parse().expect("a plan");
    let mut source = FaultySource::of_being(Lively(Senses::new(99), 0), plan.begin(BEGIN), being);
    let mut words = Vec::new();
    for cycle in 0..250 {
        let mut percept = Percept::ABSENT;
        source.sample(BEGIN.after(cycle * PERIOD), &mut percept);
        words.extend(percept.told.words());
    }
    words
}

#[test]
fn one_seed_gives_each_being_chances_of_its_own() {
    assert_eq!(chance_words(BeingId(1)), chance_words(BeingId(1)));
    let (one, other) = (chance_words(BeingId(1)), chance_words(BeingId(2)));
    assert!(!one.is_empty());
    assert!(one.iter().all(|word| !other.contains(word)));
}

#[test]
fn plans_are_read_as_people_write_them() {
    let text = "hearing=missing@10s..12s,sight=frozen@5s..,body=nan@3s..4s,hearing=late:200ms,\
        hearing=out-of-range,told=burst:100/s,loop.analytical=late@6s..7s";
    let plan: FaultPlan = text.parse().expect("a plan");
    assert_eq!(plan.to_string(), format!("{text},seed=1"));
    assert_eq!(
        plan.faults[0],
        Fault {
            target: FaultTarget::Hearing,
            kind: FaultKind::Missing,
            from: 10 * SECOND,
            until: Some(12 * SECOND),
        }
    );
    let loosely: FaultPlan = " body = nan @ 1.5s..2min , seed = 9 "
        .parse()
        .expect("a plan");
    assert_eq!(loosely.to_string(), "body=nan@1500ms..120s,seed=9");
    let empty: FaultPlan = "".parse().expect("nothing fails");
    assert!(empty.is_empty());
}

#[test]
fn what_is_no_plan_is_refused_with_the_remedy() {
    for (text, remedy) in [
        ("hearing", "TARGET=KIND"),
        ("hearing=missing,", "TARGET=KIND"),
        ("smell=missing", "use hearing, sight"),
        ("loop.observer=late", "loop.environmental"),
        ("hearing=gone", "use missing"),
        ("hearing=late", "write late:SPAN, such as late:200ms"),
        ("memry=full@1s..2s", "or memory"),
        ("hearing=late:soon", "such as 200ms"),
        ("hearing=late:200", "such as 200ms"),
        ("hearing=late:0ms", "at most 10s"),
        ("hearing=late:11s", "at most 10s"),
        ("hearing=missing@5s", "FROM..UNTIL"),
        ("hearing=missing@5s..5s", "UNTIL after FROM"),
        ("hearing=missing@99999999999999h..", "such as 200ms"),
        ("told=burst:many", "100/s"),
        ("told=burst:0/s", "from 1"),
        ("told=frozen", "use told=missing"),
        ("loop.analytical=missing", "a loop can be late"),
        ("loop.analytical=late:5ms", "without a span"),
        ("seed=many", "seed=7"),
        (&vec!["body=nan"; 65].join(","), "more than the 64"),
    ] {
        let error = text.parse::<FaultPlan>().expect_err(text).to_string();
        assert!(error.contains(remedy), "{text}: {error}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_plan_or_an_error(text in "[a-z=@.:,0-9/ ]{0,60}") {
        if let Ok(plan) = text.parse::<FaultPlan>() {
            let again: FaultPlan = plan.to_string().parse().expect("shown as it is written");
            prop_assert_eq!(again, plan);
        }
    }

    #[test]
    fn a_plan_is_shown_as_it_is_written(
        choices in prop::collection::vec((0_usize..9, 0_usize..6, 0..9_000_000_000_u64, 1..9_000_000_000_u64, any::<bool>()), 0..20),
        seed in any::<u64>(),
    ) {
        let faults = choices.into_iter().map(|(target, kind, from, span, ends)| {
            let target = FaultTarget::ALL[target];
            let kind = match (target, kind) {
                (FaultTarget::Loop(_), _) => FaultKind::Late(0),
                (_, 0) => FaultKind::Late(span),
                (_, 1) => FaultKind::Nan,
                (_, 2) => FaultKind::OutOfRange,
                (_, 3) => FaultKind::Burst(span as u32 % 100_000 + 1),
                (FaultTarget::Told, _) | (_, 4) => FaultKind::Missing,
                _ => FaultKind::Frozen,
            };
            Fault { target, kind, from, until: ends.then_some(from + span) }
        }).collect();
        let plan = FaultPlan { faults, seed };
        prop_assert_eq!(plan.to_string().parse::<FaultPlan>().expect("a plan"), plan);
    }
}

/// Says another word in each cycle.
struct Talkative(u64);

impl PerceptSource for Talkative {
    fn sample(&mut self, _now: Timestamp, percept: &mut Percept) {
        self.0 += 1;
        percept.told = ToldPercept::from_text("hope");
        percept.told.tokens[0] = self.0;
        if self.0 > 20 {
            percept.told = ToldPercept::ABSENT;
        }
    }
}

#[test]
fn late_words_that_come_together_come_one_after_the_other() {
    let plan: FaultPlan = "told=late:30ms@0s..40ms".parse().expect("a plan");
    let mut source = FaultySource::new(Talkative(0), plan.begin(BEGIN));
    let mut heard = Vec::new();
    for cycle in 0..60 {
        // Lost deadlines, and words of the present when the fault has ended.
        let lost = if cycle < 9 { 0 } else { 3 * PERIOD };
        let mut percept = Percept::ABSENT;
        source.sample(BEGIN.after(cycle * PERIOD + lost), &mut percept);
        heard.extend((percept.told.count > 0).then_some(percept.told.tokens[0]));
    }
    heard.sort_unstable();
    assert_eq!(heard, (1..=20).collect::<Vec<_>>());
}
