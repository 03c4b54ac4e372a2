//! Flat shapes on the picture. Pixels are blue, green, red; the drawing library knows only red,
//! green, blue, so every colour is handed to it the other way round.

use super::area::Area;
use crate::palette::Rgb;
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash,
    Transform,
};

fn paint(colour: Rgb, opacity: f32) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(Color::from_rgba8(
        colour.blue,
        colour.green,
        colour.red,
        (opacity.clamp(0.0, 1.0) * 255.0 + 0.5) as u8,
    ));
    paint
}

/// A filled rectangle with sharp edges on whole pixels.
pub(super) fn block(picture: &mut Pixmap, area: Area, colour: Rgb) {
    let whole = Area {
        left: 0,
        top: 0,
        right: picture.width() as i32,
        bottom: picture.height() as i32,
    };
    let area = area.within(whole);
    let stride = picture.width() as usize * 4;
    let pixel = [colour.blue, colour.green, colour.red, 255];
    for row in area.top..area.bottom {
        let start = row as usize * stride + area.left as usize * 4;
        let bytes = &mut picture.data_mut()[start..start + area.width() as usize * 4];
        for into in bytes.chunks_exact_mut(4) {
            into.copy_from_slice(&pixel);
        }
    }
}

fn rounded(left: f32, top: f32, right: f32, bottom: f32, radius: f32) -> Option<Path> {
    let radius = radius.min((right - left) / 2.0).min((bottom - top) / 2.0);
    let rect = Rect::from_ltrb(left, top, right, bottom)?;
    if radius < 0.5 {
        return Some(PathBuilder::from_rect(rect));
    }
    let mut path = PathBuilder::new();
    path.move_to(left + radius, top);
    path.line_to(right - radius, top);
    path.quad_to(right, top, right, top + radius);
    path.line_to(right, bottom - radius);
    path.quad_to(right, bottom, right - radius, bottom);
    path.line_to(left + radius, bottom);
    path.quad_to(left, bottom, left, bottom - radius);
    path.line_to(left, top + radius);
    path.quad_to(left, top, left + radius, top);
    path.close();
    path.finish()
}

/// A filled rectangle with round corners: left, top, right, bottom.
pub(super) fn plate(
    picture: &mut Pixmap,
    [left, top, right, bottom]: [f32; 4],
    radius: f32,
    colour: Rgb,
    opacity: f32,
) {
    if let Some(path) = rounded(left, top, right, bottom, radius) {
        picture.fill_path(
            &path,
            &paint(colour, opacity),
            FillRule::Winding,
            Transform::identity(),
            None,
        );
    }
}

/// The outline of a rectangle with round corners, dashed where `dash` is above 0.
pub(super) fn outline(
    picture: &mut Pixmap,
    [left, top, right, bottom]: [f32; 4],
    radius: f32,
    width: f32,
    dash: f32,
    colour: Rgb,
) {
    if let Some(path) = rounded(left, top, right, bottom, radius) {
        stroke(picture, &path, width, dash, colour);
    }
}

/// A circle's outline, dashed where `dash` is above 0.
pub(super) fn circle(
    picture: &mut Pixmap,
    [x, y]: [f32; 2],
    radius: f32,
    width: f32,
    dash: f32,
    colour: Rgb,
) {
    if let Some(path) = PathBuilder::from_circle(x, y, radius) {
        stroke(picture, &path, width, dash, colour);
    }
}

/// A filled disc.
pub(super) fn disc(picture: &mut Pixmap, [x, y]: [f32; 2], radius: f32, colour: Rgb) {
    if let Some(path) = PathBuilder::from_circle(x, y, radius) {
        picture.fill_path(
            &path,
            &paint(colour, 1.0),
            FillRule::Winding,
            Transform::identity(),
            None,
        );
    }
}

/// A filled triangle.
pub(super) fn triangle(picture: &mut Pixmap, corners: [[f32; 2]; 3], colour: Rgb) {
    if let Some(path) = polyline(&corners, true) {
        picture.fill_path(
            &path,
            &paint(colour, 1.0),
            FillRule::Winding,
            Transform::identity(),
            None,
        );
    }
}

/// A line through `points`.
pub(super) fn line(picture: &mut Pixmap, points: &[[f32; 2]], width: f32, dash: f32, colour: Rgb) {
    if let Some(path) = polyline(points, false) {
        stroke(picture, &path, width, dash, colour);
    }
}

/// The area between a line through `points` and the height `floor`.
pub(super) fn under(
    picture: &mut Pixmap,
    points: &[[f32; 2]],
    floor: f32,
    colour: Rgb,
    opacity: f32,
) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return;
    };
    let mut path = PathBuilder::new();
    path.move_to(first[0], floor);
    for point in points {
        path.line_to(point[0], point[1]);
    }
    path.line_to(last[0], floor);
    path.close();
    if let Some(path) = path.finish() {
        picture.fill_path(
            &path,
            &paint(colour, opacity),
            FillRule::Winding,
            Transform::identity(),
            None,
        );
    }
}

fn polyline(points: &[[f32; 2]], closed: bool) -> Option<Path> {
    let (first, rest) = points.split_first()?;
    let mut path = PathBuilder::new();
    path.move_to(first[0], first[1]);
    for point in rest {
        path.line_to(point[0], point[1]);
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn stroke(picture: &mut Pixmap, path: &Path, width: f32, dash: f32, colour: Rgb) {
    let stroke = Stroke {
        width,
        line_cap: if dash > 0.0 {
            LineCap::Butt
        } else {
            LineCap::Round
        },
        line_join: LineJoin::Round,
        dash: (dash > 0.0)
            .then(|| StrokeDash::new(vec![dash, dash], 0.0))
            .flatten(),
        ..Stroke::default()
    };
    picture.stroke_path(
        path,
        &paint(colour, 1.0),
        &stroke,
        Transform::identity(),
        None,
    );
}
