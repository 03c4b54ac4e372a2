//! What the stage reports while it plays: one JSON object a line.

use serde::{Deserialize, Serialize};

/// The line that the harness sends to begin the performance.
pub const START_COMMAND: &str = "start";

/// One thing that the stage did. Times are nanoseconds of the guest's `CLOCK_MONOTONIC`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Report {
    /// The devices are open; the stage waits for [`START_COMMAND`].
    Ready,
    /// The background noise begins.
    Noise {
        /// When its first sample leaves into the loopback.
        ns: u64,
    },
    /// A phrase was handed to the sound card.
    Phrase {
        /// When its first audible sample leaves into the loopback.
        onset_ns: u64,
        /// When its last sample leaves.
        end_ns: u64,
        /// Which recording.
        file: String,
    },
    /// The camera's brightness control was turned.
    Brightness {
        /// Just before the control was set.
        ns: u64,
        /// Its value before, 0 to 255.
        from: i64,
        /// Its value after, 0 to 255.
        to: i64,
    },
    /// Sound ran dry: the times of a phrase that was playing are off.
    Underrun {
        /// When it was noticed.
        ns: u64,
    },
    /// Everything in the plan was done once; the noise goes on.
    Finished,
    /// The stage cannot go on.
    Failed {
        /// Why.
        message: String,
    },
}

impl Report {
    /// The report as a line, with its line feed.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no variant brings about.
    pub fn to_line(&self) -> Result<String, serde_json::Error> {
        let mut line = serde_json::to_string(self)?;
        line.push('\n');
        Ok(line)
    }

    /// Reads a line that [`Report::to_line`] wrote.
    ///
    /// # Errors
    /// When the line is not a report.
    pub fn from_line(line: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(line.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_survives_the_line() {
        let reports = [
            Report::Ready,
            Report::Noise { ns: 1 },
            Report::Phrase {
                onset_ns: 2,
                end_ns: u64::MAX,
                file: "a b.wav".into(),
            },
            Report::Brightness {
                ns: 3,
                from: 128,
                to: 230,
            },
            Report::Underrun { ns: 4 },
            Report::Finished,
            Report::Failed {
                message: "two\nlines".into(),
            },
        ];
        for report in reports {
            let line = report.to_line().unwrap();
            assert_eq!(line.matches('\n').count(), 1, "{line}");
            assert_eq!(Report::from_line(&line).unwrap(), report);
        }
    }

    #[test]
    fn noise_on_the_line_is_refused() {
        assert!(Report::from_line("{\"event\":\"applause\"}").is_err());
        assert!(Report::from_line("").is_err());
    }
}
