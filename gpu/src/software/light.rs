//! Light: additive drawing with headroom, dithered when it is laid on the ground.
//!
//! Sums are kept in 64ths of an 8-bit level, so that faint, wide glows neither band nor clip.

use super::area::Area;
use crate::palette::Rgb;

/// Units of one 8-bit level.
const LEVEL: f32 = 64.0;
/// Steps of a falloff table.
const STEPS: usize = 256;

/// Thresholds of an 8 by 8 ordered dither (B. E. Bayer, An optimum method for two-level
/// rendition of continuous-tone pictures, 1973).
const DITHER: [[u16; 8]; 8] = [
    [0, 32, 8, 40, 2, 34, 10, 42],
    [48, 16, 56, 24, 50, 18, 58, 26],
    [12, 44, 4, 36, 14, 46, 6, 38],
    [60, 28, 52, 20, 62, 30, 54, 22],
    [3, 35, 11, 43, 1, 33, 9, 41],
    [51, 19, 59, 27, 49, 17, 57, 25],
    [15, 47, 7, 39, 13, 45, 5, 37],
    [63, 31, 55, 23, 61, 29, 53, 21],
];

/// How light falls off from its middle (0) to its rim (1), in 256ths.
pub(super) struct Falloff([u16; STEPS + 1]);

impl Falloff {
    /// The falloff that `weight` gives; `weight` is asked for 0 to 1.
    pub(super) fn new(weight: impl Fn(f32) -> f32) -> Self {
        Self(std::array::from_fn(|step| {
            (weight(step as f32 / STEPS as f32).clamp(0.0, 1.0) * 256.0) as u16
        }))
    }

    #[inline]
    fn at(&self, share: f32) -> u32 {
        u32::from(self.0[((share * STEPS as f32) as usize).min(STEPS)])
    }
}

/// A colour of light and its strength in 8-bit levels.
#[derive(Clone, Copy)]
pub(super) struct Beam {
    /// Blue, green, red, in units.
    units: [f32; 3],
}

impl Beam {
    pub(super) fn new(colour: Rgb, levels: f32) -> Self {
        let scale = levels.max(0.0) * LEVEL / 255.0;
        Self {
            units: [colour.blue, colour.green, colour.red].map(|part| f32::from(part) * scale),
        }
    }

    fn scaled(self, factor: f32) -> [u32; 3] {
        self.units.map(|part| (part * factor) as u32)
    }
}

/// The light over one area of the picture.
pub(super) struct Light {
    area: Area,
    /// Blue, green, red and nothing, for each pixel.
    sums: Vec<[u16; 4]>,
}

impl Light {
    pub(super) fn new(area: Area) -> Self {
        let pixels = area.width().max(0) as usize * area.height().max(0) as usize;
        Self {
            area,
            sums: vec![[0; 4]; pixels],
        }
    }

    pub(super) fn clear(&mut self) {
        self.sums.fill([0; 4]);
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
        let start = (y - self.area.top) as usize * self.area.width() as usize;
        let from = start + (first - self.area.left) as usize;
        let to = start + (end - self.area.left) as usize;
        Some((first, &mut self.sums[from..to]))
    }

    fn rows(&self, top: f32, bottom: f32) -> std::ops::Range<i32> {
        (top.ceil() as i32).max(self.area.top)
            ..(bottom.floor() as i32)
                .saturating_add(1)
                .min(self.area.bottom)
    }

    /// Round light whose strength follows `falloff` over the squared distance.
    pub(super) fn glow(&mut self, x: f32, y: f32, radius: f32, beam: Beam, falloff: &Falloff) {
        let peak = beam.scaled(1.0);
        if radius <= 0.0 || peak == [0; 3] {
            return;
        }
        let inverse = 1.0 / (radius * radius);
        for row in self.rows(y - radius, y + radius) {
            let dy = row as f32 - y;
            let half = (radius * radius - dy * dy).max(0.0).sqrt();
            let Some((first, pixels)) = self.row(row, x - half, x + half) else {
                continue;
            };
            let mut dx = first as f32 - x;
            for sum in pixels {
                add(sum, peak, falloff.at((dx * dx + dy * dy) * inverse));
                dx += 1.0;
            }
        }
    }

