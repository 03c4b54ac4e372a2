//! Decides from times alone whether the appliance noticed what happened, when it happened.
//!
//! All times are nanoseconds of the guest's monotonic clock: the stage's reports say what was
//! done, the service's events say what was noticed. An event before its cause is as much a
//! fault as none: whoever guesses is found out, for the moments are random.

use serde::Serialize;
use triune_stage::Report;

use super::status::Event;

const MS: u64 = 1_000_000;

/// How far before its cause an event of sound may begin. The loopback card hands samples over
/// in bursts of 10 to 14 ms, so the time of a sample is known to about one burst on either
/// side, and a listener may date a voice back by the length of its analysis window.
const SOUND_TOLERANCE: u64 = 60 * MS;
/// How far before its cause an event of light may begin: two frames of a slow camera.
const LIGHT_TOLERANCE: u64 = 70 * MS;
/// How long after its cause an event must have begun: short beside the seconds within which
/// the random moments lie, so that a guess seldom passes.
const LATEST: u64 = 1000 * MS;
/// How long after the last word a phrase may still be taken for speech: the hang-over, and the
/// time in which evidence leaks away.
const LATEST_END: u64 = 2500 * MS;
/// The least change of mean brightness, of 0 to 1, that the big step must have brought.
const LEAST_STEP: f64 = 0.04;

/// Everything that was done and noticed.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Timeline {
    pub(super) reports: Vec<Report>,
    pub(super) events: Vec<Event>,
    /// The camera's mean brightness, 0 to 1, by the time it was read.
    pub(super) brightness: Vec<(u64, f64)>,
}

/// What the appliance heard.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Heard {
    /// From the first audible sample to the start of the event.
    pub(super) delay_ms: f64,
    pub(super) onset_ns: u64,
    pub(super) start_ns: u64,
    pub(super) end_ns: Option<u64>,
    pub(super) confidence: Option<f64>,
}

/// What the appliance saw.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Seen {
    /// From the turn of the control to the start of the event.
    pub(super) delay_ms: f64,
    pub(super) changed_ns: u64,
    pub(super) start_ns: u64,
    /// Mean brightness before and after, as sampled.
    pub(super) from: f64,
    pub(super) to: f64,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the stage did not report {0}")]
    NotPerformed(&'static str),
    #[error("the stage's sound ran dry, so its times are off; run again on a quieter machine")]
    Underrun,
    #[error("speech was reported {0:.0} ms before anyone spoke")]
    SpeechTooEarly(f64),
    #[error("the phrase was not heard within {} s", LATEST / (1000 * MS))]
    SpeechMissed,
    #[error("speech was reported {0:.0} ms after the last word")]
    SpeechAfterwards(f64),
    #[error("the speech that was reported did not end within {} s after the last word", LATEST_END as f64 / 1e9)]
    SpeechEndless,
    #[error("a change of light was reported {0:.0} ms before there was one")]
    LightTooEarly(f64),
    #[error("the change of light was not seen within {} s", LATEST / (1000 * MS))]
    LightMissed,
    #[error(
        "the light was turned {asked}, but brightness was reported to go from {from:.3} to {to:.3}"
    )]
    LightBackwards {
        asked: &'static str,
        from: f64,
        to: f64,
    },
    #[error("the camera's mean brightness was not sampled both before and after the change")]
    NotSampled,
    #[error(
        "the light was turned {asked}, but the mean brightness went from {before:.3} to {after:.3}"
    )]
    MeanBackwards {
        asked: &'static str,
        before: f64,
        after: f64,
    },
}

fn ms(later: u64, earlier: u64) -> f64 {
    (later as f64 - earlier as f64) / MS as f64
}

impl Timeline {
    /// Whether every cause has its effect already, so that there is nothing to wait for.
    pub(super) fn complete(&self) -> bool {
        let heard = self.phrase().is_some_and(|(onset, _)| {
            self.of("speech")
                .any(|event| event.start_ns + SOUND_TOLERANCE >= onset && event.end_ns.is_some())
        });
        let seen = self.light().is_some_and(|(changed, ..)| {
            self.of("brightness")
                .any(|event| event.start_ns + LIGHT_TOLERANCE >= changed)
                && self
                    .brightness
                    .iter()
                    .filter(|(ns, _)| *ns > changed + 500 * MS)
                    .count()
                    >= 2
        });
        heard && seen
    }

