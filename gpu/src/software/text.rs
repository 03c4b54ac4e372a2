//! Text: shaping, fitting and drawing with the built-in fonts.

use super::area::Area;
use crate::face::RenderError;
use crate::palette::Rgb;
use std::borrow::Cow;
use std::collections::HashMap;
use swash::scale::{Render, ScaleContext, Source, image::Image};
use swash::shape::ShapeContext;
use swash::zeno::{Format, Vector};
use swash::{FontRef, GlyphId};
use tiny_skia::Pixmap;

/// Places between two pixels that a glyph can start at.
const PLACES: f32 = 4.0;
/// Glyph pictures that are kept; text has few sizes, so more than these are never in use at once.
const KEPT_GLYPHS: usize = 4096;
/// What stands for text that does not fit.
const ELLIPSIS: char = '…';

/// The built-in fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Cut {
    /// Running text.
    Text = 0,
    /// Captions and names.
    Strong = 1,
    /// Large figures.
    Display = 2,
}

const FONTS: [(&str, &[u8]); 3] = [
    (
        "Inter-Medium",
        include_bytes!("../../fonts/Inter-Medium.otf"),
    ),
    (
        "Inter-SemiBold",
        include_bytes!("../../fonts/Inter-SemiBold.otf"),
    ),
    (
        "InterDisplay-Medium",
        include_bytes!("../../fonts/InterDisplay-Medium.otf"),
    ),
];

/// How text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    pub(super) cut: Cut,
    /// Size of the em square in pixels.
    pub(super) size: f32,
    /// Space added after each glyph, in ems.
    pub(super) tracking: f32,
    pub(super) colour: Rgb,
}

impl Style {
    pub(super) const fn new(cut: Cut, size: f32, colour: Rgb) -> Self {
        Self {
            cut,
            size,
            tracking: 0.0,
            colour,
        }
    }
}

/// On which side of the given x text lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Middle,
    Right,
}

#[derive(PartialEq, Eq, Hash)]
struct GlyphKey {
    cut: Cut,
    /// Size in 64ths of a pixel.
    size: u32,
    glyph: GlyphId,
    place: u8,
}

/// The coverage of one glyph, and where it lies from its origin.
struct GlyphPicture {
    left: i32,
    top: i32,
    width: usize,
    coverage: Vec<u8>,
}

/// Sets text.
pub(super) struct Typesetter {
    fonts: [FontRef<'static>; 3],
    shapes: ShapeContext,
    scales: ScaleContext,
    pictures: HashMap<GlyphKey, GlyphPicture>,
    /// The glyphs of the text at hand, and where each starts.
    run: Vec<(GlyphId, f32)>,
}

impl Typesetter {
    pub(super) fn new() -> Result<Self, RenderError> {
        let open = |(name, bytes)| FontRef::from_index(bytes, 0).ok_or(RenderError::Font(name));
        Ok(Self {
            fonts: [open(FONTS[0])?, open(FONTS[1])?, open(FONTS[2])?],
            shapes: ShapeContext::new(),
            scales: ScaleContext::new(),
            pictures: HashMap::new(),
            run: Vec::new(),
        })
    }

    /// Lays out `text` into `run` and returns its width in pixels.
    fn shape(&mut self, text: &str, style: &Style) -> f32 {
        self.run.clear();
        let mut shaper = self
            .shapes
            .builder(self.fonts[style.cut as usize])
            .size(style.size)
            // Digits of one width, so that changing figures do not jump.
            .features([("tnum", 1), ("kern", 1)])
            .build();
        shaper.add_str(text);
        let (run, tracking) = (&mut self.run, style.tracking * style.size);
        let mut x = 0.0;
        shaper.shape_with(|cluster| {
            for glyph in cluster.glyphs {
                run.push((glyph.id, x + glyph.x));
                x += glyph.advance + tracking;
            }
        });
        (x - tracking).max(0.0)
    }

    /// The width of `text` in pixels.
    pub(super) fn width(&mut self, text: &str, style: &Style) -> f32 {
        self.shape(text, style)
    }

