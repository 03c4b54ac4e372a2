//! The line at the top: what this is, since when it runs, where it is reached.

use super::area::Area;
use super::figures;
use super::text::{Align, Cut, Style, Typesetter};
use crate::palette::{ABSENT, BRIGHT, QUIET};
use crate::scene::FaceScene;
use tiny_skia::Pixmap;

/// Sizes that an address is tried in before it is broken into two lines.
const ADDRESS_SIZES: [f32; 3] = [19.0, 17.0, 15.0];

/// Where an address may be broken, if both parts fit.
const BREAKS: [char; 6] = ['/', '?', '&', '#', '=', ' '];
/// Room for the version and for the uptime, in units of text.
const VERSION_WIDTH: f32 = 170.0;

/// What the header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    version: Option<String>,
    uptime: Option<String>,
    address: Option<String>,
}

impl Header {
    pub(super) fn of(scene: &FaceScene) -> Self {
        Self {
            version: scene.version.clone(),
            uptime: figures::span(scene.uptime_s).map(|span| format!("up {span}")),
            address: scene
                .address
                .clone()
                .filter(|address| !address.trim().is_empty()),
        }
    }

    pub(super) fn draw(
        &self,
        picture: &mut Pixmap,
        typesetter: &mut Typesetter,
        area: Area,
        unit: f32,
        scale: f32,
    ) {
        let baseline = (area.top + area.bottom) as f32 / 2.0 + 8.5 * scale;
        let name = Style::new(Cut::Strong, 25.0 * scale, BRIGHT);
        let mut x = area.left as f32 + 42.0 * unit;
        x += typesetter.draw(picture, "Triune", &name, [x, baseline], Align::Left, area)
            + 14.0 * scale;
        let room =
            area.right as f32 - self.draw_address(picture, typesetter, area, scale, baseline);
        let about = Style::new(Cut::Text, 16.0 * scale, QUIET);
        let space = 14.0 * scale;
        for text in [&self.version, &self.uptime].into_iter().flatten() {
            let width = (VERSION_WIDTH * scale).min(room - space - x);
            let text = typesetter.fitted(text, &about, width);
            x += typesetter.draw(picture, &text, &about, [x, baseline], Align::Left, area) + space;
        }
    }

    /// Returns the width that it takes.
    fn draw_address(
        &self,
        picture: &mut Pixmap,
        typesetter: &mut Typesetter,
        area: Area,
        scale: f32,
        baseline: f32,
    ) -> f32 {
        let (right, room) = (area.right as f32, area.width() as f32 / 2.0);
        let Some(address) = &self.address else {
            let style = Style::new(Cut::Text, 16.0 * scale, ABSENT);
            let at = [right, baseline];
            return typesetter.draw(picture, "no address", &style, at, Align::Right, area);
        };
        for size in ADDRESS_SIZES {
            let style = Style::new(Cut::Text, size * scale, BRIGHT);
            if typesetter.width(address, &style) <= room {
                let at = [right, baseline];
                return typesetter.draw(picture, address, &style, at, Align::Right, area);
            }
        }
        let style = Style::new(Cut::Text, ADDRESS_SIZES[2] * scale, BRIGHT);
        let (mut baseline, mut widest) = (baseline - 11.0 * scale, 0.0_f32);
        for line in broken(typesetter, address, &style, room) {
            let at = [right, baseline];
            widest = widest.max(typesetter.draw(picture, &line, &style, at, Align::Right, area));
            baseline += 18.0 * scale;
        }
        widest
    }
}

/// An address over two lines: broken at a sign if both parts fit then, else wherever the first
/// line ends.
fn broken(typesetter: &mut Typesetter, address: &str, style: &Style, room: f32) -> Vec<String> {
    for (at, sign) in address.rmatch_indices(BREAKS) {
        let (first, second) = address.split_at(at + sign.len());
        if typesetter.width(second, style) > room {
            break;
        }
        if typesetter.width(first, style) <= room {
            return vec![first.to_owned(), second.to_owned()];
        }
    }
    typesetter.wrapped(address, style, room, 2)
}
