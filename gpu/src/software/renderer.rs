//! Puts the picture together and draws anew only what changed.

use super::area::Area;
use super::backdrop;
use super::describe::Panel;
use super::header::Header;
use super::layout::{Detail, Layout};
use super::light::Light;
use super::panel::Pen;
use super::text::Typesetter;
use super::vehicle::{Artist, Falloffs};
use crate::canvas::Canvas;
use crate::face::{Face, RenderError, SMALLEST_SIDE};
use crate::scene::FaceScene;
use tiny_skia::Pixmap;

/// A face that needs nothing but the processor.
///
/// The ground, the mark and the legend are drawn once for each size. A panel is drawn when what
/// it says has changed; the crystal is drawn each time.
pub struct SoftwareFace {
    typesetter: Typesetter,
    falloffs: Falloffs,
    surface: Option<Surface>,
}

/// All that belongs to one size.
struct Surface {
    width: u32,
    height: u32,
    layout: Layout,
    backdrop: Pixmap,
    picture: Pixmap,
    light: Light,
    header: Option<Header>,
    /// What each slot of the layout shows.
    panels: Vec<Option<Panel>>,
}

impl SoftwareFace {
    /// A face that has drawn nothing yet.
    ///
    /// # Errors
    /// [`RenderError::Font`] when a built-in font cannot be read.
    pub fn new() -> Result<Self, RenderError> {
        Ok(Self {
            typesetter: Typesetter::new()?,
            falloffs: Falloffs::new(),
            surface: None,
        })
    }
}

impl Surface {
    fn new(width: u32, height: u32, typesetter: &mut Typesetter) -> Result<Self, RenderError> {
        let layout = Layout::of(width, height);
        let mut backdrop =
            Pixmap::new(width, height).ok_or(RenderError::Surface { width, height })?;
        backdrop::draw(&mut backdrop, &layout, typesetter);
        Ok(Self {
            width,
            height,
            picture: backdrop.clone(),
            backdrop,
            light: Light::new(layout.stage),
            header: None,
            panels: vec![None; layout.slots.len()],
            layout,
        })
    }

    /// Makes an area look as if nothing had been drawn there.
    fn wipe(&mut self, area: Area) {
        let stride = self.width as usize * 4;
        for row in area.top.max(0)..area.bottom.min(self.height as i32) {
            let start = row as usize * stride;
            let range = start + area.left.max(0) as usize * 4
                ..start + area.right.min(self.width as i32) as usize * 4;
            self.picture.data_mut()[range.clone()].copy_from_slice(&self.backdrop.data()[range]);
        }
    }

    fn draw_words(&mut self, scene: &FaceScene, typesetter: &mut Typesetter) {
        let header = Header::of(scene);
        let (area, unit, scale) = (self.layout.header, self.layout.unit, self.layout.text);
        if self.header.as_ref() != Some(&header) {
            self.wipe(area);
            header.draw(&mut self.picture, typesetter, area, unit, scale);
            self.header = Some(header);
        }
        for index in 0..self.layout.slots.len() {
            let (topic, area) = self.layout.slots[index];
            let panel = topic.describe(scene);
            if self.panels[index].as_ref() == Some(&panel) {
                continue;
            }
            // Round caps and rims reach a little over the edge.
            let rim = (2.0 * scale).ceil() as i32;
            self.wipe(Area {
                left: area.left - rim,
                right: area.right + rim,
                ..area
            });
            Pen {
                picture: &mut self.picture,
                typesetter,
                scale,
                area,
            }
            .panel(&panel);
            self.panels[index] = Some(panel);
        }
    }

    fn draw_vehicle(
        &mut self,
        scene: &FaceScene,
        typesetter: &mut Typesetter,
        falloffs: &Falloffs,
    ) {
        let vehicle = scene.vehicle.as_ref();
        let width = self.width as usize;
        self.light.clear();
        let mut artist = Artist {
            layout: &self.layout,
            falloffs,
            light: &mut self.light,
        };
        if let Some(vehicle) = vehicle {
            artist.shine(vehicle);
        }
        artist
            .light
            .lay(self.backdrop.data(), self.picture.data_mut(), width);
        artist.outline(&mut self.picture, vehicle);
        if self.layout.detail == Detail::Full {
            artist.label(&mut self.picture, typesetter, vehicle);
        }
    }
}

impl Face for SoftwareFace {
    fn name(&self) -> &str {
        "software face"
    }

    fn render(&mut self, scene: &FaceScene, canvas: &mut Canvas) -> Result<(), RenderError> {
        let (width, height) = (canvas.width(), canvas.height());
        if width < SMALLEST_SIDE || height < SMALLEST_SIDE {
            return Err(RenderError::TooSmall { width, height });
        }
        let fits = |surface: &Surface| surface.width == width && surface.height == height;
        let mut surface = match self.surface.take().filter(fits) {
            Some(surface) => surface,
            None => Surface::new(width, height, &mut self.typesetter)?,
        };
        if surface.layout.detail == Detail::Full {
            surface.draw_words(scene, &mut self.typesetter);
        }
        surface.draw_vehicle(scene, &mut self.typesetter, &self.falloffs);
        canvas.bytes_mut().copy_from_slice(surface.picture.data());
        self.surface = Some(surface);
        Ok(())
    }
}
