//! One day of discovery, with restarts, judged by what really went on.

use super::eyes::Eyes;
use super::generator::day::Truth;
use fastrand::Rng;
use serde::Serialize;
use std::collections::BTreeMap;
use std::error::Error;
use triune_npu::patterns::{Known, PatternEvent, Patterns, SIGNATURE_LENGTH, Segments};

/// Restarts within a day.
const RESTARTS: usize = 3;
/// Share of another regime's segments that makes a pattern two regimes' own.
const SHARED: f64 = 0.1;

/// What came of a day.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Outcome {
    pub(crate) seed: u64,
    pub(crate) regimes: usize,
    /// Patterns that are mostly of what is taught.
    pub(crate) invented: usize,
    /// Regimes that have a pattern.
    pub(crate) found: usize,
    /// Patterns beyond the first of a regime.
    pub(crate) split: usize,
    /// Patterns that two regimes share.
    pub(crate) shared: usize,
    /// Least share that a pattern's own regime has of it; 1 when there is none.
    pub(crate) purity: f64,
    /// Whether each restart kept the list, and each regime its id.
    pub(crate) ids_kept: bool,
    /// Minutes of each told regime itself that passed until it was told.
    pub(crate) told_after_minutes: Vec<f64>,
}

impl Outcome {
    pub(crate) fn is_right(&self) -> bool {
        self.invented == 0
            && self.found == self.regimes
            && self.split == 0
            && self.shared == 0
            && self.purity >= 0.9
            && self.ids_kept
    }
}

/// A segment of the day, for other methods to be tried on.
pub(crate) struct Seen {
    /// What went on for most of it: a regime, or [`TAUGHT`].
    pub(crate) truth: usize,
    pub(crate) is_known: bool,
    pub(crate) signature: [f32; SIGNATURE_LENGTH],
    /// Mean of the greatest situation probability.
    pub(crate) confidence: f32,
}

/// How often a pattern was shown while what went on.
type Tally = BTreeMap<u32, BTreeMap<usize, usize>>;
/// Stands for all that is taught.
pub(crate) const TAUGHT: usize = usize::MAX;

/// Runs a day of this many hours.
pub(crate) fn trial(
    eyes: &mut Eyes,
    seed: u64,
    regimes: usize,
    hours: f64,
) -> Result<(Outcome, Vec<Seen>), Box<dyn Error>> {
    let known = Known::shipped(eyes.manifest())?;
    let folder = tempfile::tempdir()?;
    let mut rng = Rng::with_seed(!seed);
    let observations = (hours * 3600.0 * 5.0) as usize;
    let mut restarts: Vec<usize> = (0..RESTARTS).map(|_| rng.usize(0..observations)).collect();
    restarts.sort_unstable();
    let mut patterns = Patterns::default();
    let mut tallies = vec![Tally::new()];
    let (mut number, mut met, mut failed) = (0, 0, None);
    let mut truths = BTreeMap::<usize, usize>::new();
    let mut spent = vec![0_usize; regimes];
    let mut told: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut kept = true;
    let (mut segments, mut seen, mut confidence) = (Segments::default(), Vec::new(), Vec::new());
    eyes.day(seed, regimes, hours, |eyes, observation, truth| {
        number += 1;
        let truth = match truth {
            Truth::Taught(_) => TAUGHT,
            Truth::Untaught(place) => {
                spent[place] += 1;
                place
            }
        };
        *truths.entry(truth).or_default() += 1;
        confidence.push(eyes.confidence());
        let segment = segments.observe(observation);
        let event = patterns.observe(&known, observation);
        if let Some(PatternEvent::Found(id)) = event {
            told.insert(id, spent.clone());
        }
        if patterns.segments_met() != met {
            met = patterns.segments_met();
            let most = truths.iter().max_by_key(|(_, count)| **count);
            if let (Some(id), Some((&truth, _))) = (patterns.current(), most)
                && let Some(tally) = tallies.last_mut()
            {
                *tally.entry(id).or_default().entry(truth).or_default() += 1;
            }
            if let (Some(segment), Some((&truth, _))) = (segment, most) {
                seen.push(Seen {
                    truth,
                    is_known: known.is_known(&segment),
                    signature: segment.signature,
                    confidence: confidence.iter().sum::<f32>() / confidence.len() as f32,
                });
            }
            confidence.clear();
            truths.clear();
        }
        if restarts.first() == Some(&number) {
            restarts.remove(0);
            let list = patterns.list();
            match patterns
                .store(folder.path())
                .and_then(|()| Patterns::open(folder.path()))
            {
                Ok(opened) => patterns = opened.patterns,
                Err(error) => failed = Some(error),
            }
            kept &= patterns.list() == list;
            met = patterns.segments_met();
            truths.clear();
            segments = Segments::default();
            confidence.clear();
            eyes.close();
            tallies.push(Tally::new());
        }
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    let mut outcome = judge(&patterns, &tallies);
    outcome.ids_kept &= kept;
    for (id, spent) in told {
        if let Some(&owner) = owner(&tallies, id).as_ref()
            && owner != TAUGHT
        {
            outcome.told_after_minutes.push(spent[owner] as f64 / 300.0);
        }
    }
    let outcome = Outcome {
        seed,
        regimes,
        ..outcome
    };
    Ok((outcome, seen))
}

/// All of a pattern's segments.
fn of(tallies: &[Tally], id: u32) -> BTreeMap<usize, usize> {
    let mut all = BTreeMap::new();
    for (truth, count) in tallies.iter().filter_map(|tally| tally.get(&id)).flatten() {
        *all.entry(*truth).or_default() += count;
    }
    all
}

fn owner(tallies: &[Tally], id: u32) -> Option<usize> {
    let all = of(tallies, id);
    all.iter()
        .max_by_key(|(_, count)| **count)
        .map(|(truth, _)| *truth)
}

fn judge(patterns: &Patterns, tallies: &[Tally]) -> Outcome {
    let mut outcome = Outcome {
        purity: 1.0,
        ids_kept: true,
        ..Outcome::default()
    };
    let mut owners: BTreeMap<usize, usize> = BTreeMap::new();
    for pattern in patterns.list() {
        let all = of(tallies, pattern.id);
        let sum: usize = all.values().sum();
        let Some(owner) = owner(tallies, pattern.id).filter(|&owner| owner != TAUGHT) else {
            outcome.invented += 1;
            continue;
        };
        *owners.entry(owner).or_default() += 1;
        outcome.purity = outcome.purity.min(all[&owner] as f64 / sum as f64);
        let others = all
            .iter()
            .filter(|(truth, _)| **truth != owner && **truth != TAUGHT);
        let is_shared = others.map(|(_, count)| *count as f64).sum::<f64>() > SHARED * sum as f64;
        outcome.shared += usize::from(is_shared);
    }
    outcome.found = owners.len();
    outcome.split = owners.values().map(|count| count - 1).sum();
    // Where a regime was shown in several stretches between restarts, it had one id.
    for &regime in owners.keys() {
        let mut ids: Vec<u32> = tallies
            .iter()
            .filter_map(|tally| {
                let shown = tally
                    .iter()
                    .filter_map(|(id, all)| Some((*all.get(&regime)?, *id)));
                shown
                    .max()
                    .filter(|(count, _)| *count >= 3)
                    .map(|(_, id)| id)
            })
            .collect();
        ids.dedup();
        outcome.ids_kept &= ids.len() <= 1;
    }
    outcome
}
