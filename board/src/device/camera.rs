//! Cameras.

use super::first_out_of_range;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How the camera is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CameraSpec {
    /// There is none.
    None,
    /// A camera through V4L2.
    V4l(V4lCamera),
    /// A picture, or a folder of pictures in the order of their names.
    Recording(RecordedPictures),
    /// Moving shapes computed from a seed.
    Pattern(SimulatedPictures),
}

/// A camera of the kernel's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct V4lCamera {
    /// Its device node.
    pub path: PathBuf,
    /// Pixels a row; the driver may give the nearest that it has.
    pub width: u32,
    /// Rows; the driver may give the nearest that it has.
    pub height: u32,
    /// Frames a second; the driver may give the nearest that it has.
    pub fps: u32,
}

/// PNG or JPEG files that stand in for a camera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedPictures {
    /// A file, or a folder.
    pub path: PathBuf,
    /// Frames a second.
    #[serde(default = "default_fps")]
    pub fps: u32,
    /// At that rate; else as fast as it goes.
    #[serde(default = "yes")]
    pub paced: bool,
    /// From the first again after the last.
    #[serde(default = "yes")]
    pub repeat: bool,
}

/// Moving shapes over a background whose brightness changes slowly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulatedPictures {
    /// Pixels a row; even.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Frames a second.
    pub fps: u32,
    /// Same seed, same pictures.
    #[serde(default)]
    pub seed: u64,
    /// At that rate; else as fast as it goes.
    #[serde(default = "yes")]
    pub paced: bool,
}

impl CameraSpec {
    /// The camera that `--see FILE|DIR|pattern` asks for. A file that is called `pattern` is
    /// reached as `./pattern`.
    pub fn see(argument: &str) -> Self {
        if argument == "pattern" {
            Self::Pattern(SimulatedPictures {
                width: 640,
                height: 360,
                fps: default_fps(),
                seed: 1,
                paced: true,
            })
        } else {
            Self::Recording(RecordedPictures {
                path: argument.into(),
                fps: default_fps(),
                paced: true,
                repeat: true,
            })
        }
    }

    pub(super) fn out_of_range(&self) -> Option<(&'static str, String, &'static str)> {
        const SIZE: &str = "must be 16 to 8192 pixels";
        const FPS: &str = "must be 1 to 240 frames a second";
        match self {
            Self::V4l(camera) => first_out_of_range(&[
                ("devices.camera.v4l.width", camera.width, 16..=8192, SIZE),
                ("devices.camera.v4l.height", camera.height, 16..=8192, SIZE),
                ("devices.camera.v4l.fps", camera.fps, 1..=240, FPS),
            ]),
            Self::Recording(pictures) => {
                first_out_of_range(&[("devices.camera.recording.fps", pictures.fps, 1..=240, FPS)])
            }
            Self::Pattern(pattern) => first_out_of_range(&[
                (
                    "devices.camera.pattern.width",
                    pattern.width,
                    16..=8192,
                    SIZE,
                ),
                (
                    "devices.camera.pattern.width",
                    // Two pixels share their colour, so rows hold an even number of them.
                    pattern.width + (pattern.width % 2) * 10_000,
                    16..=8192,
                    "must be even",
                ),
                (
                    "devices.camera.pattern.height",
                    pattern.height,
                    16..=8192,
                    SIZE,
                ),
                ("devices.camera.pattern.fps", pattern.fps, 1..=240, FPS),
            ]),
            Self::None => None,
        }
    }
}

fn default_fps() -> u32 {
    15
}

fn yes() -> bool {
    true
}
