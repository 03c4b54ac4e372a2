//! What each panel says, as words and quantised lengths: what is equal need not be drawn again.

use super::figures::{self, Figure};
use crate::scene::{
    Condition, FaceScene, History, Part, Recognised, Sensed, Urgency, finite, share,
};
use triune_core::Attention;

/// Lengths are kept in steps of this part of a meter.
const STEPS: f32 = 1000.0;
/// Level that counts as silence, decibels relative to full scale.
const SILENCE_DBFS: f32 = -90.0;
/// Temperatures at the ends of the meter, degrees Celsius.
const TEMPERATURES: [f32; 2] = [20.0, 100.0];

/// What a panel is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Cycle,
    Hearing,
    Sight,
    Body,
    Recognition,
    Memory,
    Conditions,
}

/// How something is meant; its colour follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// Little weight.
    Quiet,
    /// As it should be.
    Well,
    /// Someone should know.
    Notice,
    /// Someone must act.
    Act,
}

/// One line of a panel.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Row {
    /// The panel's main figure, and what it is.
    Hero {
        figure: Option<Figure>,
        note: String,
        tone: Tone,
    },
    /// A name and its figure.
    Fact {
        name: &'static str,
        figure: Option<Figure>,
        tone: Tone,
    },
    /// A name, its figure, and a bar of `length` steps.
    Meter {
        name: &'static str,
        figure: Option<Figure>,
        length: Option<u16>,
        tone: Tone,
    },
    /// A name, a label, and how sure it is.
    Label {
        name: &'static str,
        label: Option<(String, String)>,
        length: Option<u16>,
    },
    /// Values over time in steps, and a level to compare with.
    Spark {
        values: Vec<Option<u16>>,
        level: Option<u16>,
    },
    /// Yes or no, or unknown.
    Lamp {
        name: &'static str,
        lit: Option<bool>,
        figure: Option<Figure>,
    },
    /// Something that is not as it should be, and why over up to `lines` lines.
    Note {
        what: String,
        why: String,
        lines: u8,
        tone: Tone,
    },
    /// One quiet line.
    Calm { text: &'static str },
    /// Nothing is there.
    Absent { state: &'static str, why: String },
}

/// One panel.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Panel {
    pub(super) caption: &'static str,
    /// What stands at the caption's right: text and tone.
    pub(super) aside: Option<(String, Tone)>,
    pub(super) rows: Vec<Row>,
}

/// Heights of a caption and of the rows, in units of text.
pub(super) const CAPTION_HEIGHT: f32 = 38.0;

impl Row {
    /// The row's height in units of text.
    pub(super) const fn height(&self) -> f32 {
        match self {
            Self::Hero { .. } => 54.0,
            Self::Fact { .. } | Self::Lamp { .. } | Self::Calm { .. } => 26.0,
            Self::Meter { .. } | Self::Label { .. } => 35.0,
            Self::Spark { .. } => 46.0,
            Self::Note { lines, .. } => 27.0 + 19.0 * *lines as f32,
            Self::Absent { .. } => 70.0,
        }
    }
}

impl Topic {
    /// The height of the whole panel, in units of text.
    pub(super) const fn height(self) -> f32 {
        CAPTION_HEIGHT
            + match self {
                Self::Cycle => 54.0 + 3.0 * 26.0,
                Self::Hearing => 46.0 + 26.0,
                Self::Sight | Self::Body => 2.0 * 35.0,
                Self::Recognition => 2.0 * 35.0 + 26.0,
                Self::Memory => 54.0 + 46.0,
                Self::Conditions => 3.0 * 65.0,
            }
    }

    /// What the panel says of `scene`.
    pub(super) fn describe(self, scene: &FaceScene) -> Panel {
        match self {
            Self::Cycle => cycle(scene),
            Self::Hearing => hearing(scene),
            Self::Sight => sight(scene),
            Self::Body => body(scene),
            Self::Recognition => recognition(scene),
            Self::Memory => memory(scene),
            Self::Conditions => conditions(scene),
        }
    }
}

fn steps(value: Option<f32>) -> Option<u16> {
    share(value).map(|value| (value * STEPS) as u16)
}

