//! What was found out about one part.

use serde::Serialize;
use std::fmt;
use triune_hal::conformance::Report;

/// How a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    /// It works.
    Fine,
    /// The board does not have it.
    Absent,
    /// It does not work, or not as it should.
    Failed,
}

/// What was found out about one part.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Examination {
    pub(super) part: &'static str,
    pub(super) verdict: Verdict,
    pub(super) device: String,
    /// What was measured and checked, a line each.
    pub(super) findings: Vec<String>,
}

impl Examination {
    pub(super) fn absent(part: &'static str, why: impl Into<String>) -> Self {
        Self {
            part,
            verdict: Verdict::Absent,
            device: why.into(),
            findings: Vec::new(),
        }
    }

    pub(super) fn failed(part: &'static str, why: impl fmt::Display) -> Self {
        Self {
            part,
            verdict: Verdict::Failed,
            device: why.to_string(),
            findings: Vec::new(),
        }
    }

    pub(super) fn of_report(part: &'static str, report: &Report) -> Self {
        if let Some(why) = &report.skipped {
            return Self::failed(part, why);
        }
        let figures = report
            .figures
            .iter()
            .map(|figure| format!("{}: {:.2} {}", figure.name, figure.value, figure.unit));
        let checks = report.checks.iter().map(|check| match &check.failure {
            None => format!("ok: {}", check.name),
            Some(why) => format!("FAILED: {}: {why}", check.name),
        });
        Self {
            part,
            verdict: if report.passed() {
                Verdict::Fine
            } else {
                Verdict::Failed
            },
            device: report.device.clone(),
            findings: figures.chain(checks).collect(),
        }
    }
}

impl fmt::Display for Examination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Fine => "fine",
            Verdict::Absent => "absent",
            Verdict::Failed => "FAILED",
        };
        write!(formatter, "{:<8} {verdict:<7} {}", self.part, self.device)?;
        for finding in &self.findings {
            write!(formatter, "\n         {finding}")?;
        }
        Ok(())
    }
}
