//! Displays.

use super::first_out_of_range;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How the display is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DisplaySpec {
    /// There is none.
    None,
    /// A screen through the kernel's mode setting, without a compositor.
    Kms(KmsDisplay),
    /// A PNG file that is replaced with every picture.
    File(FileDisplay),
}

/// A screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KmsDisplay {
    /// Kernel drivers that may serve it, the preferred one first; empty takes any.
    #[serde(default)]
    pub drivers: Vec<String>,
    /// The connector, such as `HDMI-A-1`; without it the first that is connected.
    #[serde(default)]
    pub connector: Option<String>,
    /// The most pictures a second that it is shown.
    pub max_fps: u32,
}

/// A file that stands in for a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDisplay {
    /// The PNG file.
    pub path: PathBuf,
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The most pictures a second that are written.
    pub max_fps: u32,
}

impl DisplaySpec {
    /// The most pictures a second that it is shown; 0 without a display.
    pub fn max_fps(&self) -> u32 {
        match self {
            Self::None => 0,
            Self::Kms(screen) => screen.max_fps,
            Self::File(file) => file.max_fps,
        }
    }

    pub(super) fn out_of_range(&self) -> Option<(&'static str, String, &'static str)> {
        const SIZE: &str = "must be 16 to 8192 pixels";
        const FPS: &str = "must be 1 to 240 pictures a second";
        match self {
            Self::None => None,
            Self::Kms(screen) => {
                first_out_of_range(&[("devices.display.kms.max_fps", screen.max_fps, 1..=240, FPS)])
            }
            Self::File(file) => first_out_of_range(&[
                ("devices.display.file.width", file.width, 16..=8192, SIZE),
                ("devices.display.file.height", file.height, 16..=8192, SIZE),
                ("devices.display.file.max_fps", file.max_fps, 1..=240, FPS),
            ]),
        }
    }
}
