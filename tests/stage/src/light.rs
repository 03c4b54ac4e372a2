//! Turns the camera's brightness control, which a test-pattern camera obeys at once.

use std::io;
use std::path::Path;
use std::time::Duration;

use triune_stage::{Plan, Report};
use v4l::Device;
use v4l::control::{Control, Value};

use crate::clock::now_ns;
use crate::port::Port;

/// `V4L2_CID_BRIGHTNESS` of the kernel's `v4l2-controls.h`: user class base + 0.
const BRIGHTNESS: u32 = 0x0098_0900;

/// The control that stands for the light on the scene.
pub(crate) struct Lamp(Device);

impl Lamp {
    pub(crate) fn open(camera: &Path) -> io::Result<Self> {
        let lamp = Self(Device::with_path(camera)?);
        lamp.value()?;
        Ok(lamp)
    }

    fn value(&self) -> io::Result<i64> {
        match self.0.control(BRIGHTNESS)?.value {
            Value::Integer(value) => Ok(value),
            other => Err(io::Error::other(format!(
                "the camera's brightness control holds {other:?}, not a number; use a vivid camera"
            ))),
        }
    }

    fn set(&self, brightness: u8) -> io::Result<()> {
        self.0.set_control(Control {
            id: BRIGHTNESS,
            value: Value::Integer(i64::from(brightness)),
        })
    }
}

/// Performs the plan's light changes; `start_ns` is when the noise began.
pub(crate) fn perform(lamp: &Lamp, plan: &Plan, start_ns: u64, port: &Port) -> io::Result<()> {
    let mut lights = plan.lights.clone();
    lights.sort_by_key(|light| light.at_ms);
    let mut round_start = start_ns;
    loop {
        for light in &lights {
            sleep_until(round_start + light.at_ms * 1_000_000);
            let from = lamp.value()?;
            // Taken before the change, so that nothing caused by it can come earlier.
            let ns = now_ns();
            lamp.set(light.brightness)?;
            port.send(&Report::Brightness {
                ns,
                from,
                to: i64::from(light.brightness),
            });
        }
        match plan.repeat_ms {
            Some(length) => round_start += length.max(1) * 1_000_000,
            None => return Ok(()),
        }
        if lights.is_empty() {
            return Ok(());
        }
    }
}

fn sleep_until(ns: u64) {
    let now = now_ns();
    if ns > now {
        std::thread::sleep(Duration::from_nanos(ns - now));
    }
}
