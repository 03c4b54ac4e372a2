//! The parts of the service's answers that the smoke test reads.

use serde::{Deserialize, Serialize};

/// `GET /v1/status`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Status {
    #[serde(default)]
    pub(super) version: String,
    #[serde(default)]
    pub(super) uptime_s: f64,
    #[serde(default)]
    pub(super) real_time: RealTime,
    pub(super) cycle: Cycle,
    pub(super) senses: Senses,
    pub(super) npu: Npu,
    pub(super) gpu: Gpu,
    #[serde(default)]
    pub(super) display: serde_json::Value,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct RealTime {
    #[serde(default)]
    pub(super) granted: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Cycle {
    pub(super) rate_hz: f64,
    pub(super) hz: f64,
    pub(super) scheduled: u64,
    pub(super) cycles: u64,
    pub(super) skipped: u64,
    pub(super) overruns: u64,
    pub(super) lateness_us: Lateness,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Lateness {
    pub(super) p50: f64,
    pub(super) p99: f64,
    pub(super) max: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Senses {
    pub(super) hearing: Hearing,
    pub(super) sight: Sight,
}

/// What a present sense says; an absent one leaves everything but its state out.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Hearing {
    pub(super) state: String,
    #[serde(default)]
    pub(super) device: Option<String>,
    #[serde(default)]
    pub(super) level_dbfs: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Sight {
    pub(super) state: String,
    #[serde(default)]
    pub(super) device: Option<String>,
    #[serde(default)]
    pub(super) frames: Option<u64>,
    #[serde(default)]
    pub(super) fps: Option<f64>,
    #[serde(default)]
    pub(super) brightness: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Npu {
    /// Absent while no model is loaded.
    #[serde(default)]
    pub(super) backend: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Gpu {
    /// Absent while nothing draws.
    #[serde(default)]
    pub(super) device: Option<String>,
}

/// `GET /v1/detections`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Detections {
    /// The guest's monotonic clock when the answer was made.
    pub(super) now_ns: u64,
    pub(super) events: Vec<Event>,
}

/// One thing that a sense noticed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Event {
    pub(super) kind: String,
    pub(super) start_ns: u64,
    #[serde(default)]
    pub(super) end_ns: Option<u64>,
    #[serde(default)]
    pub(super) confidence: Option<f64>,
    /// Brightness events only, 0 to 1.
    #[serde(default)]
    pub(super) from: Option<f64>,
    /// Brightness events only, 0 to 1.
    #[serde(default)]
    pub(super) to: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_with_more_than_we_read_is_understood() {
        let text = r#"{"version":"0.1.0","board":"qemu-aarch64","ready":true,"uptime_s":3.5,
            "real_time":{"granted":true,"why":null},
            "cycle":{"rate_hz":250,"hz":249.9,"scheduled":10,"cycles":9,"skipped":1,"overruns":0,
                     "lateness_us":{"p50":60,"p99":900,"p999":1000,"max":1200}},
            "senses":{"hearing":{"state":"present","device":"hw:Loopback,1,0","level_dbfs":-60.5,
                                 "speech":false,"events":0},
                      "sight":{"state":"absent","since_s":3},"body":{"state":"present"}},
            "npu":{"backend":"cpu (rten)"},"gpu":{"device":"software face"},
            "display":{"state":"present","device":"/dev/dri/card0","mode":"1280x720"},
            "memory":{"crystals":0}}"#;
        let status: Status = serde_json::from_str(text).unwrap();
        assert_eq!(status.cycle.scheduled, 10);
        assert_eq!(status.senses.hearing.level_dbfs, Some(-60.5));
        assert_eq!(status.senses.sight.frames, None);
        assert!(status.real_time.granted);
    }

    #[test]
    fn an_open_event_has_no_end() {
        let text = r#"{"now_ns":9,"events":[{"kind":"speech","start_ns":5,"end_ns":null,
            "confidence":0.9,"being":1}]}"#;
        let detections: Detections = serde_json::from_str(text).unwrap();
        assert_eq!(detections.events[0].end_ns, None);
    }
}
