//! The vehicle's words, and the outlines of what is not known.

use super::crystal::{EDGES, Tetrahedron};
use super::figures;
use super::ink;
use super::text::{Align, Cut, Style, Typesetter};
use super::vehicle::Artist;
use crate::palette::{ABSENT, BRIGHT, FAINT, GROUND, PLAIN, QUIET, ramp};
use crate::scene::{Centre, LightVehicle, share};
use tiny_skia::Pixmap;
use triune_core::EnergyCentre;

/// Where the dark rim of words is drawn, in units of text.
const RIM: [[f32; 2]; 4] = [[-1.0, 0.0], [1.0, 0.0], [0.0, -1.0], [0.0, 1.0]];
/// How the crystal stands while nothing is known of it, radians.
const TURN_AT_REST: f32 = 0.42;
/// Velocity below which a centre counts as steady, per second.
const STEADY: f32 = 0.02;
/// Velocity at which the arrow of a trend is largest, per second.
const FAST: f32 = 0.6;

impl Artist<'_> {
    /// Outlines of what is not known.
    pub(super) fn outline(&self, picture: &mut Pixmap, vehicle: Option<&LightVehicle>) {
        let unit = self.layout.unit.max(0.3);
        if vehicle
            .and_then(|vehicle| share(vehicle.coherence))
            .is_none()
        {
            for up in [true, false] {
                let (middle, radius) = (self.layout.middle, self.layout.radius);
                let shape = Tetrahedron::seen(up, TURN_AT_REST, middle, radius);
                for (a, b) in EDGES {
                    let edge = [shape.points[a], shape.points[b]];
                    ink::line(picture, &edge, 1.1 * unit, 7.0 * unit, FAINT);
                }
            }
        }
        for index in 0..7 {
            if vehicle.and_then(|vehicle| vehicle.centre(index)).is_none() {
                let at = self.centre_at(index);
                ink::circle(picture, at, self.ring(), 1.4 * unit, 4.0 * unit, ABSENT);
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
        let away = self.ring() + 15.0 * self.layout.unit;
        let clip = self.layout.stage;
        for (index, centre) in EnergyCentre::ALL.iter().enumerate() {
            let [x, y] = self.centre_at(index);
            let baseline = y + 6.6 * scale;
            let mut write = |text: &str, style: &Style, at: [f32; 2], align| {
                // A dark rim keeps words apart from edges that pass behind them.
                let rim = Style {
                    colour: GROUND,
                    ..*style
                };
                for [dx, dy] in RIM {
                    let shifted = [at[0] + dx * scale, at[1] + (dy * scale).round()];
                    typesetter.draw(picture, text, &rim, shifted, align, clip);
                }
                typesetter.draw(picture, text, style, at, align, clip)
            };
            write(centre.name(), &name, [x - away, baseline], Align::Right);
            let at = [x + away, baseline];
            match vehicle.and_then(|vehicle| vehicle.centre(index)) {
                Some(Centre {
                    value: number,
                    velocity,
                }) => {
                    let width = write(&figures::unit(number), &value, at, Align::Left);
                    trend(picture, [at[0] + width + 14.0 * scale, y], velocity, scale);
                }
                None => {
                    write("absent", &absent, at, Align::Left);
                }
            }
        }
    }
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
    let up = if velocity > 0.0 { -size } else { size };
    let (tip, base) = (y + up, y - up * 0.7);
    let corners = [[x, tip], [x + size * 0.9, base], [x - size * 0.9, base]];
    ink::triangle(picture, corners, ramp(0.85));
}