    /// `text`, or as much of it as fits into `width` pixels with an ellipsis.
    pub(super) fn fitted<'a>(&mut self, text: &'a str, style: &Style, width: f32) -> Cow<'a, str> {
        if self.width(text, style) <= width {
            return Cow::Borrowed(text);
        }
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let shortened = |end: usize| format!("{}{ELLIPSIS}", text[..end].trim_end());
        // The longest beginning that fits, found by halving.
        let (mut fits, mut exceeds) = (0, ends.len());
        while exceeds - fits > 1 {
            let middle = fits.midpoint(exceeds);
            if self.width(&shortened(ends[middle]), style) <= width {
                fits = middle;
            } else {
                exceeds = middle;
            }
        }
        let short = shortened(ends.get(fits).copied().unwrap_or(0));
        if self.width(&short, style) <= width {
            Cow::Owned(short)
        } else {
            Cow::Borrowed("")
        }
    }

    /// `text` over at most `lines` lines of `width` pixels, broken at spaces where there are
    /// any; the last line ends in an ellipsis where it does not all fit.
    pub(super) fn wrapped(
        &mut self,
        text: &str,
        style: &Style,
        width: f32,
        lines: usize,
    ) -> Vec<String> {
        let mut wrapped = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() && wrapped.len() < lines {
            if wrapped.len() + 1 == lines {
                wrapped.push(self.fitted(rest, style, width).into_owned());
                break;
            }
            let end = self.break_after(rest, style, width);
            wrapped.push(rest[..end].trim_end().to_owned());
            rest = rest[end..].trim_start();
        }
        wrapped
    }

    /// Where the first line of `text` ends.
    fn break_after(&mut self, text: &str, style: &Style, width: f32) -> usize {
        if self.width(text, style) <= width {
            return text.len();
        }
        let mut words = None;
        for (space, _) in text.match_indices(' ') {
            if self.width(&text[..space], style) > width {
                break;
            }
            words = Some(space);
        }
        words.unwrap_or_else(|| {
            // A single long word: as many characters as fit, at least one.
            let mut end = text.chars().next().map_or(0, char::len_utf8);
            for (next, character) in text.char_indices().skip(1) {
                if self.width(&text[..next + character.len_utf8()], style) > width {
                    break;
                }
                end = next + character.len_utf8();
            }
            end
        })
    }

    /// Draws `text` with its baseline at `y`, inside of `clip` alone, and returns its width.
    pub(super) fn draw(
        &mut self,
        picture: &mut Pixmap,
        text: &str,
        style: &Style,
        [x, y]: [f32; 2],
        align: Align,
        clip: Area,
    ) -> f32 {
        let width = self.shape(text, style);
        let start = match align {
            Align::Left => x,
            Align::Middle => x - width / 2.0,
            Align::Right => x - width,
        };
        let whole = Area {
            left: 0,
            top: 0,
            right: picture.width() as i32,
            bottom: picture.height() as i32,
        };
        let clip = clip.within(whole);
        let baseline = y.round() as i32;
        let run = std::mem::take(&mut self.run);
        for &(glyph, offset) in &run {
            let place = ((start + offset) * PLACES).round() as i32;
            let column = place.div_euclid(PLACES as i32);
            let drawn = self.picture(style, glyph, place.rem_euclid(PLACES as i32) as u8);
            blend(picture, drawn, [column, baseline], style.colour, clip);
        }
        self.run = run;
        width
    }

    fn picture(&mut self, style: &Style, glyph: GlyphId, place: u8) -> &GlyphPicture {
        if self.pictures.len() >= KEPT_GLYPHS {
            self.pictures.clear();
        }
        let key = GlyphKey {
            cut: style.cut,
            size: (style.size * 64.0) as u32,
            glyph,
            place,
        };
        let (fonts, scales) = (&self.fonts, &mut self.scales);
        self.pictures.entry(key).or_insert_with(|| {
            let mut scaler = scales
                .builder(fonts[style.cut as usize])
                .size(style.size)
                .hint(false)
                .build();
            let image: Image = Render::new(&[Source::Outline])
                .format(Format::Alpha)
                .offset(Vector::new(f32::from(place) / PLACES, 0.0))
                .render(&mut scaler, glyph)
                .unwrap_or_default();
            GlyphPicture {
                left: image.placement.left,
                top: image.placement.top,
                width: image.placement.width as usize,
                coverage: image.data,
            }
        })
    }
}

/// Lays a glyph over the picture, whose pixels are blue, green, red.
fn blend(picture: &mut Pixmap, glyph: &GlyphPicture, [x, y]: [i32; 2], colour: Rgb, clip: Area) {
    if glyph.width == 0 {
        return;
    }
    let stride = picture.width() as usize * 4;
    let parts = [colour.blue, colour.green, colour.red];
    for (row, coverage) in glyph.coverage.chunks_exact(glyph.width).enumerate() {
        let top = y - glyph.top + row as i32;
        if top < clip.top || top >= clip.bottom {
            continue;
        }
        for (column, &cover) in coverage.iter().enumerate() {
            let left = x + glyph.left + column as i32;
            if cover == 0 || left < clip.left || left >= clip.right {
                continue;
            }
            let at = top as usize * stride + left as usize * 4;
            for (under, over) in picture.data_mut()[at..at + 3].iter_mut().zip(parts) {
                let (below, above, cover) = (i32::from(*under), i32::from(over), i32::from(cover));
                *under = (below + (above - below) * cover / 255) as u8;
            }
        }
    }
}
