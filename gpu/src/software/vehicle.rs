//! Draws the light vehicle: the crystal and its seven centres.

use super::area::Area;
use super::crystal::{EDGES, FACETS, Tetrahedron};
use super::figures;
use super::ink;
use super::layout::{Detail, Layout};
use super::light::{Beam, Falloff, Light};
use super::text::{Align, Cut, Style, Typesetter};
use crate::palette::{ABSENT, BRIGHT, PLAIN, QUIET, Rgb, ramp};
use crate::scene::{Centre, LightVehicle, share};
use tiny_skia::Pixmap;
use triune_core::EnergyCentre;

/// Cycles of a whole turn of the crystal: a minute at 250 hertz.
const TURN_CYCLES: u64 = 15_000;
/// Cycles of one breath of the halo: five seconds at 250 hertz.
const BREATH_CYCLES: u64 = 1_250;
/// How the crystal stands while nothing is known of it.
const TURN_AT_REST: f32 = 0.42;
/// From the middle to the outermost centres, in radii of the crystal.
const AXIS: f32 = 0.79;
/// Radius of the ring that a centre of value 1 fills, in radii of the crystal.
const RING: f32 = 0.086;
/// Radius of the dot that a centre of value 0 is, in radii of the crystal.
const DOT: f32 = 0.012;
/// How far the echoes of the crystal stand off when there is no coherence, radians.
const LOOSEST: f32 = 0.17;
/// Velocity below which a centre counts as steady, per second.
const STEADY: f32 = 0.02;
/// Velocity at which the arrow of a trend is largest, per second.
const FAST: f32 = 0.6;

