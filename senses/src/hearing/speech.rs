//! Whether somebody speaks: gathers evidence and decides.

use super::evidence::{Evidence, Moment};
use triune_core::Timestamp;

/// Share of the gathered evidence that remains after one window: a time constant of 0.6 s.
const FADE: f32 = 0.983_5;
/// Gathered evidence at which the likeness is 0.5.
const HALF: f32 = 4.0;
/// No more is gathered, so that a long speech does not linger.
const MOST: f32 = 15.0;
/// After this many windows without evidence, the next is a new beginning: 300 ms.
const PAUSE: u32 = 30;

/// A beginning with less evidence than this before the next run of voice was chance: noise sounds
/// voiced now and then, and speech must not be dated back to that.
const CHANCE: f32 = 2.5;

/// What a window brought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Change {
    /// Somebody began to speak at this time.
    Begins(Timestamp),
    /// The last trace of speech was at this time.
    Ends(Timestamp),
}

/// Decides on speech.
#[derive(Clone, Debug)]
pub(super) struct SpeechDetector {
    start: f32,
    stop: f32,
    hang_over: u32,
    evidence: Evidence,
    gathered: f32,
    since_evidence: u32,
    begin: Timestamp,
    /// Evidence since `begin`, and the run that it came from last.
    since_begin: f32,
    run: Timestamp,
    newest: Timestamp,
    active: bool,
}

impl SpeechDetector {
    /// Begins at a likeness of `start`; ends below `stop` once `hang_over` windows brought nothing.
    pub(super) fn new(start: f32, stop: f32, hang_over: u32) -> Self {
        Self {
            start,
            stop,
            hang_over,
            evidence: Evidence::new(),
            gathered: 0.0,
            since_evidence: u32::MAX,
            begin: Timestamp(0),
            since_begin: 0.0,
            run: Timestamp(0),
            newest: Timestamp(0),
            active: false,
        }
    }

    /// Forgets everything, for what follows does not belong to what was before.
    pub(super) fn clear(&mut self) {
        *self = Self::new(self.start, self.stop, self.hang_over);
    }

    /// How much like speech the last second was, 0 to 1.
    pub(super) fn likeness(&self) -> f32 {
        self.gathered / (self.gathered + HALF)
    }

    /// When the newest trace of speech was heard.
    pub(super) fn newest(&self) -> Timestamp {
        self.newest
    }

    /// Takes one window.
    pub(super) fn push(&mut self, moment: &Moment) -> Option<Change> {
        let evidence = self.evidence.weigh(moment);
        self.gathered = (FADE * self.gathered + evidence).min(MOST);
        if evidence > 0.0 {
            self.follow_beginning(moment.time);
            self.since_begin += evidence;
            (self.newest, self.since_evidence) = (moment.time, 0);
        } else {
            self.since_evidence = self.since_evidence.saturating_add(1);
        }
        self.decide()
    }

    fn follow_beginning(&mut self, time: Timestamp) {
        let run = self.evidence.run_start();
        let another = run != self.run;
        self.run = run;
        if self.since_evidence > PAUSE || (another && self.since_begin < CHANCE) {
            (self.begin, self.since_begin) = (time, 0.0);
        }
    }

    fn decide(&mut self) -> Option<Change> {
        let likeness = self.likeness();
        if !self.active && likeness >= self.start {
            self.active = true;
            return Some(Change::Begins(self.begin));
        }
        if self.active && likeness < self.stop && self.since_evidence >= self.hang_over {
            self.active = false;
            return Some(Change::Ends(self.newest));
        }
        None
    }
}
