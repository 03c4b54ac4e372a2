//! What is made to fail on purpose: the plan behind `--inject`.

use serde::{Serialize, Serializer};
use std::str::FromStr;
use std::time::Duration;
use triune_engine::{FaultPlan, FaultPlanError};
use triune_memory::{FaultSyntaxError, StoreFault};

/// What stands before the `=` of a fault of the store.
const STORE: &str = "memory";

/// A plan that cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum InjectError {
    /// A fault of an input or a loop.
    #[error("--inject: {0}")]
    Plan(#[from] FaultPlanError),
    /// A fault of the store.
    #[error("--inject: {0}")]
    Store(#[from] FaultSyntaxError),
    /// Its time.
    #[error(
        "--inject: '{0}' has no time: write it as memory=full@10s..20s or memory=full@10s.., with the end after the beginning"
    )]
    Time(String),
}

/// A whole plan: empty for no faults.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Injection {
    /// As it was written.
    pub text: String,
    /// Faults of inputs and loops.
    pub plan: FaultPlan,
    /// Faults of the store.
    pub store: Vec<ScheduledFault>,
}

/// A fault of the store and when it is on, after the start.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduledFault {
    /// As it was written, without its time.
    pub text: String,
    /// What fails.
    pub fault: StoreFault,
    /// From when on.
    pub from: Duration,
    /// Until when; `None` for ever.
    pub until: Option<Duration>,
}

impl ScheduledFault {
    /// Whether it is on `since` the start.
    #[must_use]
    pub fn is_on(&self, since: Duration) -> bool {
        since >= self.from && self.until.is_none_or(|until| since < until)
    }
}

impl FromStr for Injection {
    type Err = InjectError;

    /// Reads faults separated by commas; no text means no faults.
    fn from_str(text: &str) -> Result<Self, InjectError> {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let (store, others): (Vec<&str>, Vec<&str>) =
            parts.partition(|part| of_store(part).is_some());
        Ok(Self {
            text: text.trim().to_owned(),
            plan: others.join(",").parse()?,
            store: store.into_iter().map(scheduled).collect::<Result<_, _>>()?,
        })
    }
}

impl Serialize for Injection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// What follows `memory=`, if that is what `text` begins with.
fn of_store(text: &str) -> Option<&str> {
    let (target, how) = text.split_once('=')?;
    (target.trim() == STORE).then_some(how)
}

/// Reads `memory=FAULT@FROM..UNTIL`, with spaces wherever the faults of inputs may have them.
fn scheduled(text: &str) -> Result<ScheduledFault, InjectError> {
    let wrong = || InjectError::Time(text.to_owned());
    let how = of_store(text).unwrap_or(text);
    let (fault, time) = how.split_once('@').ok_or_else(wrong)?;
    let (from, until) = time.split_once("..").ok_or_else(wrong)?;
    let (fault, from, until) = (fault.trim(), from.trim(), until.trim());
    let span = |text: &str| humantime::parse_duration(text).map_err(|_| wrong());
    let from = if from.is_empty() {
        Duration::ZERO
    } else {
        span(from)?
    };
    let until = (!until.is_empty()).then(|| span(until)).transpose()?;
    if until.is_some_and(|until| until <= from) {
        return Err(wrong());
    }
    Ok(ScheduledFault {
        text: format!("{STORE}={fault}"),
        fault: fault.parse()?,
        from,
        until,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_taken_apart_by_who_carries_it_out() {
        let text = "sight=frozen@5s..10s, memory=full@1s..2s,told=burst:10/s@0s..,loop.analytical=late@3s..4s";
        let Ok(read) = text.parse::<Injection>() else {
            panic!("a plan");
        };
        assert_eq!((read.plan.faults.len(), read.store.len()), (3, 1));
        assert!(read.store[0].is_on(Duration::from_millis(1_500)));
        assert!(!read.store[0].is_on(Duration::from_secs(2)));
    }

    #[test]
    fn faults_of_the_store_are_read_as_loosely_as_others() {
        let loosely = " memory = full @ 1s .. 2s , body = nan @ 1s..2s, memory=read-only@..3s";
        let Ok(read) = loosely.parse::<Injection>() else {
            panic!("a plan");
        };
        assert_eq!((read.plan.faults.len(), read.store.len()), (1, 2));
        assert_eq!(read.store[0].text, "memory=full");
        assert!(read.store[0].is_on(Duration::from_secs(1)));
        assert!(read.store[1].is_on(Duration::ZERO));
        assert!(!read.store[1].is_on(Duration::from_secs(3)));
    }

    #[test]
    fn what_is_no_plan_is_refused_with_a_reason() {
        for text in [
            "memory=full",
            "memory=fool@1s..",
            "sight=blind@1s..2s",
            "memory=full@soon..",
            "memory=full@5s..3s",
        ] {
            assert!(text.parse::<Injection>().is_err(), "{text}");
        }
    }
}