    /// The verdict, or everything that speaks against one.
    pub(super) fn judge(&self) -> Result<(Heard, Seen), Vec<Fault>> {
        let mut faults = Vec::new();
        if self
            .reports
            .iter()
            .any(|report| matches!(report, Report::Underrun { .. }))
        {
            faults.push(Fault::Underrun);
        }
        let heard = self.judge_sound().map_err(|fault| faults.push(fault)).ok();
        let seen = self.judge_light().map_err(|fault| faults.push(fault)).ok();
        match (heard, seen, faults.is_empty()) {
            (Some(heard), Some(seen), true) => Ok((heard, seen)),
            _ => Err(faults),
        }
    }

    fn judge_sound(&self) -> Result<Heard, Fault> {
        let (onset_ns, phrase_end) = self.phrase().ok_or(Fault::NotPerformed("a phrase"))?;
        let earliest = onset_ns.saturating_sub(SOUND_TOLERANCE);
        let mut speech: Vec<_> = self.of("speech").collect();
        speech.sort_by_key(|event| event.start_ns);
        let first = speech.first().ok_or(Fault::SpeechMissed)?;
        if first.start_ns < earliest {
            return Err(Fault::SpeechTooEarly(ms(onset_ns, first.start_ns)));
        }
        if first.start_ns > onset_ns + LATEST {
            return Err(Fault::SpeechMissed);
        }
        if let Some(stray) = speech
            .iter()
            .find(|event| event.start_ns > phrase_end + SOUND_TOLERANCE)
        {
            return Err(Fault::SpeechAfterwards(ms(stray.start_ns, phrase_end)));
        }
        let last_end = speech.iter().map(|event| event.end_ns).max().flatten();
        if speech.iter().any(|event| event.end_ns.is_none())
            || last_end.is_none_or(|end| end > phrase_end + LATEST_END)
        {
            return Err(Fault::SpeechEndless);
        }
        Ok(Heard {
            delay_ms: ms(first.start_ns, onset_ns),
            onset_ns,
            start_ns: first.start_ns,
            end_ns: first.end_ns,
            confidence: first.confidence,
        })
    }

    fn judge_light(&self) -> Result<Seen, Fault> {
        let (changed_ns, was, is) = self
            .light()
            .ok_or(Fault::NotPerformed("a change of light"))?;
        let (asked, sign) = if is > was {
            ("up", 1.0)
        } else {
            ("down", -1.0)
        };
        let begin = self.noise().ok_or(Fault::NotPerformed("its start"))?;
        let earliest = changed_ns.saturating_sub(LIGHT_TOLERANCE);
        // What the camera showed while the machine came up is not part of the performance.
        let mut changes: Vec<_> = self
            .of("brightness")
            .filter(|event| event.start_ns >= begin)
            .collect();
        changes.sort_by_key(|event| event.start_ns);
        let first = changes.first().ok_or(Fault::LightMissed)?;
        if first.start_ns < earliest {
            return Err(Fault::LightTooEarly(ms(changed_ns, first.start_ns)));
        }
        if first.start_ns > changed_ns + LATEST {
            return Err(Fault::LightMissed);
        }
        if let (Some(from), Some(to)) = (first.from, first.to)
            && (to - from) * sign <= 0.0
        {
            return Err(Fault::LightBackwards { asked, from, to });
        }
        let between = |low: u64, high: u64| {
            let samples: Vec<_> = self
                .brightness
                .iter()
                .filter(|(ns, _)| (low..high).contains(ns))
                .map(|(_, value)| *value)
                .collect();
            (!samples.is_empty()).then(|| samples.iter().sum::<f64>() / samples.len() as f64)
        };
        let before = between(begin, changed_ns).ok_or(Fault::NotSampled)?;
        // Half a second lets every frame in flight pass.
        let after = between(changed_ns + 500 * MS, u64::MAX).ok_or(Fault::NotSampled)?;
        if (after - before) * sign < LEAST_STEP {
            return Err(Fault::MeanBackwards {
                asked,
                before,
                after,
            });
        }
        Ok(Seen {
            delay_ms: ms(first.start_ns, changed_ns),
            changed_ns,
            start_ns: first.start_ns,
            from: before,
            to: after,
        })
    }

    fn of(&self, kind: &str) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.kind == kind)
    }

    fn noise(&self) -> Option<u64> {
        self.reports.iter().find_map(|report| match report {
            Report::Noise { ns } => Some(*ns),
            _ => None,
        })
    }

    fn phrase(&self) -> Option<(u64, u64)> {
        self.reports.iter().find_map(|report| match report {
            Report::Phrase {
                onset_ns, end_ns, ..
            } => Some((*onset_ns, *end_ns)),
            _ => None,
        })
    }

    fn light(&self) -> Option<(u64, i64, i64)> {
        self.reports.iter().find_map(|report| match report {
            Report::Brightness { ns, from, to } => Some((*ns, *from, *to)),
            _ => None,
        })
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
