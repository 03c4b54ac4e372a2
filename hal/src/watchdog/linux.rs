//! A watchdog of the kernel's (Documentation/watchdog/watchdog-api.rst of Linux).

use super::{Watchdog, WatchdogError};
use rustix::ioctl::{Updater, ioctl, opcode};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use triune_board::WatchdogDevice;

/// WDIOC_SETTIMEOUT of linux/watchdog.h: sets seconds and returns what the hardware made of them.
const SET_TIMEOUT: rustix::ioctl::Opcode = opcode::read_write::<libc::c_int>(b'W', 6);

/// A hardware watchdog.
#[derive(Debug)]
pub struct LinuxWatchdog {
    path: PathBuf,
    file: File,
    timeout_s: u32,
}

impl LinuxWatchdog {
    /// Opens it, which arms it.
    ///
    /// # Errors
    /// [`WatchdogError::NotFound`], [`WatchdogError::Busy`] or [`WatchdogError::System`].
    pub fn open(spec: &WatchdogDevice) -> Result<Self, WatchdogError> {
        let path = spec.path.as_path();
        let file = OpenOptions::new()
            .write(true)
            .open(path)
            .map_err(|source| explain(path, "open", source))?;
        let mut seconds = libc::c_int::try_from(spec.timeout_s).unwrap_or(libc::c_int::MAX);
        // SAFETY: the request reads and writes one C int, which `seconds` is; Updater hands a
        // pointer to it to the kernel for the length of the call only.
        let request = unsafe { Updater::<SET_TIMEOUT, libc::c_int>::new(&mut seconds) };
        // SAFETY: the file is open, and the request is the one that watchdog files know; others
        // answer ENOTTY without touching the pointer.
        let set = unsafe { ioctl(&file, request) };
        if let Err(error) = set {
            log::warn!(
                "watchdog {} keeps its own time-out: {error}",
                path.display()
            );
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            timeout_s: u32::try_from(seconds).unwrap_or(spec.timeout_s),
        })
    }

    fn write(&mut self, byte: u8, call: &'static str) -> Result<(), WatchdogError> {
        self.file
            .write_all(&[byte])
            .map_err(|source| explain(&self.path, call, source))
    }
}

fn explain(path: &Path, call: &'static str, source: std::io::Error) -> WatchdogError {
    let path = path.to_owned();
    match source.raw_os_error() {
        Some(libc::ENOENT | libc::ENODEV | libc::ENXIO) => WatchdogError::NotFound { path },
        Some(libc::EBUSY) => WatchdogError::Busy { path },
        _ => WatchdogError::System { path, call, source },
    }
}

impl Watchdog for LinuxWatchdog {
    fn describe(&self) -> String {
        format!("{}, {} s", self.path.display(), self.timeout_s)
    }

    fn timeout_s(&self) -> u32 {
        self.timeout_s
    }

    fn feed(&mut self) -> Result<(), WatchdogError> {
        // Any byte but `V` feeds it.
        self.write(0, "feeding")
    }

    fn disarm(mut self: Box<Self>) -> Result<(), WatchdogError> {
        // The "magic close": a `V` before the file is closed stops the countdown.
        self.write(b'V', "disarming")
    }
}
