//! A board and how it is read.

use crate::budget::{MemoryBudgets, Priorities};
use crate::core_roles::{CoreRoles, CoreSet};
use crate::device::Devices;
use crate::error::BoardError;
use crate::kernel::KernelSpec;
use crate::strict_toml;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Slowest cycle, in Hz.
pub const RATE_HZ_MIN: u32 = 1;
/// Fastest cycle, in Hz.
pub const RATE_HZ_MAX: u32 = 1000;

/// All that the service and the image tool need to know about a board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// Its name, as in `--board NAME` and in its folder.
    pub name: String,
    /// One line for people.
    pub description: String,
    /// Device-tree `compatible` strings by which the kernel names it; empty for a machine
    /// without a device tree.
    pub compatible: Vec<String>,
    /// Cycles a second, [`RATE_HZ_MIN`] to [`RATE_HZ_MAX`].
    pub rate_hz: u32,
    /// Which processors do which work.
    pub cores: CoreRoles,
    /// Real-time priorities.
    pub priorities: Priorities,
    /// What it has and how each is opened.
    pub devices: Devices,
    /// How it runs the kernel.
    pub kernel: KernelSpec,
    /// What the service may use.
    pub memory: MemoryBudgets,
}

impl Board {
    /// Reads a board from a file.
    ///
    /// # Errors
    /// [`BoardError::Unreadable`], or what [`Board::from_toml`] finds.
    pub fn read(path: &Path) -> Result<Self, BoardError> {
        let text = std::fs::read_to_string(path).map_err(|source| BoardError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::from_toml(&path.display().to_string(), &text)
    }

    /// Reads a board from a text; `origin` names it in errors.
    ///
    /// # Errors
    /// [`BoardError::NotABoard`] for unknown keys (with the nearest known one), missing or wrong
    /// values; [`BoardError::OutOfRange`] for values that no board can have.
    pub fn from_toml(origin: &str, text: &str) -> Result<Self, BoardError> {
        let board: Self = strict_toml::parse(text).map_err(|source| BoardError::NotABoard {
            origin: origin.to_owned(),
            source,
        })?;
        board.check(origin)?;
        Ok(board)
    }

    fn check(&self, origin: &str) -> Result<(), BoardError> {
        let refuse = |key, value: String, reason: &str| {
            Err(BoardError::OutOfRange {
                origin: origin.to_owned(),
                key,
                value,
                reason: reason.to_owned(),
            })
        };
        if self.name.is_empty()
            || !self
                .name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        {
            return refuse(
                "name",
                format!("{:?}", self.name),
                "must be lower-case letters, digits and hyphens",
            );
        }
        if !(RATE_HZ_MIN..=RATE_HZ_MAX).contains(&self.rate_hz) {
            return refuse(
                "rate_hz",
                self.rate_hz.to_string(),
                "must be a whole rate from 1 to 1000 Hz",
            );
        }
        for (key, priority) in [
            ("priorities.cycle", self.priorities.cycle),
            ("priorities.capture", self.priorities.capture),
        ] {
            if !(1..=99).contains(&priority) {
                return refuse(key, priority.to_string(), "must be a priority from 1 to 99");
            }
        }
        for (key, set) in self.cores.sets() {
            if let CoreSet::Cpus(cpus) = set
                && let Some(cpu) = cpus.iter().find(|&&cpu| cpu > 1023)
            {
                return refuse(key, cpu.to_string(), "must name processors from 0 to 1023");
            }
        }
        for (key, value) in [
            ("memory.service_mib", self.memory.service_mib),
            ("memory.history_mib", self.memory.history_mib),
            ("memory.crystals_mib", self.memory.crystals_mib),
            ("memory.flash_mib_per_day", self.memory.flash_mib_per_day),
        ] {
            if value == 0 {
                return refuse(key, value.to_string(), "must be at least 1 MiB");
            }
        }
        if let Some((key, value, reason)) = self.kernel.out_of_range() {
            return refuse(key, value, reason);
        }
        if let Some((key, value, reason)) = self.devices.out_of_range() {
            return refuse(key, value, reason);
        }
        Ok(())
    }
}