/// Falloffs of light, computed once.
pub(super) struct Falloffs {
    halo: Falloff,
    edge: Falloff,
    strand: Falloff,
    core: Falloff,
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
    fn centre_at(&self, index: usize) -> [f32; 2] {
        let [x, y] = self.layout.middle;
        [
            x,
            y + self.layout.radius * AXIS * (1.0 - index as f32 / 3.0),
        ]
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

    /// Its strength is the arousal; it breathes with the cycles.
    fn halo(&mut self, vehicle: &LightVehicle) {
        let Some(arousal) = share(vehicle.arousal) else {
            return;
        };
        let phase = (vehicle.cycle % BREATH_CYCLES) as f32 / BREATH_CYCLES as f32;
        let breath = 1.0 + 0.06 * (phase * std::f32::consts::TAU).sin();
        let radius = self.layout.radius * (0.62 + 0.4 * arousal) * breath;
        let beam = Beam::new(ramp(0.15 + 0.6 * arousal), 70.0 * arousal);
        let [x, y] = self.layout.middle;
        self.light.glow(x, y, radius, beam, &self.falloffs.halo);
    }

    /// Lit facets are salience, sharp edges coherence, the turn is the cycle.
    fn crystal(&mut self, vehicle: &LightVehicle) {
        let turn =
            (vehicle.cycle % TURN_CYCLES) as f32 / TURN_CYCLES as f32 * std::f32::consts::TAU;
        let [x, y] = self.layout.middle;
        let salience = share(vehicle.salience);
        let coherence = share(vehicle.coherence);
        for up in [true, false] {
            let shape = |turn| Tetrahedron::seen(up, turn, x, y, self.layout.radius);
            let main = shape(turn);
            if let Some(salience) = salience {
                self.facets(&main, salience, up);
            }
            let Some(coherence) = coherence else { continue };
            let colour = ramp(0.30 + 0.62 * coherence);
            if up {
                self.heart(&main, colour, coherence);
            }
            self.edges(&main, colour, 0.55 + 0.45 * coherence);
            let loose = (1.0 - coherence) * LOOSEST;
            if loose > 0.004 {
                let strength = 0.25 + 0.2 * coherence;
                self.edges(&shape(turn - loose), colour, strength);
                self.edges(&shape(turn + loose), colour, strength);
            }
        }
    }

    fn facets(&mut self, shape: &Tetrahedron, salience: f32, up: bool) {
        let beam = Beam::new(
            ramp(0.16 + 0.4 * salience + if up { 0.06 } else { 0.0 }),
            1.0,
        );
        for (facet, edge_on) in FACETS.iter().zip(shape.edge_on) {
            let corners = facet.map(|corner| shape.points[corner]);
            let between = |a: usize, b: usize| {
                [
                    (corners[a][0] + corners[b][0]) / 2.0,
                    (corners[a][1] + corners[b][1]) / 2.0,
                ]
            };
            let halves = [between(0, 1), between(1, 2), between(2, 0)];
            let bright = (4.0 + 104.0 * salience) * (0.4 + 0.6 * edge_on);
            let dark = 0.26 * bright;
            let heart = 0.14 * bright;
            let tips = [
                (0, halves[0], halves[2]),
                (1, halves[1], halves[0]),
                (2, halves[2], halves[1]),
            ];
            for (tip, left, right) in tips {
                let near = 0.75 + 0.25 * shape.near[facet[tip]];
                self.light.triangle(
                    [corners[tip], left, right],
                    [bright * near, dark, dark],
                    beam,
                );
            }
            self.light.triangle(halves, [heart; 3], beam);
        }
    }

    /// The edges of the octahedron that both tetrahedra share.
    fn heart(&mut self, shape: &Tetrahedron, colour: Rgb, strength: f32) {
        let reach = 4.0 * self.layout.unit.max(0.25);
        let beam = Beam::new(colour, 46.0 * strength);
        for facet in FACETS {
            let half = |a: usize, b: usize| {
                let (a, b) = (shape.points[facet[a]], shape.points[facet[b]]);
                [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0]
            };
            let halves = [half(0, 1), half(1, 2), half(2, 0)];
            for (from, to) in [(0, 1), (1, 2), (2, 0)] {
                self.light.line(
                    halves[from],
                    halves[to],
                    reach,
                    beam,
                    [1.0; 2],
                    &self.falloffs.edge,
                );
            }
        }
    }

    fn edges(&mut self, shape: &Tetrahedron, colour: Rgb, strength: f32) {
        let reach = 8.0 * self.layout.unit.max(0.25);
        let beam = Beam::new(colour, 135.0 * strength);
        for (a, b) in EDGES {
            let lit = |corner: usize| 0.62 + 0.38 * shape.near[corner];
            self.light.line(
                shape.points[a],
                shape.points[b],
                reach,
                beam,
                [lit(a), lit(b)],
                &self.falloffs.edge,
            );
        }
        let tip = Beam::new(colour, 60.0 * strength);
        for (point, near) in shape.points.iter().zip(shape.near) {
            let radius = (9.0 + 4.0 * near) * self.layout.unit.max(0.25);
            self.light
                .glow(point[0], point[1], radius, tip, &self.falloffs.halo);
        }
    }

    /// Bowed strands between neighbours: the wider and brighter, the more they pull at each
    /// other; brightest at the stronger one.
    fn strands(&mut self, index: usize, lower: f32, upper: f32) {
        let (from, to) = (self.centre_at(index + 1), self.centre_at(index));
        let pull = (upper - lower).abs();
        let ring = self.layout.radius * RING;
        let bow = ring * (0.10 + 1.1 * pull);
        let ends = if upper >= lower {
            [1.0, 0.35]
        } else {
            [0.35, 1.0]
        };
        let beam = Beam::new(ramp(0.25 + 0.7 * upper.max(lower)), 34.0 + 120.0 * pull);
        let reach = 2.6 * self.layout.unit.max(0.3);
        for side in [-1.0, -0.45, 0.45, 1.0] {
            self.light
                .curve(from[1], to[1], reach, beam, &self.falloffs.strand, |down| {
                    let x = from[0] + side * bow * (down * std::f32::consts::PI).sin();
                    (x, ends[0] + (ends[1] - ends[0]) * down)
                });
        }
    }

    fn centre(&mut self, index: usize, value: f32) {
        let [x, y] = self.centre_at(index);
        let whole = self.layout.radius * RING;
        let radius = disc_radius(self.layout.radius, value);
        let colour = ramp(value);
        let thin = 0.6 * self.layout.unit.max(0.5);
        self.light.glow(
            x,
            y,
            radius * 2.9,
            Beam::new(colour, 120.0 * value),
            &self.falloffs.halo,
        );
        self.light
            .ring(x, y, whole - thin, whole + thin, Beam::new(ramp(0.3), 70.0));
        self.light.blot(x, y, radius);
        self.light.ring(x, y, 0.0, radius, Beam::new(colour, 218.0));
        self.light
            .glow(x, y, radius, Beam::new(colour, 50.0), &self.falloffs.core);
    }

    fn dim_behind_labels(&mut self) {
        let half = 19.0 * self.layout.text;
        let near = self.layout.radius * RING + 2.0 * self.layout.unit;
        let far = near + 118.0 * self.layout.text;
        for index in 0..7 {
            let [x, y] = self.centre_at(index);
            for (left, right) in [(x - far, x - near), (x + near, x + far)] {
                self.light
                    .dim(Area::around(left, y - half, right, y + half), 0.42);
            }
        }
    }

    /// Outlines of what is not known.
    pub(super) fn outline(&self, picture: &mut Pixmap, vehicle: Option<&LightVehicle>) {
        let unit = self.layout.unit.max(0.3);
        let [x, y] = self.layout.middle;
        if vehicle
            .and_then(|vehicle| share(vehicle.coherence))
            .is_none()
        {
            for up in [true, false] {
                let shape = Tetrahedron::seen(up, TURN_AT_REST, x, y, self.layout.radius);
                for (a, b) in EDGES {
                    let edge = [shape.points[a], shape.points[b]];
                    ink::line(picture, &edge, 1.1 * unit, 7.0 * unit, Rgb::new(52, 61, 80));
                }
            }
        }
        for index in 0..7 {
            if vehicle.and_then(|vehicle| vehicle.centre(index)).is_none() {
                let radius = self.layout.radius * RING;
                ink::circle(
                    picture,
                    self.centre_at(index),
                    radius,
                    1.4 * unit,
                    4.0 * unit,
                    ABSENT,
                );
            }
        }
    }

    /// Each centre's name, value and trend.
    pub(super) fn label(
        &self,
        picture: &mut Pixmap,
        typesetter: &mut Typesetter,
        vehicle: Option<&LightVehicle>,
    ) {
        let scale = self.layout.text;
        let name = Style::new(Cut::Text, 18.5 * scale, PLAIN);
        let value = Style::new(Cut::Strong, 20.0 * scale, BRIGHT);
        let absent = Style::new(Cut::Text, 16.0 * scale, QUIET);
        let away = self.layout.radius * RING + 15.0 * self.layout.unit;
        let clip = self.layout.stage;
        for (index, centre) in EnergyCentre::ALL.iter().enumerate() {
            let [x, y] = self.centre_at(index);
            let baseline = y + 6.6 * scale;
            typesetter.draw(
                picture,
                centre.name(),
                &name,
                [x - away, baseline],
                Align::Right,
                clip,
            );
            let left = [x + away, baseline];
            match vehicle.and_then(|vehicle| vehicle.centre(index)) {
                Some(Centre {
                    value: number,
                    velocity,
                }) => {
                    let width = typesetter.draw(
                        picture,
                        &figures::unit(number),
                        &value,
                        left,
                        Align::Left,
                        clip,
                    );
                    trend(
                        picture,
                        [left[0] + width + 14.0 * scale, y],
                        velocity,
                        scale,
                    );
                }
                None => {
                    typesetter.draw(picture, "absent", &absent, left, Align::Left, clip);
                }
            }
        }
    }
}

/// The radius of a centre's disc; it grows evenly with the value.
fn disc_radius(crystal: f32, value: f32) -> f32 {
    crystal * (DOT + (RING - DOT) * value)
}

/// An arrow up or down, larger the faster; a dash where the centre is steady.
fn trend(picture: &mut Pixmap, [x, y]: [f32; 2], velocity: f32, scale: f32) {
    let speed = velocity.abs();
    if speed < STEADY {
        let half = 4.0 * scale;
        ink::line(
            picture,
            &[[x - half, y], [x + half, y]],
            1.6 * scale,
            0.0,
            QUIET,
        );
        return;
    }
    let size = (4.5 + 4.0 * (speed / FAST).min(1.0)) * scale;
    let tip = if velocity > 0.0 { y - size } else { y + size };
    let base = if velocity > 0.0 {
        y + size * 0.7
    } else {
        y - size * 0.7
    };
    ink::triangle(
        picture,
        [[x, tip], [x + size * 0.9, base], [x - size * 0.9, base]],
        ramp(0.85),
    );
}
