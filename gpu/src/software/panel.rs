//! Draws panels.

use super::area::Area;
use super::describe::{CAPTION_HEIGHT, Panel, Row, Tone, covered};
use super::figures::Figure;
use super::ink;
use super::text::{Align, Cut, Style, Typesetter};
use crate::palette::{ABSENT, ACT, BRIGHT, LINE, NOTICE, PLAIN, QUIET, Rgb, ramp};
use crate::scene::HISTORY_SAMPLES;
use tiny_skia::Pixmap;

/// Colour of lines and bars that are as they should be: the middle of the ramp.
const CALM: f32 = 0.62;

pub(super) fn colour(tone: Tone) -> Rgb {
    match tone {
        Tone::Quiet => QUIET,
        Tone::Well => BRIGHT,
        Tone::Notice => NOTICE,
        Tone::Act => ACT,
    }
}

/// What a panel is drawn with.
pub(super) struct Pen<'a> {
    pub(super) picture: &'a mut Pixmap,
    pub(super) typesetter: &'a mut Typesetter,
    /// Pixels for each unit of text.
    pub(super) scale: f32,
    /// Nothing is drawn outside of it.
    pub(super) area: Area,
}

impl Pen<'_> {
    fn left(&self) -> f32 {
        self.area.left as f32
    }

    fn right(&self) -> f32 {
        self.area.right as f32
    }

    fn style(&self, cut: Cut, size: f32, colour: Rgb) -> Style {
        Style::new(cut, size * self.scale, colour)
    }

    fn write(&mut self, text: &str, style: &Style, at: [f32; 2], align: Align) -> f32 {
        self.typesetter
            .draw(self.picture, text, style, at, align, self.area)
    }

    /// Writes as much of `text` as fits into `width`.
    fn write_fitted(
        &mut self,
        text: &str,
        style: &Style,
        at: [f32; 2],
        align: Align,
        width: f32,
    ) -> f32 {
        let fitted = self.typesetter.fitted(text, style, width);
        self.typesetter
            .draw(self.picture, &fitted, style, at, align, self.area)
    }

    /// Draws a whole panel.
    pub(super) fn panel(&mut self, panel: &Panel) {
        let s = self.scale;
        let thick = s.round().max(1.0) as i32;
        let line = Area {
            bottom: self.area.top + thick,
            ..self.area
        };
        ink::block(self.picture, line, LINE);
        let baseline = self.area.top as f32 + 22.0 * s;
        let caption = Style {
            tracking: 0.09,
            ..self.style(Cut::Strong, 13.5, QUIET)
        };
        let end = self.left()
            + self.write(
                &panel.caption.to_uppercase(),
                &caption,
                [self.left(), baseline],
                Align::Left,
            );
        if let Some((text, tone)) = &panel.aside {
            let style = self.style(Cut::Text, 16.0, colour(*tone));
            let room = self.right() - end - 12.0 * s;
            self.write_fitted(text, &style, [self.right(), baseline], Align::Right, room);
        }
        let mut top = self.area.top as f32 + CAPTION_HEIGHT * s;
        for row in &panel.rows {
            self.row(row, top);
            top += row.height() * s;
        }
    }

    fn row(&mut self, row: &Row, top: f32) {
        match row {
            Row::Hero { figure, note, tone } => self.hero(figure.as_ref(), note, *tone, top),
            Row::Fact { name, figure, tone } => self.fact(name, figure.as_ref(), *tone, top),
            Row::Meter {
                name,
                figure,
                length,
                tone,
            } => {
                self.fact(name, figure.as_ref(), *tone, top - 4.0 * self.scale);
                self.bar(*length, *tone, top + 23.0 * self.scale);
            }
            Row::Label {
                name,
                label,
                length,
            } => self.label(name, label.as_ref(), *length, top),
            Row::Spark { values, level } => self.spark(values, *level, top),
            Row::Lamp { name, lit, figure } => self.lamp(name, *lit, figure.as_ref(), top),
            Row::Note {
                what,
                why,
                lines,
                tone,
            } => {
                self.note(what, why, usize::from(*lines), *tone, top);
            }
            Row::Calm { text } => {
                let style = self.style(Cut::Text, 17.0, PLAIN);
                self.write(
                    text,
                    &style,
                    [self.left(), top + 15.0 * self.scale],
                    Align::Left,
                );
            }
            Row::Absent { state, why } => self.absent(state, why, top),
        }
    }

    fn hero(&mut self, figure: Option<&Figure>, note: &str, tone: Tone, top: f32) {
        let s = self.scale;
        let baseline = top + 38.0 * s;
        let Some(figure) = figure else {
            let box_ = [
                self.left() + 1.0,
                top + 4.0 * s,
                self.left() + 132.0 * s,
                top + 42.0 * s,
            ];
            self.absent_box(box_, "absent");
            return;
        };
        let number = Style {
            tracking: -0.01,
            ..self.style(Cut::Display, 44.0, colour(tone))
        };
        let width = self.right() - self.left();
        let mut x = self.left()
            + self.write_fitted(
                &figure.number,
                &number,
                [self.left(), baseline],
                Align::Left,
                width * 0.7,
            );
        if !figure.unit.is_empty() {
            x += 6.0 * s;
            let unit = self.style(Cut::Text, 20.0, PLAIN);
            x += self.write(figure.unit, &unit, [x, baseline], Align::Left);
        }
        let style = self.style(Cut::Text, 17.0, QUIET);
        let room = self.right() - x - 10.0 * s;
        self.write_fitted(note, &style, [x + 10.0 * s, baseline], Align::Left, room);
    }

    /// A figure that ends at the right edge; returns where it starts.
    fn figure(&mut self, figure: Option<&Figure>, tone: Tone, baseline: f32, room: f32) -> f32 {
        let s = self.scale;
        let Some(figure) = figure else {
            let style = self.style(Cut::Text, 15.0, ABSENT);
            return self.right()
                - self.write("absent", &style, [self.right(), baseline], Align::Right);
        };
        let mut end = self.right();
        if !figure.unit.is_empty() {
            let unit = self.style(Cut::Text, 15.0, QUIET);
            end -= self.write(figure.unit, &unit, [end, baseline], Align::Right) + 4.0 * s;
        }
        let number = self.style(Cut::Text, 18.0, colour(tone));
        end - self.write_fitted(&figure.number, &number, [end, baseline], Align::Right, room)
    }

    fn fact(&mut self, name: &str, figure: Option<&Figure>, tone: Tone, top: f32) {
        let baseline = top + 18.0 * self.scale;
        let width = self.right() - self.left();
        let start = self.figure(figure, tone, baseline, width * 0.6);
        let style = self.style(Cut::Text, 16.5, PLAIN);
        let room = start - self.left() - 10.0 * self.scale;
        self.write_fitted(name, &style, [self.left(), baseline], Align::Left, room);
    }

    fn bar(&mut self, length: Option<u16>, tone: Tone, top: f32) {
        let s = self.scale;
        let (left, right, bottom) = (self.left(), self.right(), top + 4.0 * s);
        let Some(length) = length else {
            let middle = top + 2.0 * s;
            ink::line(
                self.picture,
                &[[left, middle], [right, middle]],
                s.max(1.0),
                5.0 * s,
                ABSENT,
            );
            return;
        };
        ink::plate(self.picture, [left, top, right, bottom], 2.0 * s, LINE, 1.0);
        let value = covered(length);
        // Even zero shows where the bar begins.
        let end = left + ((right - left) * value).max(4.0 * s);
        let colour = match tone {
            Tone::Act | Tone::Notice => colour(tone),
            Tone::Quiet | Tone::Well => ramp(0.3 + 0.7 * value),
        };
        ink::plate(self.picture, [left, top, end, bottom], 2.0 * s, colour, 1.0);
    }

    fn label(
        &mut self,
        name: &str,
        label: Option<&(String, String)>,
        length: Option<u16>,
        top: f32,
    ) {
        let s = self.scale;
        let baseline = top + 14.0 * s;
        let style = self.style(Cut::Text, 16.5, PLAIN);
        let start =
            self.left() + self.write(name, &style, [self.left(), baseline], Align::Left) + 14.0 * s;
        match label {
            Some((text, confidence)) => {
                let style = self.style(Cut::Text, 15.0, QUIET);
                let taken = self.write(confidence, &style, [self.right(), baseline], Align::Right);
                let end = self.right() - taken - 10.0 * s;
                let style = self.style(Cut::Strong, 17.5, BRIGHT);
                self.write_fitted(text, &style, [end, baseline], Align::Right, end - start);
            }
            None => {
                self.figure(None, Tone::Quiet, baseline, 0.0);
            }
        }
        self.bar(length, Tone::Well, top + 23.0 * s);
    }

    fn spark(&mut self, values: &[Option<u16>], level: Option<u16>, top: f32) {
        let s = self.scale;
        let (left, right) = (self.left(), self.right());
        let (ceiling, floor) = (top, top + 36.0 * s);
        if values.iter().all(Option::is_none) {
            ink::line(
                self.picture,
                &[[left, floor], [right, floor]],
                s.max(1.0),
                5.0 * s,
                ABSENT,
            );
            let style = self.style(Cut::Text, 15.0, ABSENT);
            self.write("no history", &style, [left, floor - 10.0 * s], Align::Left);
            return;
        }
        ink::plate(
            self.picture,
            [left, floor, right, floor + s.max(1.0)],
            0.0,
            LINE,
            1.0,
        );
        let height = |value: u16| floor - (floor - ceiling) * covered(value);
        if let Some(level) = level {
            let y = height(level);
            ink::line(
                self.picture,
                &[[left, y], [right, y]],
                s.max(1.0),
                3.0 * s,
                ABSENT,
            );
        }
        let step = (right - left - 5.0 * s) / (HISTORY_SAMPLES - 1) as f32;
        // The newest value stands at the right.
        let first = HISTORY_SAMPLES - values.len();
        let place = |index: usize| left + s + (first + index) as f32 * step;
        let mut start = 0;
        for stretch in values.split_inclusive(Option::is_none) {
            let points: Vec<[f32; 2]> = stretch
                .iter()
                .enumerate()
                .filter_map(|(index, value)| {
                    value.map(|value| [place(start + index), height(value)])
                })
                .collect();
            start += stretch.len();
            if points.len() > 1 {
                ink::under(self.picture, &points, floor, ramp(CALM), 0.16);
                ink::line(self.picture, &points, 1.6 * s, 0.0, ramp(CALM));
            }
        }
        if let Some(Some(value)) = values.last() {
            ink::disc(
                self.picture,
                [place(values.len() - 1), height(*value)],
                3.2 * s,
                ramp(0.95),
            );
        }
    }

    fn lamp(&mut self, name: &str, lit: Option<bool>, figure: Option<&Figure>, top: f32) {
        let s = self.scale;
        let (x, y) = (self.left() + 7.0 * s, top + 12.0 * s);
        let colour = match lit {
            Some(true) => {
                ink::disc(self.picture, [x, y], 6.0 * s, ramp(0.95));
                BRIGHT
            }
            Some(false) => {
                ink::circle(self.picture, [x, y], 5.2 * s, 1.5 * s, 0.0, QUIET);
                PLAIN
            }
            None => {
                ink::circle(self.picture, [x, y], 5.2 * s, 1.2 * s, 2.6 * s, ABSENT);
                ABSENT
            }
        };
        let baseline = top + 18.0 * s;
        let style = self.style(
            if lit == Some(true) {
                Cut::Strong
            } else {
                Cut::Text
            },
            17.0,
            colour,
        );
        self.write(
            name,
            &style,
            [self.left() + 22.0 * s, baseline],
            Align::Left,
        );
        self.figure(figure, Tone::Well, baseline, self.area.width() as f32 / 3.0);
    }

    fn note(&mut self, what: &str, why: &str, lines: usize, tone: Tone, top: f32) {
        let s = self.scale;
        let colour = colour(tone);
        let (x, y) = (self.left() + 6.0 * s, top + 9.0 * s);
        if tone == Tone::Act {
            let corners = [
                [x, y - 7.0 * s],
                [x + 7.0 * s, y + 5.5 * s],
                [x - 7.0 * s, y + 5.5 * s],
            ];
            ink::triangle(self.picture, corners, colour);
        } else {
            ink::disc(self.picture, [x, y], 4.5 * s, colour);
        }
        let left = self.left() + 20.0 * s;
        let room = self.right() - left;
        let style = self.style(Cut::Strong, 16.5, colour);
        self.write_fitted(what, &style, [left, top + 15.0 * s], Align::Left, room);
        let style = self.style(Cut::Text, 15.0, PLAIN);
        let mut baseline = top + 34.0 * s;
        for line in self.typesetter.wrapped(why, &style, room, lines) {
            self.write(&line, &style, [left, baseline], Align::Left);
            baseline += 19.0 * s;
        }
    }

    fn absent(&mut self, state: &str, why: &str, top: f32) {
        let s = self.scale;
        let bottom = (top + 62.0 * s).min(self.area.bottom as f32 - 2.0);
        let frame = [self.left() + 1.0, top + 2.0 * s, self.right() - 1.0, bottom];
        ink::outline(self.picture, frame, 7.0 * s, 1.3 * s, 5.0 * s, ABSENT);
        let middle = (self.left() + self.right()) / 2.0;
        let centre = (frame[1] + bottom) / 2.0;
        let style = self.style(Cut::Strong, 17.0, QUIET);
        let room = self.right() - self.left() - 20.0 * s;
        if why.is_empty() {
            self.write(state, &style, [middle, centre + 6.0 * s], Align::Middle);
            return;
        }
        self.write(state, &style, [middle, centre - 4.0 * s], Align::Middle);
        let style = self.style(Cut::Text, 15.0, QUIET);
        self.write_fitted(
            why,
            &style,
            [middle, centre + 17.0 * s],
            Align::Middle,
            room,
        );
    }

    fn absent_box(&mut self, frame: [f32; 4], text: &str) {
        let s = self.scale;
        ink::outline(self.picture, frame, 7.0 * s, 1.3 * s, 5.0 * s, ABSENT);
        let style = self.style(Cut::Text, 16.0, QUIET);
        let at = [
            (frame[0] + frame[2]) / 2.0,
            (frame[1] + frame[3]) / 2.0 + 5.5 * s,
        ];
        self.write(text, &style, at, Align::Middle);
    }
}
