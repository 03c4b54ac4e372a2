//! What devices a board has, and how each is opened.
//!
//! Every device is one choice among its backends. In TOML a choice without settings is a word
//! (`camera = "none"`) and one with settings a table of its name (`[devices.camera.v4l]`).

mod camera;
mod display;
mod machine;
mod microphone;

pub use camera::{CameraSpec, RecordedPictures, SimulatedPictures, V4lCamera};
pub use display::{DisplaySpec, FileDisplay, KmsDisplay};
pub use machine::{
    LinuxVitals, NpuSpec, RknnContexts, RknnNpu, VitalsSpec, WatchdogDevice, WatchdogSpec,
};
pub use microphone::{AlsaMicrophone, MicrophoneSpec, RecordedSound, SimulatedSound};

use serde::{Deserialize, Serialize};

/// All devices of a board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Devices {
    /// What it hears with.
    pub microphone: MicrophoneSpec,
    /// What it sees with.
    pub camera: CameraSpec,
    /// What it shows its face on.
    pub display: DisplaySpec,
    /// How it feels its own body.
    pub vitals: VitalsSpec,
    /// What resets it when the cycle stops.
    pub watchdog: WatchdogSpec,
    /// What runs its models.
    pub npu: NpuSpec,
}

impl Devices {
    /// The first value that no device could have: its key, what it says, what it may say.
    pub(crate) fn out_of_range(&self) -> Option<(&'static str, String, &'static str)> {
        self.microphone
            .out_of_range()
            .or_else(|| self.camera.out_of_range())
            .or_else(|| self.display.out_of_range())
            .or_else(|| self.watchdog.out_of_range())
    }
}

/// The first of `rows` (key, value, allowed range, what is allowed in words) out of its range.
fn first_out_of_range(
    rows: &[(
        &'static str,
        u32,
        std::ops::RangeInclusive<u32>,
        &'static str,
    )],
) -> Option<(&'static str, String, &'static str)> {
    rows.iter()
        .find(|(_, value, range, _)| !range.contains(value))
        .map(|&(key, value, _, allowed)| (key, value.to_string(), allowed))
}
