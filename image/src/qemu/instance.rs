//! A machine that runs, from its start to its end.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::console::{Console, Echo};
use super::error::QemuError;
use super::machine::{Machine, Places};
use super::qmp::Qmp;
use crate::process::{self, find_program, stop_group};
use crate::scratch;

const START_LIMIT: Duration = Duration::from_secs(15);
/// How long a guest may take to write what it holds and power off.
const POWER_OFF_LIMIT: Duration = Duration::from_secs(15);
/// Time between two presses of the power key.
const PRESS_AGAIN: Duration = Duration::from_millis(1500);

/// A running machine. Dropped, it is stopped hard and its files are gone.
pub(crate) struct Instance {
    child: Child,
    qmp: Qmp,
    console: Console,
    console_input: UnixStream,
    stage: Option<UnixStream>,
    folder: TempDir,
}

impl Instance {
    /// Starts the machine; the guest is running when this returns.
    pub(crate) fn start(machine: &Machine, echo: Echo) -> Result<Self, QemuError> {
        let qemu = find_program("qemu-system-aarch64").ok_or(QemuError::Missing)?;
        // Readable by this user alone: it holds the token and the way to control QEMU.
        let folder = scratch::folder().map_err(QemuError::file(std::env::temp_dir()))?;
        let places = Places::in_folder(folder.path());
        fs::write(&places.token, &machine.token).map_err(QemuError::file(&places.token))?;
        fs::set_permissions(&places.token, Permissions::from_mode(0o600))
            .map_err(QemuError::file(&places.token))?;
        let listen = |path: &Path| UnixListener::bind(path).map_err(QemuError::file(path));
        let console_door = listen(&places.console)?;
        let control_door = listen(&places.control)?;
        let stage_door = machine
            .stage
            .as_ref()
            .map(|_| listen(&places.stage))
            .transpose()?;

        let words = folder.path().join("stderr");
        let said = File::create(&words).map_err(QemuError::file(&words))?;
        let mut child = process::tied(qemu.as_os_str(), "KILL")
            .args(machine.arguments(&places))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            // Ctrl-C is for us: we end the guest in good order.
            .process_group(0)
            .spawn()
            .map_err(QemuError::file(&qemu))?;

        let mut connect = || {
            let console = accept(&console_door, "console", &mut child, &words)?;
            let control = accept(&control_door, "control socket", &mut child, &words)?;
            let stage = match &stage_door {
                Some(door) => Some(accept(door, "stage port", &mut child, &words)?),
                None => None,
            };
            Ok((console, Qmp::open(control)?, stage))
        };
        let (console_input, qmp, stage) = match connect() {
            Ok(connections) => connections,
            Err(error) => {
                stop_group(&mut child);
                return Err(error);
            }
        };
        let console = Console::default();
        console.follow(console_input.try_clone().map_err(QemuError::Control)?, echo);
        Ok(Self {
            child,
            qmp,
            console,
            console_input,
            stage,
            folder,
        })
    }

    /// An error if the machine has ended or said that it failed.
    pub(crate) fn check(&mut self) -> Result<(), QemuError> {
        if let Some(line) = self.console.failure() {
            return Err(QemuError::Guest { line });
        }
        if let Some(status) = self.child.try_wait().map_err(QemuError::Control)? {
            let said = said(&self.folder.path().join("stderr"));
            return Err(QemuError::Ended {
                status: status.to_string(),
                said,
            });
        }
        Ok(())
    }

    /// Whether QEMU has ended.
    pub(crate) fn ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// The last lines of the guest's console.
    pub(crate) fn console_tail(&self) -> Vec<String> {
        self.console.tail()
    }

    /// Where typed text goes.
    pub(crate) fn console_input(&self) -> Result<UnixStream, QemuError> {
        self.console_input.try_clone().map_err(QemuError::Control)
    }

    /// The line to the stage, once.
    pub(crate) fn take_stage(&mut self) -> Option<UnixStream> {
        self.stage.take()
    }

    /// Writes what the display shows to a PNG file.
    pub(crate) fn screenshot(&mut self, file: &Path) -> Result<(), QemuError> {
        let arguments = json!({ "filename": file, "format": "png" });
        self.qmp.execute("screendump", &arguments).map(|_| ())
    }

    /// Presses the power key and waits for the guest to go; returns whether it went by itself.
    pub(crate) fn power_off(&mut self) -> bool {
        let deadline = Instant::now() + POWER_OFF_LIMIT;
        let mut press = Instant::now();
        while Instant::now() < deadline {
            if self.ended() {
                return true;
            }
            // A guest that is still coming up misses the key, so it is pressed again.
            if Instant::now() >= press {
                if self.qmp.execute("system_powerdown", &json!({})).is_err() && !self.ended() {
                    break;
                }
                press = Instant::now() + PRESS_AGAIN;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // It does not listen: the plug is pulled. QEMU itself writes its buffers before it goes.
        let _ = self.qmp.execute("quit", &json!({}));
        stop_group(&mut self.child);
        false
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if !self.ended() {
            stop_group(&mut self.child);
        }
    }
}

fn accept(
    door: &UnixListener,
    channel: &'static str,
    child: &mut Child,
    words: &Path,
) -> Result<UnixStream, QemuError> {
    door.set_nonblocking(true).map_err(QemuError::Control)?;
    let deadline = Instant::now() + START_LIMIT;
    loop {
        if let Ok((stream, _)) = door.accept() {
            stream.set_nonblocking(false).map_err(QemuError::Control)?;
            return Ok(stream);
        }
        if let Some(status) = child.try_wait().map_err(QemuError::Control)? {
            return Err(QemuError::Refused {
                status: status.to_string(),
                said: said(words),
            });
        }
        if Instant::now() > deadline {
            return Err(QemuError::Silent {
                channel,
                limit: START_LIMIT,
            });
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn said(words: &Path) -> String {
    match fs::read_to_string(words) {
        Ok(text) if !text.trim().is_empty() => text.trim().to_owned(),
        _ => "it said nothing".to_owned(),
    }
}
