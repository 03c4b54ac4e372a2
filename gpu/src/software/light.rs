//! Light: additive drawing with headroom, dithered when it is laid on the ground.
//!
//! Sums are kept in 64ths of an 8-bit level, so that faint, wide glows neither band nor clip.
//! They are integers, because a machine without vector floats (an emulated one) draws too.

use super::area::Area;
use super::falloff::Falloff;
use crate::palette::Rgb;
use std::ops::Range;

/// Units of one 8-bit level.
const LEVEL: f32 = 64.0;
/// Weight of whole strength.
const WHOLE: f32 = 65535.0;

/// Thresholds of a 4 by 4 ordered dither (B. E. Bayer, An optimum method for two-level
/// rendition of continuous-tone pictures, 1973).
const DITHER: [[u16; 4]; 4] = [
    [0, 32, 8, 40],
    [48, 16, 56, 24],
    [12, 44, 4, 36],
    [60, 28, 52, 20],
];

/// A colour of light and its strength in 8-bit levels.
#[derive(Clone, Copy)]
pub(super) struct Beam {
    /// Blue, green, red in units, and nothing.
    units: [u16; 4],
}

impl Beam {
    pub(super) fn new(colour: Rgb, levels: f32) -> Self {
        let scale = levels.max(0.0) * LEVEL / 255.0;
        // The casts hold at the greatest integer.
        let part = |part: u8| (f32::from(part) * scale) as u16;
        Self {
            units: [part(colour.blue), part(colour.green), part(colour.red), 0],
        }
    }
}

/// A straight line: where it runs, and how its light spreads and fades.
pub(super) struct Ray<'a> {
    pub(super) from: [f32; 2],
    pub(super) to: [f32; 2],
    /// How far the light reaches to each side, in pixels.
    pub(super) reach: f32,
    /// Strength where it starts and where it ends, 0 to 1.
    pub(super) ends: [f32; 2],
    /// How it falls off over the distance from the line.
    pub(super) falloff: &'a Falloff,
}

/// The light over one area of the picture.
pub(super) struct Light {
    area: Area,
    /// Blue, green, red and nothing, for each pixel.
    sums: Vec<[u16; 4]>,
    /// Which columns of each row have been drawn on.
    touched: Vec<Range<usize>>,
}

impl Light {
    pub(super) fn new(area: Area) -> Self {
        let (width, height) = (area.width().max(0) as usize, area.height().max(0) as usize);
        Self {
            area,
            sums: vec![[0; 4]; width * height],
            touched: vec![0..0; height],
        }
    }

    /// Takes all light away.
    pub(super) fn clear(&mut self) {
        let columns = self.area.width().max(1) as usize;
        for (sums, touched) in self.sums.chunks_exact_mut(columns).zip(&mut self.touched) {
            sums[touched.clone()].fill([0; 4]);
            *touched = 0..0;
        }
    }

    /// The pixels of row `y` from `left` to `right` and the first one's x, as far as they lie inside.
    fn row(&mut self, y: i32, left: f32, right: f32) -> Option<(i32, &mut [[u16; 4]])> {
        if y < self.area.top || y >= self.area.bottom {
            return None;
        }
        let first = (left.ceil() as i32).clamp(self.area.left, self.area.right);
        let end = (right.floor() as i32)
            .saturating_add(1)
            .clamp(first, self.area.right);
        if first == end {
            return None;
        }
        let row = (y - self.area.top) as usize;
        let columns = (first - self.area.left) as usize..(end - self.area.left) as usize;
        let touched = &mut self.touched[row];
        *touched = if touched.start == touched.end {
            columns.clone()
        } else {
            touched.start.min(columns.start)..touched.end.max(columns.end)
        };
        let start = row * self.area.width() as usize;
        Some((
            first,
            &mut self.sums[start + columns.start..start + columns.end],
        ))
    }

    fn rows(&self, top: f32, bottom: f32) -> Range<i32> {
        let first = (top.ceil() as i32).max(self.area.top);
        first
            ..(bottom.floor() as i32)
                .saturating_add(1)
                .min(self.area.bottom)
    }

    /// Calls `each` with every pixel of a disc and its squared distance from the middle.
    fn disc(&mut self, [x, y]: [f32; 2], reach: f32, mut each: impl FnMut(&mut [u16; 4], f32)) {
        for row in self.rows(y - reach, y + reach) {
            let dy = row as f32 - y;
            let half = (reach * reach - dy * dy).max(0.0).sqrt();
            let Some((first, pixels)) = self.row(row, x - half, x + half) else {
                continue;
            };
            let mut dx = first as f32 - x;
            for sum in pixels {
                each(sum, dx * dx + dy * dy);
                dx += 1.0;
            }
        }
    }

