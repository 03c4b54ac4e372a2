//! What the figures' routes answer.

use crate::support::server::Running;
use crate::support::source::Knobs;
use crate::support::status::full_status;
use serde_json::Map;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use triune::http::{Detection, StateView};
use triune::metrics;
use triune::status::{Npu, Senses, Status};

#[test]
fn status_and_state_are_what_the_source_says() {
    let running = Running::start();
    let status: Status =
        serde_json::from_value(running.ask_with_token("GET", "/v1/status").send().json()).unwrap();
    assert_eq!(
        (status.board.as_str(), status.cycle.rate_hz),
        ("qemu-aarch64", 250)
    );
    let state = running.ask_with_token("GET", "/v1/state").send().json();
    assert!(
        state["environmental"]["scene"]["loudness"]["confidence"]
            .as_f64()
            .unwrap()
            > 0.9
    );
    assert!(state["experiential"]["centres"]["coherence"]["value"].is_number());
    let view: StateView = serde_json::from_value(state).unwrap();
    assert_eq!(view.being, "0000000000000001");
}

#[test]
fn detections_carry_their_details_beside_their_names() {
    let mut details = Map::new();
    details.insert("from".to_owned(), 0.25.into());
    details.insert("to".to_owned(), 0.75.into());
    let event = |id: u64| Detection {
        id,
        kind: "brightness".to_owned(),
        start_ns: id * 1_000,
        end_ns: (id < 3).then_some(id * 1_000 + 1),
        confidence: 0.5,
        details: details.clone(),
    };
    let knobs = Knobs {
        detections: Some((1..=4).map(event).collect()),
        ..Knobs::default()
    };
    let running = Running::with_knobs(knobs);
    let answer = running
        .ask_with_token("GET", "/v1/detections?since_ns=1000&limit=2")
        .send()
        .json();
    assert!(answer["now_ns"].is_u64());
    let events = answer["events"].as_array().unwrap();
    assert_eq!(
        events
            .iter()
            .map(|event| event["id"].as_u64().unwrap())
            .collect::<Vec<_>>(),
        [3, 4]
    );
    assert_eq!(
        (events[0]["from"].as_f64(), events[0]["to"].as_f64()),
        (Some(0.25), Some(0.75))
    );
    assert!(events[0]["end_ns"].is_null());
    let back: Detection = serde_json::from_value(events[1].clone()).unwrap();
    assert_eq!(back, event(4));
}

#[test]
fn crystals_come_newest_first_by_kind_and_in_pages() {
    let running = Running::start();
    let sequences = |query: &str| -> Vec<u64> {
        let path = format!("/v1/memory/crystals?{query}");
        let answer = running.ask_with_token("GET", &path).send().json();
        let crystals = answer["crystals"].as_array().unwrap();
        crystals
            .iter()
            .map(|crystal| crystal["sequence"].as_u64().unwrap())
            .collect()
    };
    let newest = sequences("limit=5");
    assert!(newest.len() == 5 && newest.is_sorted_by(|a, b| a > b));
    let older = sequences(&format!("limit=3&before={}", newest[4]));
    assert_eq!(older[0], newest[4] - 1);
    let voices = sequences("kind=voice&limit=4");
    assert!(
        voices.windows(2).all(|pair| pair[0] - pair[1] == 6),
        "{voices:?}"
    );
}

#[test]
fn pictures_are_drawn_once_for_many_viewers() {
    let knobs = Knobs {
        drawing_time: Duration::from_millis(50),
        ..Knobs::default()
    };
    let running = Running::with_knobs(knobs);
    let path = "/v1/frame.png?width=64&height=48";
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let answer = running.ask_with_token("GET", path).send();
                assert_eq!(answer.header("content-type"), Some("image/png"));
                let decoder = png::Decoder::new(std::io::Cursor::new(&answer.body));
                let reader = decoder.read_info().unwrap();
                assert_eq!((reader.info().width, reader.info().height), (64, 48));
            });
        }
    });
    assert!(*running.source.drawn.lock().unwrap() < 8);
}