/// The part of a meter that a quantised length covers.
pub(super) fn covered(length: u16) -> f32 {
    f32::from(length) / STEPS
}

/// The gravest tone of the conditions of `part`.
fn tone(scene: &FaceScene, part: Part) -> Tone {
    let conditions = scene.conditions.iter().flatten();
    match conditions
        .filter(|condition| condition.part == part)
        .map(|condition| condition.urgency)
        .max()
    {
        Some(Urgency::Act) => Tone::Act,
        Some(Urgency::Notice) => Tone::Notice,
        None => Tone::Well,
    }
}

fn cycle(scene: &FaceScene) -> Panel {
    let rate = &scene.rate;
    let tone = tone(scene, Part::Cycle);
    let note = figures::whole_hertz(rate.wanted_hz)
        .map_or_else(String::new, |wanted| format!("of {wanted}"));
    let fact = |name, figure| Row::Fact {
        name,
        figure,
        tone: Tone::Well,
    };
    let beings = match (figures::count(scene.beings.map(u64::from)), scene.beings) {
        (Some(figure), Some(1)) => (format!("{} being", figure.number), Tone::Well),
        (Some(figure), _) => (
            format!("{}{} beings", figure.number, figure.unit),
            Tone::Well,
        ),
        (None, _) => ("beings absent".to_owned(), Tone::Quiet),
    };
    Panel {
        caption: "Cycle",
        aside: Some(beings),
        rows: vec![
            Row::Hero {
                figure: figures::hertz(rate.measured_hz),
                note,
                tone,
            },
            fact("lateness p99", figures::microseconds(rate.lateness_p99_us)),
            fact("overruns", figures::count(rate.overruns)),
            fact("skipped", figures::count(rate.skipped)),
        ],
    }
}

/// The panel of a sense: its rows when it is there, else that it is not.
fn sense<T>(caption: &'static str, sensed: &Sensed<T>, rows: impl Fn(&T) -> Vec<Row>) -> Panel {
    let rows = match sensed {
        Sensed::Present(facts) => rows(facts),
        Sensed::Absent { why } => vec![Row::Absent {
            state: "absent",
            why: why.clone(),
        }],
        Sensed::Refused => {
            vec![Row::Absent {
                state: "refused",
                why: "no consent to this sense".to_owned(),
            }]
        }
    };
    Panel {
        caption,
        aside: None,
        rows,
    }
}

fn hearing(scene: &FaceScene) -> Panel {
    let values = spark(&scene.level_history, |level| 1.0 - level / SILENCE_DBFS);
    let mut panel = sense("Hearing", &scene.hearing, |hearing| {
        vec![
            Row::Spark {
                values: values.clone(),
                level: None,
            },
            Row::Lamp {
                name: if hearing.speaking == Some(false) {
                    "no speech"
                } else {
                    "speech"
                },
                lit: hearing.speaking,
                figure: share(hearing.speech).map(|speech| Figure {
                    number: figures::unit(speech),
                    unit: "",
                }),
            },
        ]
    });
    if let Sensed::Present(hearing) = &scene.hearing {
        panel.aside = Some(aside(
            figures::decibels(hearing.level_dbfs),
            tone(scene, Part::Hearing),
        ));
    }
    panel
}

fn sight(scene: &FaceScene) -> Panel {
    let tone = tone(scene, Part::Sight);
    let meter = |name, value| Row::Meter {
        name,
        figure: figures::percent(value),
        length: steps(value),
        tone,
    };
    sense("Sight", &scene.sight, |sight| {
        vec![
            meter("brightness", sight.brightness),
            meter("motion", sight.motion),
        ]
    })
}

fn body(scene: &FaceScene) -> Panel {
    let tone = tone(scene, Part::Body);
    sense("Body", &scene.body, |body| {
        let heat = finite(body.temperature_c)
            .map(|celsius| (celsius - TEMPERATURES[0]) / (TEMPERATURES[1] - TEMPERATURES[0]));
        vec![
            Row::Meter {
                name: "temperature",
                figure: figures::celsius(body.temperature_c),
                length: steps(heat),
                tone,
            },
            Row::Meter {
                name: "load",
                figure: figures::percent(body.load),
                length: steps(body.load),
                tone: Tone::Well,
            },
        ]
    })
}

