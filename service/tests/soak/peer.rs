//! `cyclictest` beside the service.

use rustix::thread::{CpuSet, sched_getaffinity};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// `cyclictest` (rt-tests) beside the service.
pub(crate) struct Peer {
    child: Child,
    report: std::path::PathBuf,
    about: String,
}

impl Peer {
    /// Starts it with the cycle's interval on another processor, one priority below the cycle's;
    /// nothing where it is not installed or there is no other processor.
    pub(crate) fn beside(status: &Value, seconds: u64, folder: &Path) -> Option<Self> {
        let rate = status["cycle"]["rate_hz"].as_u64()?;
        let cycle = status["real_time"]["cpu"].as_u64();
        let fifo = status["real_time"]["granted"] == true;
        let priority = status["real_time"]["priority"].as_u64()?.saturating_sub(1);
        let allowed = sched_getaffinity(None).ok()?;
        let other = (0..CpuSet::MAX_CPU)
            .find(|&cpu| allowed.is_set(cpu) && cycle.is_none_or(|cycle| cycle != cpu as u64))?;
        let report = folder.join("cyclictest.json");
        let mut command = Command::new("cyclictest");
        command
            .args(["-q", "-m", "-t1", "-h", "20000"])
            .args(["-a", &other.to_string()])
            .args(["-i", &(1_000_000 / rate.max(1)).to_string()])
            .args(["-D", &seconds.to_string()])
            .arg(format!("--json={}", report.display()))
            .stdout(Stdio::null());
        let about = if fifo && priority > 0 {
            command.args(["--policy=fifo", "-p", &priority.to_string()]);
            format!("processor {other}, fifo {priority}")
        } else {
            command.arg("--policy=other");
            format!("processor {other}, ordinary scheduling")
        };
        match command.spawn() {
            Ok(child) => Some(Self {
                child,
                report,
                about,
            }),
            Err(error) => {
                println!("soak: cyclictest does not run beside: {error}");
                None
            }
        }
    }

    /// Waits for its end and says what it found.
    pub(crate) fn report(mut self) -> String {
        let ended = self.child.wait();
        let text = std::fs::read_to_string(&self.report).unwrap_or_default();
        match (ended.is_ok_and(|status| status.success()), found(&text)) {
            (true, Some((p99, max))) => {
                format!("cyclictest ({}): p99 {p99} us, max {max} us", self.about)
            }
            _ => format!("cyclictest ({}) gave no report", self.about),
        }
    }
}

/// 99 of 100 wake-ups were less late, and the latest; microseconds.
fn found(report: &str) -> Option<(u64, u64)> {
    let report: Value = serde_json::from_str(report).ok()?;
    let thread = report["thread"].as_object()?.values().next()?;
    let histogram: BTreeMap<u64, u64> = thread["histogram"]
        .as_object()?
        .iter()
        .map(|(late, times)| Some((late.parse().ok()?, times.as_u64()?)))
        .collect::<Option<_>>()?;
    let (max, cycles) = (thread["max"].as_u64()?, thread["cycles"].as_u64()?);
    let mut earlier = 0;
    let p99 = histogram.iter().find(|&(_, times)| {
        earlier += times;
        earlier * 100 >= cycles * 99
    });
    Some((p99.map_or(max, |(&late, _)| late), max))
}
