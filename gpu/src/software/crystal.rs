//! The shape of the crystal: two tetrahedra that pierce each other (a stella octangula).

/// How far the eye stands from the middle, in radii.
const EYE: f32 = 6.0;
/// Sine and cosine of the angle that the eye looks down at.
const TILT: (f32, f32) = (0.139_173_1, 0.990_268_1);

/// The corners of a tetrahedron whose tip points up (or down), turned about the upright axis.
/// A regular tetrahedron in a sphere of radius 1 has its base at -1/3, with a radius of
/// 2/3 of the square root of 2.
fn corners(up: bool, turn: f32) -> [[f32; 3]; 4] {
    let side = if up { 1.0 } else { -1.0 };
    let base = |index: u8| {
        let angle = turn + f32::from(index) * std::f32::consts::TAU / 3.0;
        let radius = 2.0 * std::f32::consts::SQRT_2 / 3.0;
        [
            side * radius * angle.cos(),
            -side / 3.0,
            side * radius * angle.sin(),
        ]
    };
    [[0.0, side, 0.0], base(0), base(1), base(2)]
}

/// Pairs of corners that an edge joins.
pub(super) const EDGES: [(usize, usize); 6] = [(0, 1), (0, 2), (0, 3), (1, 2), (2, 3), (3, 1)];
/// Triples of corners that a facet spans.
pub(super) const FACETS: [[usize; 3]; 4] = [[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 2, 3]];

/// A tetrahedron on the screen.
pub(super) struct Tetrahedron {
    /// Where its corners are, in pixels.
    pub(super) points: [[f32; 2]; 4],
    /// How near each corner is: -1 far, 1 near.
    pub(super) near: [f32; 4],
    /// How much each facet is seen from its edge: 0 face on, 1 edge on.
    pub(super) edge_on: [f32; 4],
}

impl Tetrahedron {
    /// Turned by `turn` radians, around (`x`, `y`), `radius` pixels from the middle to a corner.
    pub(super) fn seen(up: bool, turn: f32, [x, y]: [f32; 2], radius: f32) -> Self {
        let tilted = corners(up, turn)
            .map(|[px, py, pz]| [px, py * TILT.1 - pz * TILT.0, py * TILT.0 + pz * TILT.1]);
        let points = tilted.map(|[px, py, pz]| {
            let scale = radius * EYE / (EYE - pz);
            [x + px * scale, y - py * scale]
        });
        let edge_on = FACETS.map(|[a, b, c]| {
            let [a, b, c] = [tilted[a], tilted[b], tilted[c]];
            let u = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
            let v = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
            let normal = [
                u[1] * v[2] - u[2] * v[1],
                u[2] * v[0] - u[0] * v[2],
                u[0] * v[1] - u[1] * v[0],
            ];
            let length = normal.iter().map(|part| part * part).sum::<f32>().sqrt();
            1.0 - (normal[2] / length).abs()
        });
        Self {
            points,
            near: tilted.map(|[_, _, depth]| depth),
            edge_on,
        }
    }

    /// The middles of a facet's sides on the screen.
    pub(super) fn halves(&self, facet: [usize; 3]) -> [[f32; 2]; 3] {
        let [a, b, c] = facet.map(|corner| self.points[corner]);
        let between = |p: [f32; 2], q: [f32; 2]| [(p[0] + q[0]) / 2.0, (p[1] + q[1]) / 2.0];
        [between(a, b), between(b, c), between(c, a)]
    }
}
