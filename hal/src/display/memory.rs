//! A display that keeps its picture in memory.

use super::{Display, DisplayError, DisplayMode, PIXEL_BYTES, rows};
use std::sync::{Arc, Mutex, PoisonError};

/// Shows pictures to whoever holds its [`picture`](MemoryScreen::picture): a test, a page, a
/// remote viewer.
#[derive(Debug)]
pub struct MemoryScreen {
    mode: DisplayMode,
    picture: Arc<Mutex<Vec<u8>>>,
}

impl MemoryScreen {
    /// A black screen of that size.
    pub fn new(width: u32, height: u32) -> Self {
        let bytes = width as usize * height as usize * PIXEL_BYTES;
        Self {
            mode: DisplayMode {
                width,
                height,
                refresh_hz: None,
            },
            picture: Arc::new(Mutex::new(vec![0; bytes])),
        }
    }

    /// The picture shown last: rows without gaps, [`PIXEL_BYTES`] bytes a pixel.
    pub fn picture(&self) -> Arc<Mutex<Vec<u8>>> {
        Arc::clone(&self.picture)
    }
}

impl Display for MemoryScreen {
    fn mode(&self) -> DisplayMode {
        self.mode
    }

    fn describe(&self) -> String {
        "picture in memory".to_owned()
    }

    fn show(&mut self, pixels: &[u8], stride: usize) -> Result<(), DisplayError> {
        let rows = rows(self.mode, pixels, stride)?;
        // A viewer that panicked has not changed the picture.
        let mut picture = self.picture.lock().unwrap_or_else(PoisonError::into_inner);
        let row_bytes = self.mode.width as usize * PIXEL_BYTES;
        for (out, row) in picture.chunks_exact_mut(row_bytes).zip(rows) {
            out.copy_from_slice(row);
        }
        Ok(())
    }
}
