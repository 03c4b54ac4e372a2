//! The machine itself: its vitals, its watchdog, its NPU.

use super::first_out_of_range;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How the machine's vitals are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VitalsSpec {
    /// From `/proc` and `/sys`.
    Linux(LinuxVitals),
    /// Computed; for trying out heat and load that this machine does not have.
    Simulated,
}

/// Vitals of a Linux machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinuxVitals {
    /// Pattern of the files that hold temperatures in thousandths of a degree Celsius. A board
    /// without any has no temperature, which is a state and not an error.
    pub thermal_zones: String,
}

/// How the watchdog is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WatchdogSpec {
    /// There is none.
    None,
    /// A watchdog of the kernel's.
    Device(WatchdogDevice),
}

/// A hardware watchdog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchdogDevice {
    /// Its device node.
    pub path: PathBuf,
    /// Seconds without food after which it resets the board.
    pub timeout_s: u32,
}

/// What runs models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NpuSpec {
    /// The CPU does.
    None,
    /// A Rockchip NPU through its vendor's library.
    Rknn(RknnNpu),
}

/// A Rockchip NPU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RknnNpu {
    /// Cores that it has.
    pub cores: u32,
    /// Where its library may be; the first that can be used is taken.
    pub library: Vec<PathBuf>,
    /// What the cores after the first compute a model with.
    #[serde(default)]
    pub contexts: RknnContexts,
    /// Whether a library of a newer major version than this program knows is used, at the user's risk.
    #[serde(default)]
    pub accept_newer_major: bool,
    /// Folder with the recogniser's manifest and its file for this NPU. The vendor's library takes no
    /// file that this program carries, and is used only if it runs this one.
    #[serde(default)]
    pub recogniser: Option<PathBuf>,
}

/// What the cores of a Rockchip NPU compute one model with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RknnContexts {
    /// Duplicates of one context, which keep its weights once.
    #[default]
    Duplicate,
    /// A context for each, loaded anew; for libraries whose duplicates misbehave.
    Separate,
}

impl WatchdogSpec {
    pub(super) fn out_of_range(&self) -> Option<(&'static str, String, &'static str)> {
        match self {
            Self::None => None,
            Self::Device(device) => first_out_of_range(&[(
                "devices.watchdog.device.timeout_s",
                device.timeout_s,
                1..=600,
                "must be 1 to 600 seconds",
            )]),
        }
    }
}
