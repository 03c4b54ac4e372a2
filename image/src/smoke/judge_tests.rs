//! The judge before fabricated timelines: it must find out whoever guesses.

use super::*;

const S: u64 = 1000 * MS;

fn event(kind: &str, start_ns: u64) -> Event {
    Event {
        kind: kind.to_owned(),
        start_ns,
        end_ns: None,
        confidence: Some(0.9),
        from: None,
        to: None,
    }
}

fn light_event(start_ns: u64, from: f64, to: f64) -> Event {
    Event {
        from: Some(from),
        to: Some(to),
        ..event("brightness", start_ns)
    }
}

/// Noise from 10 s, a phrase at 15 s, brighter at 17 s, all noticed in time.
fn good() -> Timeline {
    Timeline {
        reports: vec![
            Report::Ready,
            Report::Noise { ns: 10 * S },
            Report::Phrase {
                onset_ns: 15 * S,
                end_ns: 17 * S,
                file: "p.wav".into(),
            },
            Report::Brightness {
                ns: 17 * S,
                from: 128,
                to: 230,
            },
            Report::Finished,
        ],
        events: vec![
            Event {
                end_ns: Some(17 * S + 500 * MS),
                ..event("speech", 15 * S + 120 * MS)
            },
            light_event(17 * S + 30 * MS, 0.45, 0.75),
        ],
        brightness: (100..200)
            .map(|tenth| (tenth * S / 10, if tenth < 171 { 0.45 } else { 0.75 }))
            .collect(),
    }
}

fn faults(timeline: &Timeline) -> Vec<Fault> {
    timeline.judge().unwrap_err()
}

#[test]
fn an_appliance_that_notices_passes() {
    let (heard, seen) = good().judge().unwrap();
    assert_eq!(heard.delay_ms, 120.0);
    assert_eq!(seen.delay_ms, 30.0);
    assert!((seen.from - 0.45).abs() < 1e-9 && (seen.to - 0.75).abs() < 1e-9);
    assert!(good().complete());
}

#[test]
fn a_burst_of_the_loopback_card_is_tolerated() {
    let mut timeline = good();
    timeline.events[0].start_ns = 15 * S - 14 * MS;
    assert!(timeline.judge().is_ok());
}

#[test]
fn speech_before_anyone_spoke_is_found_out() {
    let mut timeline = good();
    timeline.events.insert(0, event("speech", 12 * S));
    assert_eq!(faults(&timeline), [Fault::SpeechTooEarly(3000.0)]);
}

#[test]
fn speech_before_the_noise_even_began_is_found_out() {
    let mut timeline = good();
    timeline.events.push(event("speech", S));
    assert!(matches!(faults(&timeline)[..], [Fault::SpeechTooEarly(_)]));
}

#[test]
fn silence_is_found_out() {
    let mut timeline = good();
    timeline.events.remove(0);
    assert_eq!(faults(&timeline), [Fault::SpeechMissed]);
    assert!(!timeline.complete());
}

#[test]
fn speech_noticed_far_too_late_is_missed() {
    let mut timeline = good();
    timeline.events[0].start_ns = 19 * S;
    assert_eq!(faults(&timeline), [Fault::SpeechMissed]);
}

#[test]
fn speech_without_end_or_after_the_last_word_is_found_out() {
    let mut timeline = good();
    timeline.events[0].end_ns = None;
    assert_eq!(faults(&timeline), [Fault::SpeechEndless]);
    assert!(!timeline.complete());
    timeline.events[0].end_ns = Some(25 * S);
    assert_eq!(faults(&timeline), [Fault::SpeechEndless]);
    let mut timeline = good();
    timeline.events.push(event("speech", 18 * S));
    assert_eq!(faults(&timeline), [Fault::SpeechAfterwards(1000.0)]);
}

#[test]
fn other_kinds_of_event_are_no_speech() {
    let mut timeline = good();
    timeline.events[0].kind = "onset".to_owned();
    assert_eq!(faults(&timeline), [Fault::SpeechMissed]);
}

#[test]
fn light_before_its_change_is_found_out() {
    let mut timeline = good();
    timeline.events.push(light_event(16 * S, 0.45, 0.75));
    assert_eq!(faults(&timeline), [Fault::LightTooEarly(1000.0)]);
}

#[test]
fn light_while_the_machine_came_up_is_not_held_against_it() {
    let mut timeline = good();
    timeline.events.push(light_event(5 * S, 0.0, 0.45));
    assert!(timeline.judge().is_ok());
}

#[test]
fn blindness_is_found_out() {
    let mut timeline = good();
    timeline.events.pop();
    assert_eq!(faults(&timeline), [Fault::LightMissed]);
}

#[test]
fn the_wrong_direction_is_found_out_in_the_event() {
    let mut timeline = good();
    timeline.events[1] = light_event(17 * S + 30 * MS, 0.75, 0.45);
    assert!(matches!(
        faults(&timeline)[..],
        [Fault::LightBackwards { asked: "up", .. }]
    ));
}

#[test]
fn the_wrong_direction_is_found_out_in_the_samples() {
    let mut timeline = good();
    for (_, value) in &mut timeline.brightness {
        *value = 1.0 - *value;
    }
    assert!(matches!(
        faults(&timeline)[..],
        [Fault::MeanBackwards { asked: "up", .. }]
    ));
}

#[test]
fn a_constant_picture_is_found_out() {
    let mut timeline = good();
    for (_, value) in &mut timeline.brightness {
        *value = 0.5;
    }
    assert!(matches!(
        faults(&timeline)[..],
        [Fault::MeanBackwards { .. }]
    ));
}

#[test]
fn darker_is_judged_as_darker() {
    let mut timeline = good();
    timeline.reports[3] = Report::Brightness {
        ns: 17 * S,
        from: 128,
        to: 30,
    };
    assert!(timeline.judge().is_err());
    timeline.events[1] = light_event(17 * S + 30 * MS, 0.75, 0.45);
    for (_, value) in &mut timeline.brightness {
        *value = 1.0 - *value;
    }
    assert!(timeline.judge().is_ok());
}

#[test]
fn without_a_performance_there_is_no_verdict() {
    let timeline = Timeline {
        reports: vec![Report::Ready],
        ..good()
    };
    let faults = faults(&timeline);
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults
            .iter()
            .all(|fault| matches!(fault, Fault::NotPerformed(_)))
    );
}

#[test]
fn a_stage_that_stumbled_makes_no_valid_test() {
    let mut timeline = good();
    timeline.reports.push(Report::Underrun { ns: 14 * S });
    assert_eq!(faults(&timeline), [Fault::Underrun]);
}

#[test]
fn every_fault_is_told_not_only_the_first() {
    let mut timeline = good();
    timeline.events.clear();
    assert_eq!(faults(&timeline), [Fault::SpeechMissed, Fault::LightMissed]);
}
