//! From what a board's file says to open devices. What the board does not have is `None`.

use crate::camera::{PatternCamera, RecordedCamera, V4lDevice};
use crate::display::{FileScreen, KmsScreen};
use crate::microphone::{AlsaDevice, RecordedMicrophone, SimulatedMicrophone};
use crate::vitals::{LinuxBody, SimulatedBody};
use crate::watchdog::LinuxWatchdog;
use crate::{
    Camera, CameraError, Display, DisplayError, Microphone, MicrophoneError, Vitals, Watchdog,
    WatchdogError,
};
use triune_board::{CameraSpec, DisplaySpec, MicrophoneSpec, VitalsSpec, WatchdogSpec};

/// Opens the microphone.
///
/// # Errors
/// As the backend's own `open`.
pub fn open_microphone(
    spec: &MicrophoneSpec,
) -> Result<Option<Box<dyn Microphone>>, MicrophoneError> {
    Ok(match spec {
        MicrophoneSpec::None => None,
        MicrophoneSpec::Alsa(card) => Some(Box::new(AlsaDevice::open(card)?)),
        MicrophoneSpec::Recording(file) => Some(Box::new(RecordedMicrophone::open(file)?)),
        MicrophoneSpec::Simulated(sound) => Some(Box::new(SimulatedMicrophone::open(sound))),
    })
}

/// Opens the camera.
///
/// # Errors
/// As the backend's own `open`.
pub fn open_camera(spec: &CameraSpec) -> Result<Option<Box<dyn Camera>>, CameraError> {
    Ok(match spec {
        CameraSpec::None => None,
        CameraSpec::V4l(camera) => Some(Box::new(V4lDevice::open(camera)?)),
        CameraSpec::Recording(files) => Some(Box::new(RecordedCamera::open(files)?)),
        CameraSpec::Pattern(pattern) => Some(Box::new(PatternCamera::open(pattern))),
    })
}

/// Opens the display.
///
/// # Errors
/// As the backend's own `open`.
pub fn open_display(spec: &DisplaySpec) -> Result<Option<Box<dyn Display>>, DisplayError> {
    Ok(match spec {
        DisplaySpec::None => None,
        DisplaySpec::Kms(screen) => Some(Box::new(KmsScreen::open(screen)?)),
        DisplaySpec::File(file) => Some(Box::new(FileScreen::open(file)?)),
    })
}

/// Opens the vitals; every machine has some.
pub fn open_vitals(spec: &VitalsSpec) -> Box<dyn Vitals> {
    match spec {
        VitalsSpec::Linux(linux) => Box::new(LinuxBody::open(linux)),
        VitalsSpec::Simulated => Box::new(SimulatedBody::open()),
    }
}

/// Opens the watchdog, which arms it.
///
/// # Errors
/// As the backend's own `open`.
pub fn open_watchdog(spec: &WatchdogSpec) -> Result<Option<Box<dyn Watchdog>>, WatchdogError> {
    Ok(match spec {
        WatchdogSpec::None => None,
        WatchdogSpec::Device(device) => Some(Box::new(LinuxWatchdog::open(device)?)),
    })
}