    /// Round light whose strength follows `falloff` over the squared distance.
    pub(super) fn glow(&mut self, at: [f32; 2], radius: f32, beam: Beam, falloff: &Falloff) {
        if radius <= 0.0 || beam.units == [0; 4] {
            return;
        }
        let inverse = 1.0 / (radius * radius);
        self.disc(at, radius, |sum, squared| {
            add(sum, beam, falloff.at(squared * inverse));
        });
    }

    /// A ring with smooth rims, or a disc where `inner` is 0.
    pub(super) fn ring(&mut self, at: [f32; 2], inner: f32, outer: f32, beam: Beam) {
        // A disc has no inner rim that could be smoothed.
        let hole = if inner > 0.0 { 0.5 - inner } else { 1.0 };
        self.disc(at, outer + 1.0, |sum, squared| {
            let distance = squared.sqrt();
            let cover =
                (outer + 0.5 - distance).clamp(0.0, 1.0) * (distance + hole).clamp(0.0, 1.0);
            add(sum, beam, (cover * WHOLE) as u16);
        });
    }

    /// Takes the light away from a disc with a smooth rim, so that what is drawn there next
    /// keeps its own colour.
    pub(super) fn blot(&mut self, at: [f32; 2], radius: f32) {
        self.disc(at, radius + 1.0, |sum, squared| {
            let cover = (radius + 0.5 - squared.sqrt()).clamp(0.0, 1.0);
            scale(sum, ((1.0 - cover) * WHOLE) as u16);
        });
    }

    /// A straight line.
    pub(super) fn line(&mut self, ray: &Ray<'_>, beam: Beam) {
        let Ray {
            from,
            to,
            reach,
            ends,
            falloff,
        } = ray;
        let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
        let length = (dx * dx + dy * dy).sqrt();
        if length < 0.5 || *reach <= 0.0 {
            return;
        }
        let [ux, uy] = [dx / length, dy / length];
        let (inverse, fade) = (1.0 / reach, (ends[1] - ends[0]) / length);
        for row in self.rows(from[1].min(to[1]) - reach, from[1].max(to[1]) + reach) {
            let y = row as f32 - from[1];
            // Where the band around the endless line crosses this row, and where that band's
            // ends, square to the line, cut it off.
            let (mut left, mut right) = crossing(-y * ux, uy, -reach, *reach);
            let (start, end) = crossing(y * uy, ux, 0.0, length);
            left = left.max(start).max(from[0].min(to[0]) - reach - from[0]);
            right = right.min(end).min(from[0].max(to[0]) + reach - from[0]);
            if left > right {
                continue;
            }
            let Some((first, pixels)) = self.row(row, left + from[0], right + from[0]) else {
                continue;
            };
            let x = first as f32 - from[0];
            let mut across = (x * uy - y * ux) * inverse;
            let mut strength = ends[0] + (x * ux + y * uy) * fade;
            let (across_step, strength_step) = (uy * inverse, ux * fade);
            for sum in pixels {
                let weight = f32::from(falloff.at(across.abs())) * strength;
                add(sum, beam, weight as u16);
                across += across_step;
                strength += strength_step;
            }
        }
    }

    /// An upright curve from row `top` to `bottom`: `at` gives x and strength for the share of
    /// the way down. Its light reaches `reach` pixels to each side.
    pub(super) fn curve(
        &mut self,
        [top, bottom]: [f32; 2],
        reach: f32,
        beam: Beam,
        falloff: &Falloff,
        at: impl Fn(f32) -> (f32, f32),
    ) {
        let length = bottom - top;
        if length < 1.0 || reach <= 0.0 {
            return;
        }
        for row in self.rows(top, bottom) {
            let (x, strength) = at(((row as f32 - top) / length).clamp(0.0, 1.0));
            let Some((first, pixels)) = self.row(row, x - reach, x + reach) else {
                continue;
            };
            for (index, sum) in pixels.iter_mut().enumerate() {
                let distance = ((first + index as i32) as f32 - x).abs() / reach;
                add(
                    sum,
                    beam,
                    (f32::from(falloff.at(distance)) * strength) as u16,
                );
            }
        }
    }

