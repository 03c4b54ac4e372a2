//! The peer: `cyclictest` of rt-tests, read through its JSON report (cyclictest(8)).

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// Longest lateness of the histogram, microseconds; what is later counts as the latest of all.
const HISTOGRAM_US: u32 = 20_000;

/// The installed program.
pub(super) struct Cyclictest(PathBuf);

/// What one run found.
#[derive(Debug, PartialEq)]
pub(super) struct Report {
    /// How late each wake-up was, cut to whole microseconds.
    pub(super) microseconds: Vec<f64>,
    pub(super) version: String,
}

#[derive(Deserialize)]
struct Document {
    /// The colon is the program's own slip, kept by every version that writes JSON so far.
    #[serde(rename = "rt_test_version:", alias = "rt_test_version", default)]
    version: String,
    thread: BTreeMap<String, Thread>,
}

#[derive(Deserialize)]
struct Thread {
    histogram: BTreeMap<String, u64>,
    cycles: u64,
    max: u64,
}

impl Cyclictest {
    pub(super) fn find() -> Option<Self> {
        // It may lie where an ordinary user's path does not look.
        let extra = ["/usr/bin", "/usr/sbin"].map(PathBuf::from);
        std::env::split_paths(&std::env::var_os("PATH")?)
            .chain(extra)
            .map(|folder| folder.join("cyclictest"))
            .find(|file| file.is_file())
            .map(Self)
    }

    /// Runs it for `length` on `processor`.
    pub(super) fn run(
        &self,
        processor: usize,
        priority: Option<u8>,
        interval: Duration,
        length: Duration,
    ) -> Result<Report, String> {
        let report = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
        let output = Command::new(&self.0)
            .args(flags(processor, priority, interval, length))
            .arg(format!("--json={}", report.path().display()))
            .output()
            .map_err(|error| format!("cyclictest cannot be started: {error}"))?;
        if !output.status.success() {
            return Err(format!(
                "cyclictest failed ({}): {}",
                output.status,
                String::from_utf8_lossy(&output.stderr).trim()
            ));
        }
        let text = std::fs::read_to_string(report.path()).map_err(|error| error.to_string())?;
        read(&text)
    }
}

/// Its command line.
pub(super) fn flags(
    processor: usize,
    priority: Option<u8>,
    interval: Duration,
    length: Duration,
) -> Vec<String> {
    let mut flags = vec![
        "-q".to_owned(),
        "-m".to_owned(),
        "-t1".to_owned(),
        "-a".to_owned(),
        processor.to_string(),
        format!("--policy={}", policy(priority)),
        "-i".to_owned(),
        interval.as_micros().to_string(),
        "-D".to_owned(),
        length.as_secs().to_string(),
        "-h".to_owned(),
        HISTOGRAM_US.to_string(),
    ];
    if let Some(priority) = priority {
        flags.extend(["-p".to_owned(), priority.to_string()]);
    }
    flags
}

/// The scheduling policy of both sides.
pub(super) fn policy(priority: Option<u8>) -> &'static str {
    if priority.is_some() { "fifo" } else { "other" }
}

fn read(text: &str) -> Result<Report, String> {
    let not_understood = |why: &dyn std::fmt::Display| {
        format!("cyclictest's report is not understood ({why}): install rt-tests 2.0 or newer")
    };
    let document: Document = serde_json::from_str(text).map_err(|error| not_understood(&error))?;
    let thread = document
        .thread
        .into_values()
        .next()
        .ok_or_else(|| not_understood(&"it holds no thread"))?;
    let mut microseconds = Vec::new();
    for (late, times) in &thread.histogram {
        let late: u32 = late.parse().map_err(|error| not_understood(&error))?;
        let times = usize::try_from(*times).map_err(|error| not_understood(&error))?;
        microseconds.extend(std::iter::repeat_n(f64::from(late), times));
    }
    let beyond = thread.cycles.saturating_sub(microseconds.len() as u64);
    microseconds.extend(std::iter::repeat_n(thread.max as f64, beyond as usize));
    if microseconds.is_empty() {
        return Err(not_understood(&"it counts no wake-up"));
    }
    Ok(Report {
        microseconds,
        version: document.version,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_and_what_lies_beyond_the_histogram_counts_as_the_latest() {
        let text = r#"{"rt_test_version:": "2.40", "num_threads": 1, "thread": {"0": {
            "histogram": {"20": 2, "31": 1}, "cycles": 4, "min": 20, "max": 25001, "avg": 1.0,
            "cpu": 1, "node": 0}}}"#;
        let report = read(text).unwrap();
        assert_eq!(report.version, "2.40");
        assert_eq!(report.microseconds, [20.0, 20.0, 31.0, 25_001.0]);
    }

    #[test]
    fn a_report_without_wake_ups_is_refused() {
        for text in [
            "",
            r#"{"thread": {}}"#,
            r#"{"thread": {"0": {"histogram": {}, "cycles": 0, "max": 0}}}"#,
            r#"{"thread": {"0": {"histogram": {"soon": 1}, "cycles": 1, "max": 0}}}"#,
        ] {
            assert!(read(text).unwrap_err().contains("rt-tests"), "{text}");
        }
    }
}
