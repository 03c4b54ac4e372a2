//! Where everything stands, for one size of picture.

use super::area::Area;
use super::describe::Topic;

/// Topics from top to bottom, in the left column and in the right one.
const COLUMNS: [&[Topic]; 2] = [
    &[Topic::Cycle, Topic::Hearing, Topic::Sight, Topic::Body],
    &[Topic::Recognition, Topic::Memory, Topic::Conditions],
];

/// How much there is room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// The crystal alone, without words.
    Glance,
    /// Everything.
    Full,
}

/// Where everything stands.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) detail: Detail,
    /// Pixels for each unit of the drawing, which is made for 1280 by 720.
    pub(super) unit: f32,
    /// Pixels for each unit of text; greater than `unit` on small pictures, so that it stays legible.
    pub(super) text: f32,
    /// Name, version, address.
    pub(super) header: Area,
    /// The legend.
    pub(super) footer: Area,
    /// The part that is drawn anew each time: the crystal.
    pub(super) stage: Area,
    /// The crystal's middle.
    pub(super) middle: [f32; 2],
    /// From the crystal's middle to its tips.
    pub(super) radius: f32,
    /// Each topic's place.
    pub(super) slots: Vec<(Topic, Area)>,
}

impl Layout {
    /// The layout for a picture of this size.
    pub(super) fn of(width: u32, height: u32) -> Self {
        let (w, h) = (width as f32, height as f32);
        if width < 320 || height < 240 {
            return Self::glance(w, h);
        }
        if w >= h * 1.2 {
            Self::wide(w, h)
        } else {
            Self::tall(w, h)
        }
    }

    fn glance(w: f32, h: f32) -> Self {
        let stage = Area::around(0.0, 0.0, w, h);
        let radius = (h / 2.0).min(w / 2.0 / 0.96) * 0.94;
        Self {
            detail: Detail::Glance,
            unit: radius / 290.0,
            text: 0.0,
            header: Area::default(),
            footer: Area::default(),
            stage,
            middle: [w / 2.0, h / 2.0],
            radius,
            slots: Vec::new(),
        }
    }

    fn wide(w: f32, h: f32) -> Self {
        let unit = (w / 1280.0).min(h / 720.0);
        let text = unit * legible(unit);
        let (margin, column) = (38.0 * unit, 300.0 * unit);
        // On a small picture the legend takes two lines.
        let legend = if unit < 0.95 { 52.0 } else { 44.0 };
        let (top, foot) = (72.0 * unit, h - legend * text);
        let left = margin + column + 10.0 * unit;
        let stage = Area::around(left, top - 14.0 * unit, w - left, foot);
        let (middle, radius) = fit_crystal(stage, unit);
        let columns = [
            Area::around(margin, top, margin + column, foot - 12.0 * unit),
            Area::around(w - margin - column, top, w - margin, foot - 12.0 * unit),
        ];
        let (text, slots) = fill(columns, unit, text);
        Self {
            detail: Detail::Full,
            unit,
            text,
            header: Area::around(margin, 14.0 * unit, w - margin, top - 14.0 * unit),
            footer: Area::around(margin, foot, w - margin, h - 6.0 * unit),
            stage,
            middle,
            radius,
            slots,
        }
    }

    fn tall(w: f32, h: f32) -> Self {
        let unit = (w / 720.0).min(h / 1280.0);
        let text = unit * legible(unit);
        let margin = 38.0 * unit;
        let (top, foot) = (72.0 * unit, h - 84.0 * text);
        let below = top + (foot - top) * 0.52;
        let stage = Area::around(margin, top - 14.0 * unit, w - margin, below - 6.0 * unit);
        let (middle, radius) = fit_crystal(stage, unit);
        let column = (w - margin * 3.2) / 2.0;
        let columns = [
            Area::around(margin, below, margin + column, foot - 8.0 * unit),
            Area::around(w - margin - column, below, w - margin, foot - 8.0 * unit),
        ];
        let (text, slots) = fill(columns, unit, text);
        Self {
            detail: Detail::Full,
            unit,
            text,
            header: Area::around(margin, 14.0 * unit, w - margin, top - 14.0 * unit),
            footer: Area::around(margin, foot, w - margin, h - 6.0 * unit),
            stage,
            middle,
            radius,
            slots,
        }
    }
}

/// How much larger than the rest text is drawn: small pictures need it.
fn legible(unit: f32) -> f32 {
    1.0 + ((1.0 - unit) * 0.5).clamp(0.0, 0.25)
}

fn fit_crystal(stage: Area, unit: f32) -> ([f32; 2], f32) {
    let (width, height) = (stage.width() as f32, stage.height() as f32);
    let middle = [
        (stage.left + stage.right) as f32 / 2.0,
        (stage.top + stage.bottom) as f32 / 2.0,
    ];
    // A side tip, seen in perspective, lies 0.96 radii from the axis.
    let radius = (height / 2.0 - 6.0 * unit).min((width / 2.0 - 4.0 * unit) / 0.96);
    (middle, radius.max(1.0))
}

/// Gives each topic its place; the rest of a column is spread between the topics. Text shrinks
/// where a column would not hold them all.
fn fill(columns: [Area; 2], unit: f32, text: f32) -> (f32, Vec<(Topic, Area)>) {
    let needed = |topics: &[Topic]| topics.iter().map(|topic| topic.height()).sum::<f32>();
    let least_gaps = 3.0 * 8.0 * unit;
    let text = COLUMNS
        .iter()
        .zip(columns)
        .fold(text, |text, (topics, column)| {
            text.min((column.height() as f32 - least_gaps) / needed(topics))
        });
    let mut slots = Vec::new();
    for (topics, column) in COLUMNS.iter().zip(columns) {
        let spare = column.height() as f32 - needed(topics) * text;
        let gap = spare / (topics.len() - 1) as f32;
        let mut top = column.top as f32;
        for &topic in *topics {
            let bottom = top + topic.height() * text;
            slots.push((
                topic,
                Area {
                    top: top as i32,
                    bottom: (bottom as i32).min(column.bottom),
                    ..column
                },
            ));
            top = bottom + gap;
        }
    }
    (text, slots)
}
