//! Opening a camera and agreeing with it on how pictures come.

use super::explain;
use crate::camera::{CameraError, CameraFormat, PixelFormat};
use ::v4l::video::Capture;
use ::v4l::video::capture::Parameters;
use ::v4l::{Device, Format, FourCC};
use std::panic::{AssertUnwindSafe, catch_unwind};
use triune_board::V4lCamera;

/// An open camera that is ready to stream.
pub(super) struct Opened {
    pub(super) device: Device,
    pub(super) card: String,
    pub(super) format: CameraFormat,
    pub(super) stride: usize,
}

/// The kinds of picture that we read, the cheapest to turn into a tensor first.
const KINDS: [(&[u8; 4], PixelFormat); 4] = [
    (b"YUYV", PixelFormat::Yuyv),
    (b"NV12", PixelFormat::Nv12),
    (b"GREY", PixelFormat::Grey),
    (b"RGB3", PixelFormat::Rgb24),
];

pub(super) fn open(spec: &V4lCamera) -> Result<Opened, CameraError> {
    let path = spec.path.as_path();
    let unsupported = |reason: String| CameraError::Unsupported {
        path: path.to_owned(),
        reason,
    };
    let device = Device::with_path(path).map_err(|error| explain(path, "open", error))?;
    let card = device
        .query_caps()
        .map_err(|error| explain(path, "VIDIOC_QUERYCAP", error))?
        .card;
    let offered: Vec<FourCC> = device
        .enum_formats()
        .map_err(|error| explain(path, "VIDIOC_ENUM_FMT", error))?
        .into_iter()
        .map(|kind| kind.fourcc)
        .collect();
    let (fourcc, pixel) = KINDS
        .into_iter()
        .map(|(name, pixel)| (FourCC::new(name), pixel))
        .find(|(fourcc, _)| offered.contains(fourcc))
        .ok_or_else(|| unsupported(missing(&offered)))?;
    let given = set_format(&device, &Format::new(spec.width, spec.height, fourcc))
        .map_err(|error| explain(path, "VIDIOC_S_FMT", error))?
        .ok_or_else(|| {
            unsupported("its driver describes its format in unknown terms".to_owned())
        })?;
    if given.fourcc != fourcc || given.width == 0 || given.height == 0 {
        return Err(unsupported(format!(
            "asked for {fourcc}, it gives {} of {}x{}",
            given.fourcc, given.width, given.height
        )));
    }
    let stride = given.stride as usize;
    if stride != 0 && stride < pixel.row_bytes(given.width) {
        return Err(unsupported(format!(
            "its rows of {stride} bytes are too short for {} pixels",
            given.width
        )));
    }
    // Many drivers have one rate only and refuse to be asked; then that is the rate.
    let fps = device
        .set_params(&Parameters::with_fps(spec.fps))
        .ok()
        .map(|parameters| parameters.interval)
        .filter(|interval| interval.numerator > 0)
        .map_or(spec.fps, |interval| {
            (interval.denominator / interval.numerator).max(1)
        });
    Ok(Opened {
        device,
        card,
        format: CameraFormat {
            width: given.width,
            height: given.height,
            pixel,
            fps,
        },
        stride: stride.max(pixel.row_bytes(given.width)),
    })
}

/// Sets a format and returns the one that the driver gives; `None` where the v4l crate does not
/// know a value of it, on which it panics.
fn set_format(device: &Device, wanted: &Format) -> std::io::Result<Option<Format>> {
    // Only plain values cross the closure, so nothing can be left half-changed.
    match catch_unwind(AssertUnwindSafe(|| device.set_format(wanted))) {
        Ok(given) => given.map(Some),
        Err(_) => Ok(None),
    }
}

fn missing(offered: &[FourCC]) -> String {
    if offered.is_empty() {
        return "it captures no single-planar video".to_owned();
    }
    let names: Vec<String> = offered.iter().map(FourCC::to_string).collect();
    format!(
        "it has {} only, and YUYV, NV12, GREY or RGB3 is needed",
        names.join(", ")
    )
}
