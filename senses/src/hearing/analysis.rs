//! What runs at the analysis rate: onset, spectrum and speech on the clean channel.

use super::ANALYSIS_RATE_HZ;
use super::clock::StreamClock;
use super::evidence::Moment;
use super::floor::NoiseFloor;
use super::intake::Mixed;
use super::level::{DcRemoval, decibels};
use super::onset::{self, OnsetDetector};
use super::parameters::HearingParameters;
use super::spectrum::{HOP, Spectrum, bands};
use super::speech::{self, SpeechDetector};
use super::voicing::Voicing;
use crate::event::{Detail, Event, EventKind};
use realfft::RealFftPlanner;
use triune_core::{BAND_COUNT, BandLevels, HearingPercept, Judgement, Timestamp};

/// Hops until the judgement of speech is trusted fully: 600 ms.
const TRUSTED_AFTER: u32 = 60;
/// Share of the newest hop in the soundness of the samples.
const SOUNDNESS_FOLLOW: f32 = 0.2;
/// Hops that a window spans.
const WINDOW_HOPS: u32 = 4;

/// All that runs at [`ANALYSIS_RATE_HZ`].
pub(super) struct Analysis {
    rate_hz: u64,
    outputs: u64,
    dc: DcRemoval,
    onset: OnsetDetector,
    spectrum: Spectrum,
    floor: NoiseFloor,
    voicing: Voicing,
    speech: SpeechDetector,
    hop: Hop,
    hops: u32,
    hops_since_broken: u32,
    soundness: Option<f32>,
    latest: Latest,
    onset_event: Option<Event>,
    speech_event: Option<Event>,
    next_id: u64,
}

/// What gathers until a hop of 10 ms is full.
#[derive(Clone, Copy, Debug, Default)]
struct Hop {
    filled: usize,
    energy: f32,
    soundness: f32,
    broken: bool,
}

/// What the newest hop told.
#[derive(Clone, Copy, Debug)]
struct Latest {
    time: Option<Timestamp>,
    level_db: f32,
    bands: [f32; BAND_COUNT],
    floor: [f32; BAND_COUNT],
    onset: Option<Timestamp>,
}

impl Analysis {
    pub(super) fn new(rate_hz: u32, parameters: &HearingParameters) -> Self {
        let mut planner = RealFftPlanner::new();
        let hang_over = (parameters.hang_over_ms / 10.0).round() as u32;
        Self {
            rate_hz: u64::from(rate_hz),
            outputs: 0,
            dc: DcRemoval::default(),
            onset: OnsetDetector::new(parameters.onset_start_db, parameters.onset_stop_db),
            spectrum: Spectrum::new(&mut planner),
            floor: NoiseFloor::new(),
            voicing: Voicing::new(&mut planner),
            speech: SpeechDetector::new(parameters.speech_start, parameters.speech_stop, hang_over),
            hop: Hop::default(),
            hops: 0,
            hops_since_broken: WINDOW_HOPS,
            soundness: None,
            latest: Latest::NOTHING,
            onset_event: None,
            speech_event: None,
            next_id: 1,
        }
    }

    /// Takes one sample, which came of `mixed`.
    pub(super) fn push(
        &mut self,
        sample: f32,
        mixed: Mixed,
        clock: &StreamClock,
        events: &mut impl FnMut(&Event),
    ) {
        self.outputs += 1;
        let sample = self.dc.push(sample);
        if let Some(change) = self.onset.push(sample) {
            self.onset_changed(change, clock, events);
        }
        self.spectrum.push(sample);
        self.hop.filled += 1;
        self.hop.energy += sample * sample;
        self.hop.soundness += mixed.soundness;
        self.hop.broken |= !mixed.finite;
        if self.hop.filled == HOP {
            self.hop(self.instant(clock, 0), events);
        }
    }

    /// When the sample `back` outputs before the end of the newest was taken.
    fn instant(&self, clock: &StreamClock, back: u64) -> Timestamp {
        let outputs = u128::from(self.outputs.saturating_sub(back));
        let frame = outputs * u128::from(self.rate_hz) / u128::from(ANALYSIS_RATE_HZ);
        clock.instant(frame as u64)
    }

    fn hop(&mut self, time: Timestamp, events: &mut impl FnMut(&Event)) {
        let hop = std::mem::take(&mut self.hop);
        self.hops = self.hops.saturating_add(1);
        self.hops_since_broken = if hop.broken {
            0
        } else {
            self.hops_since_broken.saturating_add(1)
        };
        let soundness = hop.soundness / HOP as f32;
        let before = self.soundness.unwrap_or(soundness);
        let soundness = before + SOUNDNESS_FOLLOW * (soundness - before);
        self.soundness = Some(if soundness < 0.01 { 0.0 } else { soundness });

        let power = self.spectrum.analyse();
        let whole = self.hops_since_broken >= WINDOW_HOPS;
        if whole {
            self.floor.learn(power);
        }
        let levels = bands(power);
        let floor = bands(self.floor.power());
        let voice = self.voicing.judge(power, self.floor.power());
        let moment = Moment {
            time,
            voice,
            bands: levels,
            whole,
        };
        let change = self.speech.push(&moment);
        self.latest = Latest {
            time: Some(time),
            level_db: decibels(hop.energy / HOP as f32),
            bands: levels,
            floor,
            onset: self.latest.onset,
        };
        self.follow_events();
        if let Some(change) = change {
            self.speech_changed(change, events);
        }
    }