    /// A ring with smooth rims, or a disc where `inner` is 0.
    pub(super) fn ring(&mut self, x: f32, y: f32, inner: f32, outer: f32, beam: Beam) {
        let peak = beam.scaled(1.0);
        let reach = outer + 1.0;
        // A disc has no inner rim that could be smoothed.
        let hole = if inner > 0.0 { 0.0 } else { 1.0 };
        for row in self.rows(y - reach, y + reach) {
            let dy = row as f32 - y;
            let half = (reach * reach - dy * dy).max(0.0).sqrt();
            let Some((first, pixels)) = self.row(row, x - half, x + half) else {
                continue;
            };
            let mut dx = first as f32 - x;
            for sum in pixels {
                let distance = (dx * dx + dy * dy).sqrt();
                let cover = (outer + 0.5 - distance).clamp(0.0, 1.0)
                    * (distance - inner + 0.5 + hole).clamp(0.0, 1.0);
                add(sum, peak, (cover * 256.0) as u32);
                dx += 1.0;
            }
        }
    }

    /// A straight line; `falloff` runs over the distance from it, up to `reach` pixels. Its
    /// strength is multiplied by `ends[0]` where it starts and `ends[1]` where it ends.
    pub(super) fn line(
        &mut self,
        from: [f32; 2],
        to: [f32; 2],
        reach: f32,
        beam: Beam,
        ends: [f32; 2],
        falloff: &Falloff,
    ) {
        let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
        let length = (dx * dx + dy * dy).sqrt();
        if length < 0.5 || reach <= 0.0 {
            return;
        }
        let [ux, uy] = [dx / length, dy / length];
        let strength =
            |along: f32| ends[0] + (ends[1] - ends[0]) * (along / length).clamp(0.0, 1.0);
        let top = from[1].min(to[1]) - reach;
        let bottom = from[1].max(to[1]) + reach;
        for row in self.rows(top, bottom) {
            let y = row as f32 - from[1];
            // Where the band of half width `reach` around the endless line crosses this row.
            let (left, right) = if uy.abs() > 1e-4 {
                let (middle, half) = (from[0] + y * ux / uy, reach / uy.abs());
                (middle - half, middle + half)
            } else {
                (f32::MIN, f32::MAX)
            };
            let left = left.max(from[0].min(to[0]) - reach);
            let right = right.min(from[0].max(to[0]) + reach);
            if left > right {
                continue;
            }
            let Some((first, pixels)) = self.row(row, left, right) else {
                continue;
            };
            for (index, sum) in pixels.iter_mut().enumerate() {
                let x = (first + index as i32) as f32 - from[0];
                let along = x * ux + y * uy;
                let beyond = (-along).max(along - length).max(0.0);
                let across = x * uy - y * ux;
                let distance = (across * across + beyond * beyond).sqrt();
                if distance < reach {
                    let weight = falloff.at(distance / reach) as f32 * strength(along);
                    add(sum, beam.scaled(1.0), weight as u32);
                }
            }
        }
    }

