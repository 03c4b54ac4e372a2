//! One suite for each kind of device, the same for every backend.
//!
//! A suite opens the device by a function that it is given, does real work with it, and returns
//! a [`Report`]: what was checked, and what was measured. Tests run the suites on the backends
//! that a machine can have; `triune doctor` runs them on the board's own devices. A suite that
//! cannot run says why in [`Report::skipped`].

mod camera;
mod display;
mod microphone;
mod report;
mod vitals;
mod watchdog;

pub use camera::check_camera;
pub use display::check_display;
pub use microphone::check_microphone;
pub use report::{Check, Figure, Report};
pub use vitals::check_vitals;
pub use watchdog::check_watchdog;
