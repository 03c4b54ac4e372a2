//! A display that is a PNG file.

use super::{Display, DisplayError, DisplayMode, rows};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use triune_board::FileDisplay;

/// Replaces a PNG file with every picture; whoever opens it sees a whole picture.
#[derive(Debug)]
pub struct FileScreen {
    path: PathBuf,
    unfinished: PathBuf,
    mode: DisplayMode,
    rgb: Vec<u8>,
}

impl FileScreen {
    /// Opens it; the file appears with the first picture.
    ///
    /// # Errors
    /// [`DisplayError::Unwritable`] where its folder cannot be written to.
    pub fn open(spec: &FileDisplay) -> Result<Self, DisplayError> {
        let mut unfinished = spec.path.clone().into_os_string();
        unfinished.push(".unfinished");
        let screen = Self {
            path: spec.path.clone(),
            unfinished: unfinished.into(),
            mode: DisplayMode {
                width: spec.width,
                height: spec.height,
                refresh_hz: None,
            },
            rgb: Vec::new(),
        };
        File::create(&screen.unfinished)
            .and_then(|_| std::fs::remove_file(&screen.unfinished))
            .map_err(|source| screen.unwritable(source))?;
        Ok(screen)
    }

    fn unwritable(&self, source: std::io::Error) -> DisplayError {
        DisplayError::Unwritable {
            path: self.path.clone(),
            source,
        }
    }

    fn write(&self) -> std::io::Result<()> {
        let mut file = BufWriter::new(File::create(&self.unfinished)?);
        PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Up)
            .write_image(
                &self.rgb,
                self.mode.width,
                self.mode.height,
                ExtendedColorType::Rgb8,
            )
            .map_err(|error| match error {
                image::ImageError::IoError(source) => source,
                other => std::io::Error::other(other),
            })?;
        file.flush()?;
        std::fs::rename(&self.unfinished, &self.path)
    }
}

impl Display for FileScreen {
    fn mode(&self) -> DisplayMode {
        self.mode
    }

    fn describe(&self) -> String {
        format!("picture file {}", self.path.display())
    }

    fn show(&mut self, pixels: &[u8], stride: usize) -> Result<(), DisplayError> {
        self.rgb.clear();
        for row in rows(self.mode, pixels, stride)? {
            let (pixels, _) = row.as_chunks::<4>();
            self.rgb.extend(
                pixels
                    .iter()
                    .flat_map(|&[blue, green, red, _]| [red, green, blue]),
            );
        }
        self.write().map_err(|source| self.unwritable(source))
    }
}

impl Drop for FileScreen {
    fn drop(&mut self) {
        // Left over only if the last write failed.
        let _ = std::fs::remove_file(&self.unfinished);
    }
}