#[test]
fn a_picture_of_what_is_refused_is_not_shown_again_though_the_refusal_is_not_on_the_disk() {
    let running = Running::with_knobs(Knobs {
        durable: false,
        ..Knobs::default()
    });
    let path = "/v1/frame.png?width=16&height=16";
    let drawn = || {
        assert_eq!(running.ask_with_token("GET", path).send().status, 200);
        *running.source.drawn.lock().unwrap()
    };
    let before = drawn();
    running
        .ask_with_token("PATCH", "/v1/beings/0000000000000001/consent")
        .json("{\"see\":false}")
        .send()
        .problem(500);
    assert!(drawn() > before, "the picture of before is shown");
}

/// OpenMetrics text as a reader takes it: samples by name and labels.
fn parse(text: &str) -> HashMap<String, f64> {
    let mut types: HashMap<&str, &str> = HashMap::new();
    let mut samples = HashMap::new();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.last(), Some(&"# EOF"));
    for line in &lines[..lines.len() - 1] {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut parts = comment.splitn(3, ' ');
            let (keyword, name, rest) = (
                parts.next().unwrap(),
                parts.next().unwrap(),
                parts.next().unwrap(),
            );
            assert!(matches!(keyword, "HELP" | "TYPE" | "UNIT"), "{line}");
            if keyword == "TYPE" {
                assert!(types.insert(name, rest).is_none(), "{name} is there twice");
            }
            if keyword == "UNIT" {
                assert!(name.ends_with(rest), "{line}");
            }
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let name = series.split('{').next().unwrap();
        let family = name.strip_suffix("_total").unwrap_or(name);
        let kind = types
            .get(family)
            .unwrap_or_else(|| panic!("{name} has no type"));
        assert_eq!(
            *kind == "counter",
            name.ends_with("_total"),
            "{name} is a {kind}"
        );
        assert!(name.starts_with("triune_"), "{name}");
        assert!(
            samples
                .insert(series.to_owned(), value.parse().unwrap())
                .is_none(),
            "{series}"
        );
    }
    samples
}

#[test]
fn metrics_parse_and_hold_every_figure_in_base_units() {
    let samples = parse(&metrics::render(&full_status()).unwrap());
    let value = |series: &str| samples.get(series).copied();
    assert_eq!(value("triune_ready"), Some(1.0));
    assert_eq!(value("triune_real_time_granted"), Some(0.0));
    assert_eq!(value("triune_cycles_total"), Some(59_998.0));
    assert_eq!(value("triune_cycles_skipped_total"), Some(2.0));
    assert_eq!(
        value("triune_cycle_lateness_seconds{quantile=\"0.99\"}"),
        Some(0.00034)
    );
    assert_eq!(value("triune_hearing_level_dbfs"), Some(-42.5));
    assert_eq!(value("triune_sight_state{state=\"present\"}"), Some(1.0));
    assert_eq!(value("triune_sight_state{state=\"absent\"}"), Some(0.0));
    assert_eq!(
        value("triune_process_resident_memory_bytes"),
        Some(84_500_000.0)
    );
    assert_eq!(value("triune_npu_inference_seconds"), Some(0.000_412_5));
    assert_eq!(value("triune_npu_fresh_ratios"), Some(0.9375));
    assert_eq!(value("triune_npu_worker_restarts_total"), Some(2.0));
    assert_eq!(value("triune_npu_worker_kills_total"), Some(1.0));
    assert_eq!(
        value("triune_npu_refused_total{reason=\"worker_lost\"}"),
        Some(3.0)
    );
    assert_eq!(
        value("triune_npu_lane_busy_ratios{lane=\"0\"}"),
        Some(0.125)
    );
    assert_eq!(
        value("triune_npu_asked_total{class=\"cycle\"}"),
        Some(12_008.0)
    );
    assert_eq!(
        value("triune_npu_model_run_seconds{model=\"dual_activation\",quantile=\"0.99\"}"),
        Some(0.0008)
    );
    assert_eq!(
        value("triune_memory_written_bytes_total"),
        Some(5_250_000.0)
    );
    assert_eq!(
        value("triune_beings{mode=\"asleep\"}"),
        Some(2.0),
        "{samples:?}"
    );
    assert_eq!(value("triune_kernel_rate_hertz"), Some(125.0));
    assert_eq!(value("triune_kernel_level"), Some(1.0));
    assert_eq!(value("triune_kernel_caught_up_total"), Some(5.0));
    assert_eq!(
        value("triune_kernel_late_loops_total{loop=\"analytical\"}"),
        Some(2.0)
    );
    assert_eq!(
        value("triune_kernel_info{executor=\"threaded\",overrun=\"degrade\"}"),
        Some(1.0)
    );
    assert_eq!(value("triune_kernel_burst_active"), Some(0.0));
    assert_eq!(value("triune_kernel_burst_seconds_total"), Some(12.5));
    assert_eq!(value("triune_memory_oldest_sequence"), Some(4.0));
    assert_eq!(value("triune_memory_wear_today_bytes"), Some(3_000_000.0));
    assert_eq!(
        value("triune_memory_wear_today_all_bytes"),
        Some(9_000_000.0)
    );
    assert_eq!(
        value("triune_memory_wear_daily_pace_bytes"),
        Some(12_000_000.0)
    );
    assert_eq!(value("triune_memory_withheld_total"), Some(7.0));
    assert_eq!(
        value("triune_memory_index_state{state=\"ready\"}"),
        Some(1.0)
    );
    assert_eq!(value("triune_real_time_priority_asked"), Some(90.0));
    assert_eq!(
        value("triune_fault_active{fault=\"sight=frozen\"}"),
        Some(1.0)
    );
    assert_eq!(
        value("triune_build_info{version=\"0.1.0\",board=\"qemu-aarch64\"}"),
        Some(1.0)
    );
}

