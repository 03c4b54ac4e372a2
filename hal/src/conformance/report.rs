//! What a suite found.

use std::fmt;

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What must hold.
    pub name: &'static str,
    /// Why it does not; `None` where it does.
    pub failure: Option<String>,
}

/// One thing that was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What.
    pub name: &'static str,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: &'static str,
}

/// What a suite found about a device.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// The device, for people.
    pub device: String,
    /// All that was checked, in order.
    pub checks: Vec<Check>,
    /// All that was measured.
    pub figures: Vec<Figure>,
    /// Why the suite could not run: the device is not there or not ours to open.
    pub skipped: Option<String>,
}

impl Report {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn skip(why: impl fmt::Display) -> Self {
        Self {
            skipped: Some(why.to_string()),
            ..Self::default()
        }
    }

    /// Notes a check; `failure` is only asked for where it does not hold.
    pub(super) fn check(
        &mut self,
        name: &'static str,
        holds: bool,
        failure: impl FnOnce() -> String,
    ) {
        self.checks.push(Check {
            name,
            failure: (!holds).then(failure),
        });
    }

    pub(super) fn figure(&mut self, name: &'static str, value: f64, unit: &'static str) {
        self.figures.push(Figure { name, value, unit });
    }

    /// Whether the suite ran and every check holds.
    pub fn passed(&self) -> bool {
        self.skipped.is_none() && self.failures().next().is_none()
    }

    /// The checks that do not hold.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.failure.is_some())
    }

    /// A figure by its name.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.figures
            .iter()
            .find(|figure| figure.name == name)
            .map(|figure| figure.value)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.skipped {
            return write!(formatter, "skipped: {why}");
        }
        write!(formatter, "{}", self.device)?;
        for Figure { name, value, unit } in &self.figures {
            write!(formatter, "\n  {name:<24} {value:.2} {unit}")?;
        }
        for Check { name, failure } in &self.checks {
            match failure {
                None => write!(formatter, "\n  ok      {name}")?,
                Some(why) => write!(formatter, "\n  FAILED  {name}: {why}")?,
            }
        }
        Ok(())
    }
}

/// The device, or the whole report of a suite that could not open it: skipped where it is not
/// there or not ours to open, failed where it is and does not open.
pub(super) fn opened<D, E: fmt::Display>(
    outcome: Result<D, E>,
    missing: impl FnOnce(&E) -> bool,
) -> Result<D, Report> {
    outcome.map_err(|error| {
        if missing(&error) {
            return Report::skip(error);
        }
        let mut report = Report::new();
        report.check("opens", false, || error.to_string());
        report
    })
}