    fn onset_changed(
        &mut self,
        change: onset::Change,
        clock: &StreamClock,
        events: &mut impl FnMut(&Event),
    ) {
        match change {
            onset::Change::Begins => {
                let start = self.instant(clock, onset::HOP as u64);
                self.latest.onset = Some(start);
                let confidence = (2.0 * self.onset.strength()).min(1.0) * self.trust();
                let event = self.event(EventKind::Onset, start, confidence);
                events(&event);
                self.onset_event = Some(event);
            }
            onset::Change::Ends => {
                let end = self.instant(clock, 0);
                close(&mut self.onset_event, end, events);
            }
        }
    }

    fn speech_changed(&mut self, change: speech::Change, events: &mut impl FnMut(&Event)) {
        match change {
            speech::Change::Begins(start) => {
                let confidence = self.speech.likeness() * self.trust();
                let event = self.event(EventKind::Speech, start, confidence);
                events(&event);
                self.speech_event = Some(event);
            }
            speech::Change::Ends(end) => close(&mut self.speech_event, end, events),
        }
    }

    /// Keeps confidence and level of what lasts at their best so far.
    fn follow_events(&mut self) {
        let trust = self.trust();
        let level = self.latest.level_db;
        let onset = (2.0 * self.onset.strength()).min(1.0) * trust;
        let speech = self.speech.likeness() * trust;
        for (event, confidence) in [
            (&mut self.onset_event, onset),
            (&mut self.speech_event, speech),
        ] {
            if let Some(event) = event {
                event.confidence = event.confidence.max(confidence);
                event.detail.level = event.detail.level.map(|highest| highest.max(level));
            }
        }
    }

    fn event(&mut self, kind: EventKind, start: Timestamp, confidence: f32) -> Event {
        let id = self.next_id;
        self.next_id += 1;
        let detail = Detail {
            level: Some(self.latest.level_db),
            ..Detail::default()
        };
        Event {
            id,
            kind,
            start,
            end: None,
            confidence,
            detail,
        }
    }

    /// Ends what lasts; what follows does not belong to it.
    pub(super) fn begin_anew(&mut self, events: &mut impl FnMut(&Event)) {
        if let Some(time) = self.latest.time {
            close(&mut self.onset_event, time, events);
            close(&mut self.speech_event, self.speech.newest(), events);
        }
        self.onset.clear();
        self.speech.clear();
        self.spectrum.clear();
        self.hop = Hop::default();
        self.hops = 0;
    }

    /// The steady background by band; `None` until it is known.
    pub(super) fn noise_floor(&self) -> Option<[f32; BAND_COUNT]> {
        self.floor
            .is_known()
            .then(|| self.latest.floor.map(decibels))
    }

    fn trust(&self) -> f32 {
        self.soundness.unwrap_or(0.0)
    }

    /// What is heard, seen from `now`.
    pub(super) fn percept(&self, now: Timestamp) -> HearingPercept {
        let trust = self.trust();
        let Some(time) = self.latest.time.filter(|_| trust > 0.0) else {
            return HearingPercept::ABSENT;
        };
        let age = now.since(time);
        let warm = (self.hops as f32 / TRUSTED_AFTER as f32).min(1.0);
        HearingPercept {
            level: Judgement {
                value: self.latest.level_db,
                confidence: trust,
                age,
            },
            onset: self
                .latest
                .onset
                .map_or(Judgement::ABSENT, |start| Judgement {
                    value: self.onset.strength(),
                    confidence: trust,
                    age: now.since(start),
                }),
            speech: Judgement {
                value: self.speech.likeness(),
                confidence: trust * warm,
                age,
            },
            bands: BandLevels {
                values: self.latest.bands.map(decibels),
                confidence: trust,
                age,
                ..BandLevels::ABSENT
            },
        }
    }
}

impl Latest {
    const NOTHING: Self = Self {
        time: None,
        level_db: 0.0,
        bands: [0.0; BAND_COUNT],
        floor: [0.0; BAND_COUNT],
        onset: None,
    };
}

fn close(event: &mut Option<Event>, end: Timestamp, events: &mut impl FnMut(&Event)) {
    if let Some(mut event) = event.take() {
        event.end = Some(end.max(event.start));
        events(&event);
    }
}
