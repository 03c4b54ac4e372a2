//! The light of the crystal: lit facets are salience, sharp edges coherence, the turn is the
//! cycle.

use super::crystal::{EDGES, FACETS, Tetrahedron};
use super::light::{Beam, Ray};
use super::vehicle::Artist;
use crate::palette::{Rgb, ramp};
use crate::scene::{LightVehicle, share};

/// Cycles of a whole turn of the crystal: a minute at 250 hertz.
const TURN_CYCLES: u64 = 15_000;
/// How far the echoes of the crystal stand off when there is no coherence, radians.
const LOOSEST: f32 = 0.17;
/// Echoes nearer than this cannot be told from the edge itself, radians.
const CLOSEST: f32 = 0.004;

impl Artist<'_> {
    /// Both tetrahedra.
    pub(super) fn crystal(&mut self, vehicle: &LightVehicle) {
        let turn =
            (vehicle.cycle % TURN_CYCLES) as f32 / TURN_CYCLES as f32 * std::f32::consts::TAU;
        let (middle, radius) = (self.layout.middle, self.layout.radius);
        for up in [true, false] {
            let shape = |turn| Tetrahedron::seen(up, turn, middle, radius);
            let main = shape(turn);
            if let Some(salience) = share(vehicle.salience) {
                self.facets(&main, salience);
            }
            let Some(coherence) = share(vehicle.coherence) else {
                continue;
            };
            let colour = ramp(0.30 + 0.62 * coherence);
            if up {
                self.heart(&main, colour, coherence);
            }
            self.edges(&main, colour, 0.55 + 0.45 * coherence);
            let loose = (1.0 - coherence) * LOOSEST;
            if loose > CLOSEST {
                let strength = 0.25 + 0.2 * coherence;
                self.edges(&shape(turn - loose), colour, strength);
                self.edges(&shape(turn + loose), colour, strength);
            }
        }
    }

    /// Facets are brightest at the tips and where they are seen from the side, as glass is.
    fn facets(&mut self, shape: &Tetrahedron, salience: f32) {
        let beam = Beam::new(ramp(0.18 + 0.4 * salience), 4.0 + 104.0 * salience);
        for (facet, edge_on) in FACETS.iter().zip(shape.edge_on) {
            let corners = facet.map(|corner| shape.points[corner]);
            let halves = shape.halves(*facet);
            let bright = 0.4 + 0.6 * edge_on;
            let (dark, heart) = (0.26 * bright, 0.14 * bright);
            for (tip, left, right) in [(0, 0, 2), (1, 1, 0), (2, 2, 1)] {
                let near = 0.75 + 0.25 * shape.near[facet[tip]];
                let triangle = [corners[tip], halves[left], halves[right]];
                self.light
                    .triangle(triangle, [bright * near, dark, dark], beam);
            }
            self.light.triangle(halves, [heart; 3], beam);
        }
    }

    /// The edges of the octahedron that both tetrahedra share.
    fn heart(&mut self, shape: &Tetrahedron, colour: Rgb, strength: f32) {
        let beam = Beam::new(colour, 46.0 * strength);
        let reach = 4.0 * self.layout.unit.max(0.25);
        for facet in FACETS {
            let halves = shape.halves(facet);
            for (from, to) in [(0, 1), (1, 2), (2, 0)] {
                let (from, to) = (halves[from], halves[to]);
                let falloff = &self.falloffs.edge;
                self.light.line(
                    &Ray {
                        from,
                        to,
                        reach,
                        ends: [1.0; 2],
                        falloff,
                    },
                    beam,
                );
            }
        }
    }

    fn edges(&mut self, shape: &Tetrahedron, colour: Rgb, strength: f32) {
        let unit = self.layout.unit.max(0.25);
        let beam = Beam::new(colour, 135.0 * strength);
        let lit = |corner: usize| (0.62 + 0.38 * shape.near[corner]).clamp(0.0, 1.0);
        for (a, b) in EDGES {
            let ray = Ray {
                from: shape.points[a],
                to: shape.points[b],
                reach: 8.0 * unit,
                ends: [lit(a), lit(b)],
                falloff: &self.falloffs.edge,
            };
            self.light.line(&ray, beam);
        }
        let tip = Beam::new(colour, 60.0 * strength);
        for (point, near) in shape.points.iter().zip(shape.near) {
            self.light
                .glow(*point, (9.0 + 4.0 * near) * unit, tip, &self.falloffs.halo);
        }
    }
}
