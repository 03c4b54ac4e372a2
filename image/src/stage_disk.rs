//! The stage's disk: the program, its plan, and phrases spoken by a synthesiser.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use triune_stage::{Light, Phrase, Plan};

use crate::assemble::Image;
use crate::libraries::{self, LibraryError};
use crate::random::Chance;
use crate::rootfs::{self, RootError};
use crate::speech::{self, SpeechError};

/// Quiet enough to be a silent room, loud enough not to be digital silence.
const NOISE_DBFS: f32 = -62.0;
/// The middle of the camera's brightness control, where it starts.
const MIDDLE: u8 = 128;

/// Why there is no stage.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StageDiskError {
    #[error("cannot write {path}: {source}; check the free space")]
    File { path: PathBuf, source: io::Error },
    #[error("the plan cannot be written: {0}")]
    Plan(#[from] serde_json::Error),
    #[error(transparent)]
    Library(#[from] LibraryError),
    #[error(transparent)]
    Speech(#[from] SpeechError),
    #[error(transparent)]
    Disk(#[from] RootError),
}

/// A plan with the phrases that it names.
pub(crate) struct Script {
    pub(crate) plan: Plan,
    pub(crate) phrases: Vec<speech::Words>,
}

impl Script {
    /// One phrase and one step of light, each at a moment and of a kind that only the seed
    /// knows.
    pub(crate) fn for_check(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let phrase = Phrase {
            file: "phrase-0.wav".into(),
            at_ms: chance.between(3000, 8000),
        };
        let brightness = if chance.between(0, 1) == 0 {
            chance.between(20, 50)
        } else {
            chance.between(205, 235)
        };
        let light = Light {
            at_ms: chance.between(3000, 8000),
            brightness: u8::try_from(brightness).unwrap_or(MIDDLE),
        };
        let plan = Plan {
            seed,
            noise_dbfs: NOISE_DBFS,
            phrases: vec![phrase],
            lights: vec![light],
            repeat_ms: None,
        };
        Self {
            plan,
            phrases: vec![speech::Words::random(&mut chance)],
        }
    }

    /// A phrase about every twenty seconds and light that comes and goes, for ever.
    pub(crate) fn for_company(seed: u64) -> Self {
        const PHRASES: u64 = 6;
        const EVERY_MS: u64 = 20_000;
        let mut chance = Chance::new(seed);
        let mut plan = Plan {
            seed,
            noise_dbfs: NOISE_DBFS,
            phrases: Vec::new(),
            lights: Vec::new(),
            repeat_ms: Some(PHRASES * EVERY_MS),
        };
        let mut phrases = Vec::new();
        for index in 0..PHRASES {
            let start = index * EVERY_MS;
            plan.phrases.push(Phrase {
                file: format!("phrase-{index}.wav").into(),
                at_ms: start + chance.between(2000, 8000),
            });
            phrases.push(speech::Words::random(&mut chance));
            plan.lights.push(Light {
                at_ms: start + chance.between(1000, 12_000),
                brightness: u8::try_from(chance.between(40, 220)).unwrap_or(MIDDLE),
            });
        }
        Self { plan, phrases }
    }
}

/// Makes the disk; `scratch` is a folder of this run.
pub(crate) fn make(
    image: &Image,
    stage: &Path,
    script: &Script,
    scratch: &Path,
) -> Result<PathBuf, StageDiskError> {
    libraries::check(stage, &image.base)?;
    let folder = scratch.join("stage-content");
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| StageDiskError::File { path, source }
    };
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let program = folder.join("triune-stage");
    fs::copy(stage, &program).map_err(at(&program))?;
    let plan = folder.join("plan.json");
    fs::write(&plan, serde_json::to_vec_pretty(&script.plan)?).map_err(at(&plan))?;
    for (phrase, words) in script.plan.phrases.iter().zip(&script.phrases) {
        speech::speak(words, &folder.join(&phrase.file), scratch)?;
    }
    let disk = scratch.join("stage.squashfs");
    rootfs::squash(&folder, &disk)?;
    Ok(disk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_unforeseeable_yet_repeatable() {
        let plans: Vec<_> = (0..20).map(|seed| Script::for_check(seed).plan).collect();
        assert_eq!(plans[3], Script::for_check(3).plan);
        let moments: std::collections::BTreeSet<_> =
            plans.iter().map(|plan| plan.phrases[0].at_ms).collect();
        assert!(moments.len() > 15);
        for plan in &plans {
            assert!((3000..=8000).contains(&plan.phrases[0].at_ms));
            assert!(
                plan.lights[0].brightness.abs_diff(MIDDLE) >= 77,
                "a big step"
            );
        }
        let brighter = plans
            .iter()
            .filter(|plan| plan.lights[0].brightness > MIDDLE)
            .count();
        assert!((1..20).contains(&brighter), "both directions occur");
    }

    #[test]
    fn company_goes_round_for_ever() {
        let script = Script::for_company(1);
        let length = script.plan.repeat_ms.unwrap();
        assert_eq!(script.plan.phrases.len(), script.phrases.len());
        assert!(
            script
                .plan
                .phrases
                .iter()
                .all(|phrase| phrase.at_ms < length)
        );
    }
}
