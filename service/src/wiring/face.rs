//! Draws the face: for the display, and as PNG for whoever asks.

use super::household::ConsentCell;
use super::scene::{Admitted, Histories, scene};
use crate::http::FrameError;
use crate::status::{Display, Gpu, PartState, Status};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use triune_core::State;
use triune_gpu::{Canvas, Face, SoftwareFace};

/// Draws pictures and remembers what the display does.
pub(super) struct FaceDesk {
    /// The first being's consent.
    consent: ConsentCell,
    drawer: Mutex<Option<SoftwareFace>>,
    histories: Mutex<Histories>,
    gpu: Mutex<Gpu>,
    display: Mutex<Display>,
}

impl FaceDesk {
    pub(super) fn new(consent: ConsentCell) -> Self {
        let drawer = SoftwareFace::new()
            .map_err(|error| log::error!("face: {error}"))
            .ok();
        let device = drawer.as_ref().map(|face| face.name().to_owned());
        Self {
            consent,
            drawer: Mutex::new(drawer),
            histories: Mutex::default(),
            gpu: Mutex::new(Gpu {
                device,
                fps: None,
                frame_ms: None,
            }),
            display: Mutex::default(),
        }
    }

    /// The renderer, as the status shows it.
    pub(super) fn gpu(&self) -> Gpu {
        lock(&self.gpu).clone()
    }

    /// The screen, as the status shows it.
    pub(super) fn display(&self) -> Display {
        lock(&self.display).clone()
    }

    /// Notes what became of the screen.
    pub(super) fn screen(&self, state: PartState, device: Option<String>, mode: Option<String>) {
        *lock(&self.display) = Display {
            state,
            device,
            mode,
        };
    }

    /// Adds the moment to the lines that the face draws.
    pub(super) fn remember(&self, moment: impl FnOnce() -> (State, Status)) {
        let before = Admitted::by(&self.consent);
        let (state, status) = moment();
        let after = Admitted::by(&self.consent);
        // What was read before a refusal is not remembered after it.
        if after == before {
            lock(&self.histories).push(&state, &status, after);
        }
    }

    /// Draws the moment with `face` on `canvas`; gives the time it took.
    pub(super) fn draw(
        &self,
        face: &mut SoftwareFace,
        state: &State,
        status: &Status,
        canvas: &mut Canvas,
    ) -> Result<Duration, String> {
        let began = Instant::now();
        let mut histories = lock(&self.histories);
        histories.forget(Admitted::by(&self.consent));
        let scene = scene(state, status, &histories);
        drop(histories);
        face.render(&scene, canvas)
            .map_err(|error| error.to_string())?;
        Ok(began.elapsed())
    }

    /// Notes how fast the display's pictures come.
    pub(super) fn pace(&self, fps: f32, frame: Duration) {
        let mut gpu = lock(&self.gpu);
        gpu.fps = Some(fps);
        gpu.frame_ms = Some(frame.as_secs_f32() * 1e3);
    }

    /// The moment as a PNG.
    pub(super) fn png(
        &self,
        state: &State,
        status: &Status,
        width: u32,
        height: u32,
    ) -> Result<Vec<u8>, FrameError> {
        let failed = |why: String| FrameError::Failed { why };
        let mut canvas = Canvas::new(width, height).map_err(|error| failed(error.to_string()))?;
        let mut drawer = lock(&self.drawer);
        let face = drawer.as_mut().ok_or_else(|| FrameError::Absent {
            why: "the built-in fonts cannot be read".to_owned(),
        })?;
        self.draw(face, state, status, &mut canvas)
            .map_err(failed)?;
        drop(drawer);
        canvas.to_png().map_err(|error| failed(error.to_string()))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
