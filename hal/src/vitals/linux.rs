//! Vitals of a Linux machine, from `/proc` and `/sys`.

mod stat;

use super::{Vitals, VitalsReading};
use crate::clock::now_ns;
use stat::Times;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use triune_board::LinuxVitals;

/// Degrees that a sensor on a working board can show; outside of them it is not connected.
const PLAUSIBLE_C: std::ops::RangeInclusive<f32> = -40.0..=150.0;

/// Reads `/proc/stat`, `/proc/meminfo`, `/proc/pressure/cpu` and the thermal zones.
#[derive(Debug)]
pub struct LinuxBody {
    root: PathBuf,
    zones: Vec<PathBuf>,
    text: String,
    before: Vec<Option<Times>>,
    now: Vec<Option<Times>>,
    whole_before: Option<Times>,
}

impl LinuxBody {
    /// Opens the machine's vitals. A pattern that matches nothing means no temperature.
    pub fn open(spec: &LinuxVitals) -> Self {
        Self::open_under(Path::new("/"), spec)
    }

    /// As [`LinuxBody::open`], below another root; for tests.
    pub fn open_under(root: &Path, spec: &LinuxVitals) -> Self {
        let pattern = root.join(spec.thermal_zones.trim_start_matches('/'));
        let zones = match glob::glob(&pattern.to_string_lossy()) {
            Ok(paths) => paths.filter_map(Result::ok).collect(),
            Err(error) => {
                log::warn!("thermal_zones in board.toml is no pattern: {error}");
                Vec::new()
            }
        };
        Self {
            root: root.to_owned(),
            zones,
            text: String::new(),
            before: Vec::new(),
            now: Vec::new(),
            whole_before: None,
        }
    }

    /// The text of a file below the root, in a buffer that is used again.
    fn text(&mut self, path: &str) -> Option<&str> {
        let path = self.root.join(path);
        read_into(&mut self.text, &path)
    }

    fn read_cpu(&mut self, reading: &mut VitalsReading) {
        let mut now = std::mem::take(&mut self.now);
        let whole = self
            .text("proc/stat")
            .and_then(|text| stat::parse(text, &mut now));
        let since = whole
            .zip(self.whole_before)
            .map(|(now, before)| now.since(before));
        reading.cpu_load = since.and_then(Times::busy_share);
        reading.cpu_stolen = since.and_then(Times::stolen_share);
        reading.cpu_loads.clear();
        if !self.before.is_empty() {
            reading
                .cpu_loads
                .extend(now.iter().enumerate().map(|(cpu, &now)| {
                    let before = self.before.get(cpu).copied().flatten()?;
                    now?.since(before).busy_share()
                }));
        }
        self.whole_before = whole;
        self.now = std::mem::replace(&mut self.before, now);
    }

    fn temperature_c(&mut self) -> Option<f32> {
        let Self { zones, text, .. } = self;
        zones
            .iter()
            .filter_map(|zone| read_into(text, zone)?.trim().parse::<i32>().ok())
            .map(|millidegrees| millidegrees as f32 / 1000.0)
            .filter(|degrees| PLAUSIBLE_C.contains(degrees))
            .reduce(f32::max)
    }

    fn memory_used(&mut self) -> Option<f32> {
        let text = self.text("proc/meminfo")?;
        let kib = |name: &str| -> Option<u64> {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        let (total, available) = (kib("MemTotal:")?, kib("MemAvailable:")?);
        (total > 0).then(|| total.saturating_sub(available) as f32 / total as f32)
    }

    fn cpu_pressure(&mut self) -> Option<f32> {
        let text = self.text("proc/pressure/cpu")?;
        let line = text.lines().find_map(|line| line.strip_prefix("some "))?;
        let percent: f32 = line
            .split_whitespace()
            .find_map(|field| field.strip_prefix("avg10="))?
            .parse()
            .ok()?;
        (0.0..=100.0).contains(&percent).then_some(percent / 100.0)
    }
}

fn read_into<'a>(text: &'a mut String, path: &Path) -> Option<&'a str> {
    text.clear();
    File::open(path).ok()?.read_to_string(text).ok()?;
    Some(text)
}

impl Vitals for LinuxBody {
    fn describe(&self) -> String {
        format!("/proc and /sys, {} thermal zones", self.zones.len())
    }

    fn read(&mut self, reading: &mut VitalsReading) {
        reading.time_ns = now_ns();
        self.read_cpu(reading);
        reading.temperature_c = self.temperature_c();
        reading.memory_used = self.memory_used();
        reading.cpu_pressure = self.cpu_pressure();
    }
}