#[test]
fn absent_figures_have_no_sample() {
    let status = Status {
        senses: Senses::default(),
        npu: Npu::default(),
        kernel: None,
        ..full_status()
    };
    let names: HashSet<String> = parse(&metrics::render(&status).unwrap())
        .into_keys()
        .collect();
    for name in [
        "hearing_level_dbfs",
        "sight_motion_ratios",
        "body_temperature_celsius",
        "npu_inference_seconds",
        "kernel_rate_hertz",
    ] {
        assert!(!names.contains(&format!("triune_{name}")), "{name}");
    }
    assert!(names.contains("triune_hearing_state{state=\"absent\"}"));
}

#[test]
fn every_metric_is_described() {
    let text = metrics::render(&full_status()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for (place, line) in lines.iter().enumerate() {
        let Some(name) = line
            .strip_prefix("# TYPE ")
            .and_then(|rest| rest.split(' ').next())
        else {
            continue;
        };
        let help = format!("# HELP {name} ");
        let described = lines[place.saturating_sub(1)]
            .strip_prefix(help.as_str())
            .is_some_and(|words| words.trim_end_matches('.').len() > 5);
        assert!(described, "{name} has no words");
    }
}

#[test]
fn the_models_are_listed_with_their_licence() {
    let running = Running::start();
    let answer = running.ask_with_token("GET", "/v1/models").send();
    assert_eq!(answer.status, 200);
    let models: serde_json::Value = serde_json::from_str(&answer.text()).unwrap();
    assert_eq!(models["models"][0]["name"], "dual_activation");
    assert_eq!(models["models"][0]["licence"], "MIT OR Apache-2.0");
    assert_eq!(running.ask("GET", "/v1/models").send().status, 401);
}

#[test]
fn only_a_model_that_is_set_aside_is_released_and_only_by_who_may_act() {
    let running = Running::start();
    let path = "/v1/models/dual_activation/release";
    assert_eq!(running.ask("POST", path).send().status, 401);
    assert_eq!(running.ask_with_token("POST", path).send().status, 409);
    let other = "/v1/models/other/release";
    assert_eq!(running.ask_with_token("POST", other).send().status, 404);
    assert_eq!(running.ask_with_token("GET", path).send().status, 405);
}

#[test]
fn metrics_and_status_list_no_beings() {
    let running = Running::start();
    for path in ["/metrics", "/v1/status", "/v1/state"] {
        assert_eq!(running.ask_with_token("GET", path).send().status, 200);
    }
    assert_eq!(running.kernel.listings(), 0);
    running.ask_with_token("GET", "/v1/beings").send();
    assert_eq!(running.kernel.listings(), 1);
}

#[test]
fn metrics_are_served_as_open_metrics() {
    let running = Running::start();
    let answer = running.ask_with_token("GET", "/metrics").send();
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    assert!(parse(&answer.text()).len() > 50);
}
