//! A buffer that the screen is drawn from.

use super::card::Card;
use drm::buffer::{Buffer, DrmFourcc};
use drm::control::dumbbuffer::{DumbBuffer, DumbMapping};
use drm::control::{Device, framebuffer};
use std::sync::Arc;

/// A dumb buffer (one that the CPU draws into), mapped and known to the card as a picture.
pub(super) struct ScanOut {
    card: Arc<Card>,
    /// `None` only while it is being dropped.
    mapping: Option<DumbMapping<'static>>,
    buffer: DumbBuffer,
    framebuffer: framebuffer::Handle,
}

impl std::fmt::Debug for ScanOut {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ScanOut")
            .field("buffer", &self.buffer)
            .finish_non_exhaustive()
    }
}

impl ScanOut {
    pub(super) fn new(card: &Arc<Card>, size: (u32, u32)) -> std::io::Result<Self> {
        let mut buffer = card.create_dumb_buffer(size, DrmFourcc::Xrgb8888, 32)?;
        // Depth 24 in 32 bits is XRGB8888 for the legacy call, which every driver knows.
        let framebuffer = match card.add_framebuffer(&buffer, 24, 32) {
            Ok(framebuffer) => framebuffer,
            Err(error) => {
                let _ = card.destroy_dumb_buffer(buffer);
                return Err(error);
            }
        };
        let mapped = card.map_dumb_buffer(&mut buffer).map(extend);
        let mapping = match mapped {
            Ok(mapping) => mapping,
            Err(error) => {
                let _ = card.destroy_framebuffer(framebuffer);
                let _ = card.destroy_dumb_buffer(buffer);
                return Err(error);
            }
        };
        Ok(Self {
            card: Arc::clone(card),
            mapping: Some(mapping),
            buffer,
            framebuffer,
        })
    }

    pub(super) fn framebuffer(&self) -> framebuffer::Handle {
        self.framebuffer
    }

    /// Copies rows from the top; those that no longer fit are left out.
    pub(super) fn draw<'a>(&mut self, rows: impl Iterator<Item = &'a [u8]>) {
        let pitch = self.buffer.pitch() as usize;
        if let Some(mapping) = &mut self.mapping {
            for (out, row) in mapping.chunks_mut(pitch.max(1)).zip(rows) {
                let bytes = row.len().min(out.len());
                out[..bytes].copy_from_slice(&row[..bytes]);
            }
        }
    }
}

/// Lets a mapping live as long as the buffer that it belongs to, in one struct.
fn extend(mapping: DumbMapping<'_>) -> DumbMapping<'static> {
    // SAFETY: the lifetime is a marker only: the mapping holds no reference to the buffer (a
    // plain handle), but memory of its own that stays mapped until its drop unmaps it, even
    // after the card has forgotten the buffer. Both types have the same layout.
    unsafe { std::mem::transmute::<DumbMapping<'_>, DumbMapping<'static>>(mapping) }
}

impl Drop for ScanOut {
    fn drop(&mut self) {
        self.mapping = None;
        let _ = self.card.destroy_framebuffer(self.framebuffer);
        let _ = self.card.destroy_dumb_buffer(self.buffer);
    }
}
