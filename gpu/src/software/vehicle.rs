//! The light of the vehicle: halo, strands and the seven centres.

use super::area::Area;
use super::falloff::Falloff;
use super::layout::{Detail, Layout};
use super::light::{Beam, Light};
use crate::palette::ramp;
use crate::scene::{LightVehicle, share};

/// Cycles of one breath of the halo: five seconds at 250 hertz.
const BREATH_CYCLES: u64 = 1_250;
/// From the middle to the outermost centres, in radii of the crystal.
const AXIS: f32 = 0.79;
/// Radius of the ring that a centre of value 1 fills, in radii of the crystal.
const RING: f32 = 0.086;
/// Radius of the dot that a centre of value 0 is, in radii of the crystal.
const DOT: f32 = 0.012;
/// Radius of a centre's glow, in radii of its disc.
const GLOW: f32 = 2.9;

/// Falloffs of light, computed once.
pub(super) struct Falloffs {
    /// Wide and soft, over the squared distance.
    pub(super) halo: Falloff,
    /// A sharp core in a soft sheath, over the distance.
    pub(super) edge: Falloff,
    /// Narrow, over the distance.
    pub(super) strand: Falloff,
    /// Full, over the squared distance.
    pub(super) core: Falloff,
}

impl Falloffs {
    pub(super) fn new() -> Self {
        Self {
            halo: Falloff::new(|squared| (1.0 - squared).powi(3)),
            edge: Falloff::new(|distance| {
                0.72 * (-(distance * 7.0).powi(2)).exp() + 0.28 * (1.0 - distance).powi(3)
            }),
            strand: Falloff::new(|distance| (1.0 - distance).powi(2)),
            core: Falloff::new(|squared| 1.0 - squared),
        }
    }
}

/// Draws the vehicle for one layout.
pub(super) struct Artist<'a> {
    pub(super) layout: &'a Layout,
    pub(super) falloffs: &'a Falloffs,
    pub(super) light: &'a mut Light,
}

impl Artist<'_> {
    /// Where a centre stands.
    pub(super) fn centre_at(&self, index: usize) -> [f32; 2] {
        let [x, y] = self.layout.middle;
        [
            x,
            y + self.layout.radius * AXIS * (1.0 - index as f32 / 3.0),
        ]
    }

    /// The radius of the ring that a centre of value 1 fills.
    pub(super) fn ring(&self) -> f32 {
        self.layout.radius * RING
    }

    /// All that is light.
    pub(super) fn shine(&mut self, vehicle: &LightVehicle) {
        self.halo(vehicle);
        self.crystal(vehicle);
        for index in 0..6 {
            if let (Some(lower), Some(upper)) = (vehicle.centre(index), vehicle.centre(index + 1)) {
                self.strands(index, lower.value, upper.value);
            }
        }
        if self.layout.detail == Detail::Full {
            self.dim_behind_labels();
        }
        for index in 0..7 {
            if let Some(centre) = vehicle.centre(index) {
                self.centre(index, centre.value);
            }
        }
    }

    /// Its strength and width are the arousal; it breathes with the cycles.
    fn halo(&mut self, vehicle: &LightVehicle) {
        let Some(arousal) = share(vehicle.arousal) else {
            return;
        };
        let phase = (vehicle.cycle % BREATH_CYCLES) as f32 / BREATH_CYCLES as f32;
        let breath = 1.0 + 0.05 * (phase * std::f32::consts::TAU).sin();
        let radius = self.layout.radius * (0.72 + 0.26 * arousal) * breath;
        let beam = Beam::new(ramp(0.15 + 0.6 * arousal), 95.0 * arousal);
        self.light
            .glow(self.layout.middle, radius, beam, &self.falloffs.halo);
    }

    /// Bowed strands between neighbours: the wider and brighter, the more they pull at each
    /// other; brightest at the stronger one.
    fn strands(&mut self, index: usize, lower: f32, upper: f32) {
        let ([x, top], [_, bottom]) = (self.centre_at(index + 1), self.centre_at(index));
        let pull = (upper - lower).abs();
        let bow = self.ring() * (0.10 + 1.1 * pull);
        let ends = if upper >= lower {
            [1.0, 0.35]
        } else {
            [0.35, 1.0]
        };
        let beam = Beam::new(ramp(0.25 + 0.7 * upper.max(lower)), 34.0 + 120.0 * pull);
        let reach = 2.6 * self.layout.unit.max(0.3);
        let falloff = &self.falloffs.strand;
        for side in [-1.0, -0.45, 0.45, 1.0] {
            self.light
                .curve([top, bottom], reach, beam, falloff, |down| {
                    let bowed = x + side * bow * (down * std::f32::consts::PI).sin();
                    (bowed, ends[0] + (ends[1] - ends[0]) * down)
                });
        }
    }

    /// A disc that fills its ring as far as the value goes, with a glow around it.
    fn centre(&mut self, index: usize, value: f32) {
        let (at, whole) = (self.centre_at(index), self.ring());
        let radius = self.layout.radius * (DOT + (RING - DOT) * value);
        let colour = ramp(value);
        let half = 0.6 * self.layout.unit.max(0.5);
        let glow = Beam::new(colour, 120.0 * value);
        self.light
            .glow(at, radius * GLOW, glow, &self.falloffs.halo);
        self.light
            .ring(at, whole - half, whole + half, Beam::new(ramp(0.3), 70.0));
        self.light.blot(at, radius);
        self.light.ring(at, 0.0, radius, Beam::new(colour, 206.0));
        self.light
            .glow(at, radius, Beam::new(colour, 40.0), &self.falloffs.core);
    }

    fn dim_behind_labels(&mut self) {
        let half = 18.0 * self.layout.text;
        let near = self.ring() + 2.0 * self.layout.unit;
        let far = near + 104.0 * self.layout.text;
        for index in 0..7 {
            let [x, y] = self.centre_at(index);
            for (left, right) in [(x - far, x - near), (x + near, x + far)] {
                self.light
                    .dim(Area::around(left, y - half, right, y + half), 0.6);
            }
        }
    }
}
