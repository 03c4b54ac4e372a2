//! The one place that opens a board.
//!
//! Each kind of device is a trait in a file of its own, with its backends in the folder of the
//! same name: [`microphone`] (ALSA, recordings, simulated), [`camera`] (V4L2, recordings,
//! simulated), [`vitals`] (Linux, simulated), [`display`] (KMS, a file, memory) and
//! [`watchdog`] (Linux, simulated). What a board has stands in its `board.toml`; the `open_...`
//! functions turn those lines into devices. A device that the board does not have is `None`.
//!
//! [`conformance`] holds one suite for each trait. It does real work on any backend and reports
//! what it found, so the tests and `triune doctor` run the same checks.
//!
//! Times are nanoseconds of CLOCK_MONOTONIC (see [`clock`]).

pub mod camera;
pub mod clock;
pub mod conformance;
pub mod display;
pub mod microphone;
mod npu;
mod open;
mod pace;
mod random;
mod recovery;
pub mod vitals;
pub mod watchdog;

pub use camera::{Camera, CameraError, CameraFormat, Frame, PixelFormat};
pub use display::{Display, DisplayError, DisplayMode};
pub use microphone::{Captured, Microphone, MicrophoneError, SoundFormat};
pub use npu::{OpenedNpu, open_npu};
pub use open::{open_camera, open_display, open_microphone, open_vitals, open_watchdog};
pub use recovery::Recovery;
pub use vitals::{Vitals, VitalsReading};
pub use watchdog::{Watchdog, WatchdogError};