    /// A triangle whose strength, 0 to 1, is blended from that of its corners.
    pub(super) fn triangle(&mut self, corners: [[f32; 2]; 3], strengths: [f32; 3], beam: Beam) {
        let [a, b, c] = corners;
        let twice = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
        if twice.abs() < 1.0 {
            return;
        }
        // Strength is a plane over the pixels.
        let (rise_b, rise_c) = (strengths[1] - strengths[0], strengths[2] - strengths[0]);
        let slope_x = (rise_b * (c[1] - a[1]) - rise_c * (b[1] - a[1])) / twice;
        let slope_y = (rise_c * (b[0] - a[0]) - rise_b * (c[0] - a[0])) / twice;
        let edges = [(a, b), (b, c), (c, a)];
        for row in self.rows(a[1].min(b[1]).min(c[1]), a[1].max(b[1]).max(c[1])) {
            let y = row as f32;
            let (mut left, mut right) = (f32::MAX, f32::MIN);
            for (p, q) in edges {
                if (p[1] <= y) != (q[1] <= y) {
                    let x = p[0] + (y - p[1]) * (q[0] - p[0]) / (q[1] - p[1]);
                    left = left.min(x);
                    right = right.max(x);
                }
            }
            // Neighbours share their rims: a pixel belongs to one of them.
            let Some((first, pixels)) = self.row(row, left, right - 1e-3) else {
                continue;
            };
            let start = strengths[0] + (first as f32 - a[0]) * slope_x + (y - a[1]) * slope_y;
            let mut weight = (start * WHOLE) as i32;
            let step = (slope_x * WHOLE) as i32;
            for sum in pixels {
                add(sum, beam, weight.clamp(0, 0xffff) as u16);
                weight += step;
            }
        }
    }

    /// Dims the light in an area to `keep` of it in the middle, less towards the rims.
    pub(super) fn dim(&mut self, area: Area, keep: f32) {
        let half = [area.width() as f32 / 2.0, area.height() as f32 / 2.0];
        let middle = [
            area.left as f32 + half[0] - 0.5,
            area.top as f32 + half[1] - 0.5,
        ];
        for row in area.top..area.bottom {
            let down = (row as f32 - middle[1]) / half[1];
            let depth = (1.0 - keep) * (1.0 - down * down).max(0.0);
            let ends = (area.left as f32, area.right as f32 - 1.0);
            let Some((first, pixels)) = self.row(row, ends.0, ends.1) else {
                continue;
            };
            for (index, sum) in pixels.iter_mut().enumerate() {
                let across = ((first + index as i32) as f32 - middle[0]) / half[0];
                let inside = (1.0 - across * across).max(0.0);
                scale(sum, ((1.0 - depth * inside) * WHOLE) as u16);
            }
        }
    }

    /// Lays the light over `ground` into `picture`; both are whole pictures with rows of `width`
    /// pixels. What the picture showed in this area is gone.
    pub(super) fn lay(&self, ground: &[u8], picture: &mut [u8], width: usize) {
        let columns = self.area.width().max(1) as usize;
        for (row, sums) in self.sums.chunks_exact(columns).enumerate() {
            let y = self.area.top as usize + row;
            let start = (y * width + self.area.left as usize) * 4;
            let under = &ground[start..start + columns * 4];
            let into = &mut picture[start..start + columns * 4];
            into.copy_from_slice(under);
            let touched = self.touched[row].clone();
            let thresholds = &DITHER[y % 4];
            let pixels = into[touched.start * 4..touched.end * 4].chunks_exact_mut(4);
            for (x, (pixel, sum)) in touched.clone().zip(pixels.zip(&sums[touched])) {
                let threshold = thresholds[x % 4];
                for (part, light) in pixel.iter_mut().zip(sum) {
                    let level = (u16::from(*part) << 6)
                        .saturating_add(*light)
                        .saturating_add(threshold);
                    *part = shoulder(level >> 6);
                }
                pixel[3] = 255;
            }
        }
    }
}

/// The x for which `offset + x * slope` lies within `low` to `high`.
fn crossing(offset: f32, slope: f32, low: f32, high: f32) -> (f32, f32) {
    if slope.abs() < 1e-5 {
        let inside = (low..=high).contains(&offset);
        return if inside {
            (f32::MIN, f32::MAX)
        } else {
            (0.0, -1.0)
        };
    }
    let (a, b) = ((low - offset) / slope, (high - offset) / slope);
    (a.min(b), a.max(b))
}

#[inline]
fn add(sum: &mut [u16; 4], beam: Beam, weight: u16) {
    for (part, unit) in sum.iter_mut().zip(beam.units) {
        *part = part.saturating_add(((u32::from(unit) * u32::from(weight)) >> 16) as u16);
    }
}

#[inline]
fn scale(sum: &mut [u16; 4], weight: u16) {
    for part in sum {
        *part = ((u32::from(*part) * u32::from(weight)) >> 16) as u16;
    }
}

/// Holds back what is very bright, so that colour stays in it: the least of three lines.
#[inline]
fn shoulder(level: u16) -> u8 {
    level.min(104 + level / 2).min(168 + level / 4).min(255) as u8
}
