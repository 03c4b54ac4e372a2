//! The face as a picture.

use super::extract::ValidQuery;
use super::figures::within;
use super::problem::Problem;
use super::shared::Shared;
use super::source::FrameError;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Deserialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Width and height in pixels when nothing else is asked for.
const SIZE: (u32, u32) = (960, 540);
/// Least and most pixels on a side.
const SIDE: (u32, u32) = (16, 3_840);
/// Most pixels in a picture: those of a 4K screen.
const PIXELS: u64 = 3_840 * 2_160;
/// How long a picture counts as the present one, so that many viewers cost one drawing.
const FRESH: Duration = Duration::from_millis(200);

/// The newest picture.
#[derive(Default)]
pub(super) struct FrameCache(Mutex<Cached>);

#[derive(Default)]
struct Cached {
    drawn: Option<Drawn>,
    /// How often it was forgotten.
    forgotten: u64,
}

struct Drawn {
    size: (u32, u32),
    at: Instant,
    png: Bytes,
}

impl FrameCache {
    fn fresh(&self, size: (u32, u32)) -> Option<Bytes> {
        let cached = self.lock();
        let drawn = cached
            .drawn
            .as_ref()
            .filter(|drawn| drawn.size == size && drawn.at.elapsed() < FRESH);
        drawn.map(|drawn| drawn.png.clone())
    }

    /// Keeps a picture, unless it was begun before the last forgetting.
    fn keep(&self, size: (u32, u32), png: Bytes, forgotten: u64) {
        let mut cached = self.lock();
        if cached.forgotten != forgotten {
            return;
        }
        cached.drawn = Some(Drawn {
            size,
            at: Instant::now(),
            png,
        });
    }

    /// Forgets the picture: what it shows may be shown no longer.
    pub(super) fn forget(&self) {
        let mut cached = self.lock();
        cached.drawn = None;
        cached.forgotten += 1;
    }

    fn lock(&self) -> MutexGuard<'_, Cached> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FrameAsked {
    width: Option<u32>,
    height: Option<u32>,
    /// Ignored: a page changes it to get past its own picture cache.
    #[serde(default, rename = "t")]
    _t: Option<String>,
}

pub(super) async fn frame(
    State(shared): State<Arc<Shared>>,
    ValidQuery(asked): ValidQuery<FrameAsked>,
) -> Result<impl IntoResponse, Problem> {
    let width = within("width", asked.width.unwrap_or(SIZE.0), SIDE.0, SIDE.1)?;
    let height = within("height", asked.height.unwrap_or(SIZE.1), SIDE.0, SIDE.1)?;
    let pixels = u64::from(width) * u64::from(height);
    within("width times height", pixels, 1, PIXELS)?;
    let png = match shared.frames.fresh((width, height)) {
        Some(png) => png,
        None => draw(&shared, width, height).await?,
    };
    Ok(([(header::CONTENT_TYPE, "image/png")], png))
}

async fn draw(shared: &Arc<Shared>, width: u32, height: u32) -> Result<Bytes, Problem> {
    let cache = Arc::clone(shared);
    let drawn = shared
        .blocking(move |source| {
            // Someone who was first in the queue may have drawn it meanwhile.
            if let Some(png) = cache.frames.fresh((width, height)) {
                return Ok(png);
            }
            let forgotten = cache.frames.lock().forgotten;
            let png = Bytes::from(source.frame_png(width, height)?);
            cache.frames.keep((width, height), png.clone(), forgotten);
            Ok(png)
        })
        .await?;
    drawn.map_err(|error: FrameError| match error {
        FrameError::Absent { .. } => Problem::unavailable(error.to_string(), 10),
        FrameError::Failed { .. } => Problem::failed(error.to_string()),
    })
}