    /// An upright curve: for each row of `top` to `bottom`, `at` gives x and strength for the
    /// share of the way down.
    pub(super) fn curve(
        &mut self,
        top: f32,
        bottom: f32,
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
            let peak = beam.scaled(strength);
            let Some((first, pixels)) = self.row(row, x - reach, x + reach) else {
                continue;
            };
            for (index, sum) in pixels.iter_mut().enumerate() {
                let distance = ((first + index as i32) as f32 - x).abs();
                add(sum, peak, falloff.at(distance / reach));
            }
        }
    }

    /// A triangle whose strength is blended from that of its corners.
    pub(super) fn triangle(&mut self, corners: [[f32; 2]; 3], strengths: [f32; 3], beam: Beam) {
        let [a, b, c] = corners;
        let twice = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
        if twice.abs() < 1.0 {
            return;
        }
        // Strength is a plane over the pixels.
        let slope_x = ((strengths[1] - strengths[0]) * (c[1] - a[1])
            - (strengths[2] - strengths[0]) * (b[1] - a[1]))
            / twice;
        let slope_y = ((strengths[2] - strengths[0]) * (b[0] - a[0])
            - (strengths[1] - strengths[0]) * (c[0] - a[0]))
            / twice;
        let edges = [(a, b), (b, c), (c, a)];
        let top = a[1].min(b[1]).min(c[1]);
        let bottom = a[1].max(b[1]).max(c[1]);
        for row in self.rows(top, bottom) {
            let y = row as f32;
            let (mut left, mut right) = (f32::MAX, f32::MIN);
            for (p, q) in edges {
                if (p[1] <= y) != (q[1] <= y) {
                    let x = p[0] + (y - p[1]) * (q[0] - p[0]) / (q[1] - p[1]);
                    left = left.min(x);
                    right = right.max(x);
                }
            }
            if left > right {
                continue;
            }
            let Some((first, pixels)) = self.row(row, left, right) else {
                continue;
            };
            let mut strength =
                strengths[0] + (first as f32 - a[0]) * slope_x + (y - a[1]) * slope_y;
            for sum in pixels {
                let here = strength.max(0.0);
                for (part, unit) in sum.iter_mut().zip(beam.units) {
                    *part = part.saturating_add((unit * here) as u16);
                }
                strength += slope_x;
            }
        }
    }

    /// Dims the light in an area to `keep` of it in the middle, less towards the rims.
    pub(super) fn dim(&mut self, area: Area, keep: f32) {
        let (half_width, half_height) = (area.width() as f32 / 2.0, area.height() as f32 / 2.0);
        let (x, y) = (area.left as f32 + half_width, area.top as f32 + half_height);
        for row in area.top..area.bottom {
            let down = (row as f32 + 0.5 - y) / half_height;
            let Some((first, pixels)) = self.row(row, area.left as f32, area.right as f32 - 1.0)
            else {
                continue;
            };
            for (index, sum) in pixels.iter_mut().enumerate() {
                let across = ((first + index as i32) as f32 + 0.5 - x) / half_width;
                let inside = (1.0 - across.powi(4)).max(0.0) * (1.0 - down * down).max(0.0);
                let factor = (256.0 * (1.0 - (1.0 - keep) * inside)) as u32;
                for part in sum.iter_mut() {
                    *part = ((u32::from(*part) * factor) >> 8) as u16;
                }
            }
        }
    }

    /// Takes the light away from a disc with a smooth rim, so that what is drawn there next
    /// keeps its own colour.
    pub(super) fn blot(&mut self, x: f32, y: f32, radius: f32) {
        let reach = radius + 1.0;
        for row in self.rows(y - reach, y + reach) {
            let dy = row as f32 - y;
            let half = (reach * reach - dy * dy).max(0.0).sqrt();
            let Some((first, pixels)) = self.row(row, x - half, x + half) else {
                continue;
            };
            let mut dx = first as f32 - x;
            for sum in pixels {
                let cover = (radius + 0.5 - (dx * dx + dy * dy).sqrt()).clamp(0.0, 1.0);
                let factor = 256 - (cover * 256.0) as u32;
                for part in sum.iter_mut() {
                    *part = ((u32::from(*part) * factor) >> 8) as u16;
                }
                dx += 1.0;
            }
        }
    }

    /// Lays the light over `ground` into `picture`; both are whole pictures with rows of `width`
    /// pixels.
    pub(super) fn lay(&self, ground: &[u8], picture: &mut [u8], width: usize) {
        let columns = self.area.width() as usize;
        for (row, sums) in self.sums.chunks_exact(columns.max(1)).enumerate() {
            let y = self.area.top as usize + row;
            let start = (y * width + self.area.left as usize) * 4;
            let range = start..start + columns * 4;
            let thresholds = &DITHER[y % 8];
            let pixels = picture[range.clone()]
                .chunks_exact_mut(4)
                .zip(ground[range].chunks_exact(4));
            for (x, ((into, under), sum)) in pixels.zip(sums).enumerate() {
                let threshold = thresholds[x % 8];
                for part in 0..3 {
                    let level = (u16::from(under[part]) << 6)
                        .saturating_add(sum[part])
                        .saturating_add(threshold)
                        >> 6;
                    into[part] = shoulder(level);
                }
            }
        }
    }
}

#[inline]
fn add(sum: &mut [u16; 4], peak: [u32; 3], weight: u32) {
    for (part, unit) in sum.iter_mut().zip(peak) {
        *part = part.saturating_add(((unit * weight) >> 8).min(0xffff) as u16);
    }
}

/// Holds back what is very bright, so that colour stays in it.
#[inline]
const fn shoulder(level: u16) -> u8 {
    let bright = if level < 208 { level } else { 104 + level / 2 };
    let bright = if bright < 232 {
        bright
    } else {
        168 + level / 4
    };
    if bright < 255 { bright as u8 } else { 255 }
}
