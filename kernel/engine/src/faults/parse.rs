//! Reads a plan from text.

use super::error::FaultPlanError;
use super::plan::{Fault, FaultKind, FaultPlan, FaultTarget};
use std::str::FromStr;
use triune_core::Nanoseconds;

/// Most faults of one plan: the cycle thread looks at each in every cycle.
const MOST_FAULTS: usize = 64;
/// Longest delay: what a sense gave is kept for so long.
pub(super) const LONGEST_DELAY: Nanoseconds = 10_000_000_000;
/// Jumps or words a second where no rate is written.
const USUAL_BURST: u32 = 100;
/// Highest rate of a burst, for each second.
const HIGHEST_BURST: u32 = 100_000;

impl FromStr for FaultPlan {
    type Err = FaultPlanError;

    /// Reads faults separated by commas; empty text is a plan in which nothing fails.
    fn from_str(text: &str) -> Result<Self, FaultPlanError> {
        let mut plan = Self::default();
        if text.trim().is_empty() {
            return Ok(plan);
        }
        for item in text.split(',').map(str::trim) {
            let shape = || FaultPlanError::Shape(item.to_owned());
            let (target, how) = item.split_once('=').ok_or_else(shape)?;
            let (target, how) = (target.trim(), how.trim());
            if target == "seed" {
                plan.seed = how
                    .parse()
                    .map_err(|_| FaultPlanError::Seed(how.to_owned()))?;
            } else {
                plan.faults.push(fault(target, how)?);
            }
        }
        if plan.faults.len() > MOST_FAULTS {
            return Err(FaultPlanError::TooMany {
                found: plan.faults.len(),
                most: MOST_FAULTS,
            });
        }
        Ok(plan)
    }
}

fn fault(target_name: &str, how: &str) -> Result<Fault, FaultPlanError> {
    let target = FaultTarget::ALL
        .into_iter()
        .find(|target| target.name() == target_name)
        .ok_or_else(|| FaultPlanError::UnknownTarget(target_name.to_owned()))?;
    let (kind_text, window_text) = match how.split_once('@') {
        Some((kind, window)) => (kind.trim(), Some(window.trim())),
        None => (how, None),
    };
    let kind = kind(target, kind_text)?;
    let (from, until) = window_text.map_or(Ok((0, None)), window)?;
    let instead = match (target, kind) {
        (FaultTarget::Loop(_), FaultKind::Late(0)) => None,
        (FaultTarget::Loop(_), _) => Some("a loop can be late, without a span"),
        (FaultTarget::Told, FaultKind::Frozen) => {
            Some("words come once, there is no last value; use told=missing")
        }
        _ => None,
    };
    if let Some(instead) = instead {
        return Err(FaultPlanError::NotFor {
            target: target_name.to_owned(),
            kind: kind_text.to_owned(),
            instead,
        });
    }
    Ok(Fault {
        target,
        kind,
        from,
        until,
    })
}

fn kind(target: FaultTarget, text: &str) -> Result<FaultKind, FaultPlanError> {
    let unknown = || FaultPlanError::UnknownKind(text.to_owned());
    let (name, argument) = match text.split_once(':') {
        Some((name, argument)) => (name, Some(argument)),
        None => (text, None),
    };
    match (name, argument) {
        ("missing", None) => Ok(FaultKind::Missing),
        ("frozen", None) => Ok(FaultKind::Frozen),
        ("nan", None) => Ok(FaultKind::Nan),
        ("out-of-range", None) => Ok(FaultKind::OutOfRange),
        ("burst", None) => Ok(FaultKind::Burst(USUAL_BURST)),
        ("burst", Some(rate)) => rate
            .strip_suffix("/s")
            .and_then(|number| number.parse().ok())
            .filter(|number| (1..=HIGHEST_BURST).contains(number))
            .map(FaultKind::Burst)
            .ok_or_else(|| FaultPlanError::Rate(rate.to_owned())),
        ("late", None) if matches!(target, FaultTarget::Loop(_)) => Ok(FaultKind::Late(0)),
        ("late", None) => Err(FaultPlanError::DelayMissing(target.name().to_owned())),
        ("late", Some(delay)) => match span(delay)? {
            found @ 1..=LONGEST_DELAY => Ok(FaultKind::Late(found)),
            _ => Err(FaultPlanError::Delay(delay.to_owned())),
        },
        _ => Err(unknown()),
    }
}

fn window(text: &str) -> Result<(Nanoseconds, Option<Nanoseconds>), FaultPlanError> {
    let wrong = || FaultPlanError::Window(text.to_owned());
    let (from, until) = text.split_once("..").ok_or_else(wrong)?;
    let from = if from.is_empty() { 0 } else { span(from)? };
    let until = if until.is_empty() {
        None
    } else {
        Some(span(until)?)
    };
    if until.is_some_and(|until| until <= from) {
        return Err(wrong());
    }
    Ok((from, until))
}

/// A number and its unit. Whole numbers are kept to the nanosecond.
fn span(text: &str) -> Result<Nanoseconds, FaultPlanError> {
    let wrong = || FaultPlanError::Span(text.to_owned());
    let digits = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .ok_or_else(wrong)?;
    let (number, unit) = text.split_at(digits);
    let unit: Nanoseconds = match unit.trim() {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "min" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return Err(wrong()),
    };
    if let Ok(whole) = number.parse::<Nanoseconds>() {
        return whole.checked_mul(unit).ok_or_else(wrong);
    }
    let nanoseconds = number.parse::<f64>().map_err(|_| wrong())? * unit as f64;
    // Beyond 2^53 a fraction no longer counts single nanoseconds: that is 104 days.
    if nanoseconds < (1_u64 << 53) as f64 {
        Ok(nanoseconds as Nanoseconds)
    } else {
        Err(wrong())
    }
}
