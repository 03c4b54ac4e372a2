//! A camera through V4L2 (single-planar: USB cameras, `vivid`).

mod configure;

use super::{Camera, CameraError, CameraFormat, Frame};
use crate::clock::{NANOS_PER_SECOND, now_ns};
use ::v4l::buffer::{Flags, Metadata, Type};
use ::v4l::io::mmap::Stream;
use ::v4l::io::traits::{CaptureStream, Stream as _};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::time::Duration;
use triune_board::V4lCamera;

/// A camera that sends nothing for this long is reported; USB cameras take up to a second to
/// start.
const SILENT_AFTER_MS: u32 = 3_000;
/// Frames that the driver may fill ahead: one being read, one being filled, two for a late reader.
const BUFFERS: u32 = 4;

/// A camera of the kernel's.
pub struct V4lDevice {
    path: PathBuf,
    card: String,
    format: CameraFormat,
    stride: usize,
    stream: ManuallyDrop<Stream<'static>>,
    first_sequence: Option<u32>,
}

impl std::fmt::Debug for V4lDevice {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("V4lDevice")
            .field("path", &self.path)
            .field("card", &self.card)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

impl V4lDevice {
    /// Opens the camera and agrees on a format: YUYV, NV12, grey or RGB, the first that it has,
    /// at the nearest size and rate that it gives.
    ///
    /// # Errors
    /// [`CameraError::NotFound`], [`CameraError::Busy`], [`CameraError::NotAllowed`],
    /// [`CameraError::Unsupported`] or [`CameraError::System`].
    pub fn open(spec: &V4lCamera) -> Result<Self, CameraError> {
        let opened = configure::open(spec)?;
        let mut stream = Stream::with_buffers(&opened.device, Type::VideoCapture, BUFFERS)
            .map_err(|source| explain(&spec.path, "VIDIOC_REQBUFS", source))?;
        stream.set_timeout(Duration::from_millis(SILENT_AFTER_MS.into()));
        Ok(Self {
            path: spec.path.clone(),
            card: opened.card,
            format: opened.format,
            stride: opened.stride,
            stream: ManuallyDrop::new(stream),
            first_sequence: None,
        })
    }
}

/// Copies a picture out of the driver's buffer.
fn copy(
    bytes: &[u8],
    stamp: &Metadata,
    format: CameraFormat,
    stride: usize,
    frame: &mut Frame,
) -> Result<(), String> {
    if stamp.flags.contains(Flags::ERROR) {
        return Err("its driver marked it so".to_owned());
    }
    let wanted = format.pixel.picture_bytes(stride, format.height);
    // Drivers that do not say how much they wrote wrote all of it.
    let written = match stamp.bytesused as usize {
        0 => bytes.len(),
        used => used.min(bytes.len()),
    };
    if written < wanted {
        return Err(format!("{written} bytes instead of {wanted}"));
    }
    frame
        .prepare(format.pixel, format.width, format.height, stride)
        .copy_from_slice(&bytes[..wanted]);
    frame.time_ns = if stamp.flags & Flags::TIMESTAMP_MASK == Flags::TIMESTAMP_MONOTONIC {
        let seconds = u64::try_from(stamp.timestamp.sec).unwrap_or(0);
        let micros = u64::try_from(stamp.timestamp.usec).unwrap_or(0);
        seconds * NANOS_PER_SECOND + micros * 1_000
    } else {
        now_ns()
    };
    Ok(())
}

/// What an error of V4L2's means.
fn explain(path: &Path, call: &'static str, source: std::io::Error) -> CameraError {
    let path = path.to_owned();
    match source.raw_os_error() {
        Some(libc::ENOENT) => CameraError::NotFound { path },
        Some(libc::ENODEV | libc::ENXIO) if call == "open" => CameraError::NotFound { path },
        Some(libc::ENODEV | libc::ENXIO) => CameraError::Unplugged { path },
        Some(libc::EBUSY) => CameraError::Busy { path },
        Some(libc::EACCES | libc::EPERM) => CameraError::NotAllowed { path },
        Some(libc::ENOTTY) => CameraError::Unsupported {
            path,
            reason: "it is no video device".to_owned(),
        },
        _ => CameraError::System { path, call, source },
    }
}

impl Camera for V4lDevice {
    fn format(&self) -> CameraFormat {
        self.format
    }

    fn describe(&self) -> String {
        format!("{} ({})", self.path.display(), self.card)
    }

    fn read(&mut self, frame: &mut Frame) -> Result<(), CameraError> {
        let failure = match CaptureStream::next(&mut *self.stream) {
            Ok((bytes, stamp)) => {
                let first = *self.first_sequence.get_or_insert(stamp.sequence);
                frame.sequence = u64::from(stamp.sequence.wrapping_sub(first));
                return copy(bytes, stamp, self.format, self.stride, frame).map_err(|reason| {
                    CameraError::DamagedFrame {
                        path: self.path.clone(),
                        reason,
                    }
                });
            }
            Err(failure) => failure,
        };
        // The buffer that was handed to the driver before the failure still lies there; the
        // stream starts from a clean queue when it is read again.
        self.first_sequence = None;
        let _ = self.stream.stop();
        Err(match failure.kind() {
            std::io::ErrorKind::TimedOut => CameraError::Silent {
                path: self.path.clone(),
                waited_ms: SILENT_AFTER_MS,
            },
            _ => explain(&self.path, "VIDIOC_DQBUF", failure),
        })
    }
}

impl Drop for V4lDevice {
    fn drop(&mut self) {
        let stopped = match self.stream.stop() {
            Ok(()) => true,
            Err(error) => error.raw_os_error() == Some(libc::ENODEV),
        };
        if stopped {
            // SAFETY: this is the only place that drops the stream, and nothing uses it after.
            unsafe { ManuallyDrop::drop(&mut self.stream) };
        } else {
            // The stream's own drop would panic on the error that we have just seen. Its buffers
            // stay mapped; a driver in that state has to be reset anyway.
            log::warn!(
                "camera {} did not stop; its buffers stay",
                self.path.display()
            );
        }
    }
}
