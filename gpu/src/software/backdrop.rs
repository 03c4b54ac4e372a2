//! What never changes while the size stays: ground, mark, legend.

use super::area::Area;
use super::ink;
use super::layout::{Detail, Layout};
use super::text::{Align, Cut, Style, Typesetter};
use crate::palette::{ABSENT, GROUND, PLAIN, QUIET, ramp};
use tiny_skia::Pixmap;

/// What each part of the vehicle encodes, and the sign for it.
const LEGEND: [(Sign, &str, &str); 8] = [
    (Sign::Disc, "disc", "drive 0–1"),
    (Sign::Arrow, "arrow", "trend"),
    (Sign::Strands, "strands", "pull"),
    (Sign::SharpEdge, "sharp edges", "coherence"),
    (Sign::Facet, "lit facets", "salience"),
    (Sign::Halo, "halo", "arousal"),
    (Sign::Turn, "turn", "cycles"),
    (Sign::Dashed, "dashed", "absent"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Disc,
    Arrow,
    Strands,
    SharpEdge,
    Facet,
    Halo,
    Turn,
    Dashed,
}

/// Draws it all.
pub(super) fn draw(picture: &mut Pixmap, layout: &Layout, typesetter: &mut Typesetter) {
    let whole = Area {
        left: 0,
        top: 0,
        right: picture.width() as i32,
        bottom: picture.height() as i32,
    };
    ink::block(picture, whole, GROUND);
    if layout.detail == Detail::Full {
        mark(picture, layout);
        legend(picture, layout, typesetter);
    }
}

/// The mark at the upper left: two triangles that pierce each other.
fn mark(picture: &mut Pixmap, layout: &Layout) {
    let unit = layout.unit;
    let radius = 15.0 * unit;
    let x = layout.header.left as f32 + 14.0 * unit;
    let y = (layout.header.top + layout.header.bottom) as f32 / 2.0;
    for (side, value) in [(-1.0, 0.86), (1.0, 0.52)] {
        let corner = |angle: f32| {
            [
                x + radius * angle.to_radians().sin(),
                y + side * radius * angle.to_radians().cos(),
            ]
        };
        let points = [corner(0.0), corner(120.0), corner(240.0), corner(0.0)];
        ink::line(picture, &points, 1.8 * unit, 0.0, ramp(value));
    }
}

fn legend(picture: &mut Pixmap, layout: &Layout, typesetter: &mut Typesetter) {
    let scale = layout.text;
    let part_style = Style::new(Cut::Text, 14.5 * scale, QUIET);
    let value_style = Style::new(Cut::Text, 14.5 * scale, PLAIN);
    let (sign, space) = (22.0 * scale, 5.0 * scale);
    let items = LEGEND.map(|(mark, part, value)| {
        let part_width = typesetter.width(part, &part_style);
        let width = sign + space + part_width + space + typesetter.width(value, &value_style);
        (mark, part, value, part_width, width)
    });
    let sum = |items: &[(Sign, &str, &str, f32, f32)]| items.iter().map(|item| item.4).sum::<f32>();
    let room = layout.footer.width() as f32;
    let least = 12.0 * scale;
    let needed = sum(&items) + least * (items.len() - 1) as f32;
    let per_row = if needed <= room {
        items.len()
    } else {
        items.len() / 2
    };
    let pitch = layout.footer.height() as f32 / (items.len() / per_row) as f32;
    for (row, items) in items.chunks(per_row).enumerate() {
        let spare = room - sum(items);
        let gap = (spare / (items.len() - 1) as f32).min(48.0 * scale);
        let mut x = layout.footer.left as f32 + (spare - gap * (items.len() - 1) as f32) / 2.0;
        let y = layout.footer.top as f32 + pitch * (row as f32 + 0.5);
        for &(mark, part, value, part_width, width) in items {
            draw_sign(picture, mark, [x + sign / 2.0, y], scale);
            let (start, baseline) = (x + sign + space, y + 5.2 * scale);
            typesetter.draw(
                picture,
                part,
                &part_style,
                [start, baseline],
                Align::Left,
                layout.footer,
            );
            let start = start + part_width + space;
            typesetter.draw(
                picture,
                value,
                &value_style,
                [start, baseline],
                Align::Left,
                layout.footer,
            );
            x += width + gap;
        }
    }
}

fn draw_sign(picture: &mut Pixmap, sign: Sign, [x, y]: [f32; 2], s: f32) {
    let bright = ramp(0.8);
    match sign {
        Sign::Disc => {
            ink::circle(picture, [x, y], 9.0 * s, 1.2 * s, 0.0, ramp(0.3));
            ink::disc(picture, [x, y], 6.0 * s, bright);
        }
        Sign::Arrow => {
            let size = 5.5 * s;
            for (side, x) in [(1.0, x - 6.0 * s), (-1.0, x + 6.0 * s)] {
                let corners = [
                    [x, y - side * size],
                    [x + size * 0.9, y + side * size * 0.7],
                    [x - size * 0.9, y + side * size * 0.7],
                ];
                ink::triangle(picture, corners, bright);
            }
        }
        Sign::Strands => {
            for side in [-1.0, -0.4, 0.4, 1.0] {
                let points: [[f32; 2]; 9] = std::array::from_fn(|step| {
                    let down = step as f32 / 8.0;
                    [
                        x + side * 7.0 * s * (down * std::f32::consts::PI).sin(),
                        y + (down * 2.0 - 1.0) * 10.0 * s,
                    ]
                });
                ink::line(picture, &points, s, 0.0, ramp(0.6));
            }
        }
        Sign::SharpEdge => {
            ink::line(
                picture,
                &[
                    [x - 10.0 * s, y + 8.0 * s],
                    [x, y - 8.0 * s],
                    [x + 10.0 * s, y + 8.0 * s],
                ],
                1.8 * s,
                0.0,
                bright,
            );
        }
        Sign::Facet => {
            ink::triangle(
                picture,
                [
                    [x, y - 9.0 * s],
                    [x + 10.0 * s, y + 8.0 * s],
                    [x - 10.0 * s, y + 8.0 * s],
                ],
                ramp(0.4),
            );
        }
        Sign::Halo => {
            for (radius, value) in [(10.0, 0.12), (7.0, 0.24), (4.0, 0.4)] {
                ink::disc(picture, [x, y], radius * s, ramp(value));
            }
        }
        Sign::Turn => {
            let points: [[f32; 2]; 13] = std::array::from_fn(|step| {
                let angle = step as f32 / 12.0 * 4.7 - 0.6;
                [x + 8.0 * s * angle.cos(), y + 8.0 * s * angle.sin()]
            });
            ink::line(picture, &points, 1.6 * s, 0.0, ramp(0.6));
            let [tip_x, tip_y] = points[12];
            ink::triangle(
                picture,
                [
                    [tip_x + 6.0 * s, tip_y],
                    [tip_x - 1.0 * s, tip_y - 4.5 * s],
                    [tip_x - 1.0 * s, tip_y + 4.5 * s],
                ],
                ramp(0.6),
            );
        }
        Sign::Dashed => ink::circle(picture, [x, y], 8.0 * s, 1.4 * s, 3.2 * s, ABSENT),
    }
}
