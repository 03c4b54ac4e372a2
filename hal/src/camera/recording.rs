//! Pictures from files that stand in for a camera.

use super::{Camera, CameraError, CameraFormat, Frame, PixelFormat};
use crate::pace::Pace;
use image::{DynamicImage, ImageReader, Limits};
use std::path::{Path, PathBuf};
use triune_board::RecordedPictures;

/// Larger pictures are refused before they are decoded.
const SIDE_MAX: u32 = 16_384;
/// Memory that decoding one picture may take.
const DECODE_BYTES_MAX: u64 = 512 << 20;

/// Shows a picture, or a folder of pictures in the order of their names.
#[derive(Debug)]
pub struct RecordedCamera {
    path: PathBuf,
    files: Vec<PathBuf>,
    next: usize,
    fps: u32,
    repeat: bool,
    sequence: u64,
    pace: Pace,
    /// The picture decoded last and its place in `files`; a single picture that is repeated is
    /// decoded once.
    decoded: (usize, image::RgbImage),
}

impl RecordedCamera {
    /// Lists the pictures and decodes the first.
    ///
    /// # Errors
    /// [`CameraError::Unreadable`] where the path cannot be read, [`CameraError::Corrupt`] where
    /// it holds no picture or the first one is damaged.
    pub fn open(spec: &RecordedPictures) -> Result<Self, CameraError> {
        let files = list(&spec.path)?;
        let first = decode(&files[0])?;
        Ok(Self {
            path: spec.path.clone(),
            files,
            next: 0,
            fps: spec.fps.max(1),
            repeat: spec.repeat,
            sequence: 0,
            pace: Pace::new(spec.fps, spec.paced),
            decoded: (0, first),
        })
    }
}

/// The pictures at `path`, at least one.
fn list(path: &Path) -> Result<Vec<PathBuf>, CameraError> {
    let unreadable = |source| CameraError::Unreadable {
        path: path.to_owned(),
        source,
    };
    if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let picture = file
            .extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|extension| {
                ["png", "jpg", "jpeg"]
                    .iter()
                    .any(|known| extension.eq_ignore_ascii_case(known))
            });
        if picture && file.is_file() {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(CameraError::Corrupt {
            path: path.to_owned(),
            reason: "the folder holds no .png, .jpg or .jpeg file".to_owned(),
        });
    }
    files.sort_unstable();
    Ok(files)
}

fn decode(path: &Path) -> Result<image::RgbImage, CameraError> {
    let unreadable = |source| CameraError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut reader = ImageReader::open(path)
        .map_err(unreadable)?
        .with_guessed_format()
        .map_err(unreadable)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODE_BYTES_MAX);
    reader.limits(limits);
    let picture = reader.decode().map(DynamicImage::into_rgb8);
    picture.map_err(|error| CameraError::Corrupt {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

impl Camera for RecordedCamera {
    fn format(&self) -> CameraFormat {
        CameraFormat {
            width: self.decoded.1.width(),
            height: self.decoded.1.height(),
            pixel: PixelFormat::Rgb24,
            fps: self.fps,
        }
    }

    fn describe(&self) -> String {
        match self.files.len() {
            1 => format!("picture {}", self.files[0].display()),
            count => format!("{count} pictures of {}", self.path.display()),
        }
    }

    fn read(&mut self, frame: &mut Frame) -> Result<(), CameraError> {
        if self.next == self.files.len() {
            if !self.repeat {
                return Err(CameraError::EndOfRecording {
                    path: self.path.clone(),
                });
            }
            self.next = 0;
        }
        let index = self.next;
        // A damaged picture is told once and then passed over.
        self.next += 1;
        if self.decoded.0 != index {
            self.decoded = (index, decode(&self.files[index])?);
        }
        let picture = &self.decoded.1;
        let stride = PixelFormat::Rgb24.row_bytes(picture.width());
        frame
            .prepare(
                PixelFormat::Rgb24,
                picture.width(),
                picture.height(),
                stride,
            )
            .copy_from_slice(picture.as_raw());
        frame.sequence = self.sequence;
        frame.time_ns = self.pace.take(1);
        self.sequence += 1;
        Ok(())
    }
}
