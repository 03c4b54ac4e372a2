//! The script of one performance.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Sample rate of everything the stage plays, in hertz.
pub const SAMPLE_RATE: u32 = 48_000;

/// A script: low noise from the start, phrases and light changes at given moments.
///
/// Moments count in milliseconds from the start of the noise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Seed of the background noise.
    pub seed: u64,
    /// Root-mean-square level of the background noise, in dB relative to full scale.
    pub noise_dbfs: f32,
    /// What is spoken, in any order.
    pub phrases: Vec<Phrase>,
    /// How the light changes, in any order.
    pub lights: Vec<Light>,
    /// Length after which the script starts again; without it, it is played once and the
    /// noise goes on.
    pub repeat_ms: Option<u64>,
}

/// A recording that begins at its first audible sample: 48 kHz, one channel, 16 bits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    /// File name, relative to the plan.
    pub file: PathBuf,
    /// When its first sample is played.
    pub at_ms: u64,
}

/// A step of the camera's brightness control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Light {
    /// When the control is set.
    pub at_ms: u64,
    /// The control's new value, 0 to 255.
    pub brightness: u8,
}

/// Why a plan cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The file could not be read.
    #[error("cannot read the plan {path}: {source}; the harness puts it on the stage disk")]
    Unreadable {
        /// Where it was looked for.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no plan.
    #[error("the plan {path} is not valid: {source}; write it with the same version of the stage")]
    Invalid {
        /// Which file.
        path: PathBuf,
        /// Where the text goes wrong.
        source: serde_json::Error,
    },
}

impl Plan {
    /// Reads a plan from a JSON file.
    ///
    /// # Errors
    /// [`PlanError`] when the file is missing, unreadable or not a plan.
    pub fn read(path: &Path) -> Result<Self, PlanError> {
        let text = std::fs::read(path).map_err(|source| PlanError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        serde_json::from_slice(&text).map_err(|source| PlanError::Invalid {
            path: path.to_owned(),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan {
            seed: 7,
            noise_dbfs: -60.0,
            phrases: vec![Phrase {
                file: "phrase.wav".into(),
                at_ms: 4200,
            }],
            lights: vec![Light {
                at_ms: 6100,
                brightness: 230,
            }],
            repeat_ms: None,
        }
    }

    #[test]
    fn a_written_plan_reads_back_the_same() {
        let text = serde_json::to_string(&plan()).unwrap();
        let read: Plan = serde_json::from_str(&text).unwrap();
        assert_eq!(read, plan());
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let text = serde_json::to_string(&plan())
            .unwrap()
            .replace("\"seed\"", "\"sed\"");
        assert!(serde_json::from_str::<Plan>(&text).is_err());
    }

    #[test]
    fn a_missing_plan_names_its_path() {
        let error = Plan::read(Path::new("/nonexistent/plan.json")).unwrap_err();
        assert!(error.to_string().contains("/nonexistent/plan.json"));
    }
}