fn recognition(scene: &FaceScene) -> Panel {
    let recognition = &scene.recognition;
    let label = |name, recognised: &Option<Recognised>| {
        let confidence = recognised
            .as_ref()
            .and_then(|recognised| share(Some(recognised.confidence)));
        Row::Label {
            name,
            label: recognised.as_ref().map(|it| {
                (
                    it.name.clone(),
                    confidence.map_or_else(String::new, figures::unit),
                )
            }),
            length: steps(confidence),
        }
    };
    let attends = scene
        .vehicle
        .and_then(|vehicle| vehicle.attention)
        .map(|attention| match attention {
            Attention::Environmental => "the senses",
            Attention::Analytical => "meaning",
            Attention::Experiential => "the drives",
        });
    Panel {
        caption: "Recognition",
        aside: Some(recognition.backend.as_ref().map_or_else(
            || ("no models".to_owned(), Tone::Quiet),
            |backend| (format!("on {backend}"), tone(scene, Part::Recognition)),
        )),
        rows: vec![
            label("situation", &recognition.situation),
            label("feeling", &recognition.feeling),
            Row::Fact {
                name: "attends to",
                figure: attends.map(|loop_| Figure {
                    number: loop_.to_owned(),
                    unit: "",
                }),
                tone: Tone::Well,
            },
        ],
    }
}

fn memory(scene: &FaceScene) -> Panel {
    let usual = scene.vehicle.and_then(|vehicle| vehicle.usual_salience);
    Panel {
        caption: "Memory",
        aside: Some(("salience".to_owned(), Tone::Quiet)),
        rows: vec![
            Row::Hero {
                figure: figures::count(scene.kept),
                note: if scene.kept == Some(1) {
                    "moment kept"
                } else {
                    "moments kept"
                }
                .to_owned(),
                tone: tone(scene, Part::Memory),
            },
            Row::Spark {
                values: spark(&scene.salience_history, |salience| salience),
                level: steps(usual),
            },
        ],
    }
}

fn conditions(scene: &FaceScene) -> Panel {
    let note = |condition: &Condition, lines| Row::Note {
        what: condition.what.clone(),
        why: condition.why.clone(),
        lines,
        tone: match condition.urgency {
            Urgency::Notice => Tone::Notice,
            Urgency::Act => Tone::Act,
        },
    };
    let mut aside = None;
    let rows = match &scene.conditions {
        None => vec![Row::Absent {
            state: "absent",
            why: "nothing is known of the service".to_owned(),
        }],
        Some(conditions) if conditions.is_empty() => vec![Row::Calm {
            text: "all is well",
        }],
        Some(conditions) => {
            // What someone must act on comes first; the rest keeps its order.
            let mut sorted: Vec<&Condition> = conditions.iter().collect();
            sorted.sort_by_key(|condition| std::cmp::Reverse(condition.urgency));
            let shown = 3;
            if sorted.len() > shown {
                aside = Some((format!("and {} more", sorted.len() - shown), Tone::Notice));
            }
            sorted.truncate(shown);
            // The fewer there are, the more each can say.
            let lines = match sorted.len() {
                1 => 6,
                2 => 3,
                _ => 2,
            };
            sorted
                .into_iter()
                .map(|condition| note(condition, lines))
                .collect()
        }
    };
    Panel {
        caption: "Condition",
        aside,
        rows,
    }
}

fn aside(figure: Option<Figure>, tone: Tone) -> (String, Tone) {
    figure.map_or_else(
        || ("absent".to_owned(), Tone::Quiet),
        |figure| {
            (
                format!("{} {}", figure.number, figure.unit)
                    .trim_end()
                    .to_owned(),
                tone,
            )
        },
    )
}

fn spark(history: &History, scaled: impl Fn(f32) -> f32) -> Vec<Option<u16>> {
    history
        .iter()
        .map(|value| steps(value.map(&scaled)))
        .collect()
}
