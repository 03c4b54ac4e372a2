//! What plainer methods make of the same days.

use super::k_means;
use super::trial::{Seen, TAUGHT};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// As many segments, on as many visits, as discovery asks of a pattern before it is told.
const LEAST_SEGMENTS: usize = 5;
const LEAST_VISITS: usize = 3;
/// Segments between two of a cluster that make another visit.
const APART: usize = 3;
/// Share of taught segments that the threshold may take for untaught.
const FALSE_ALARMS: f64 = 0.001;

/// A threshold on the recogniser's greatest situation probability (Hendrycks and Gimpel 2017).
#[derive(Debug, Serialize)]
pub(crate) struct Softmax {
    /// Share of the untaught segments that lie below the threshold which one taught segment in a
    /// thousand lies below; nothing where there are none.
    pub(crate) noticed: Option<f64>,
}

pub(crate) fn softmax(seen: &[Seen]) -> Softmax {
    let of = |is_taught: bool| {
        let chosen = seen
            .iter()
            .filter(move |one| (one.truth == TAUGHT) == is_taught);
        chosen.map(|one| one.confidence)
    };
    let mut taught: Vec<f32> = of(true).collect();
    taught.sort_unstable_by(f32::total_cmp);
    let threshold = taught
        .get((taught.len() as f64 * FALSE_ALARMS) as usize)
        .copied()
        .unwrap_or(0.0);
    let untaught = of(false).count();
    let below = of(false)
        .filter(|confidence| *confidence < threshold)
        .count();
    Softmax {
        noticed: (untaught > 0).then(|| below as f64 / untaught as f64),
    }
}

/// What k-means found, in the words of [`Outcome`](super::trial::Outcome).
#[derive(Debug, Serialize)]
pub(crate) struct KMeans {
    pub(crate) invented: usize,
    pub(crate) found: usize,
    pub(crate) split: usize,
    /// Clusters of which more than a tenth is another regime's.
    pub(crate) shared: usize,
    pub(crate) is_right: bool,
}

pub(crate) fn k_means(seen: &[Seen], regimes: usize) -> KMeans {
    let unknown: Vec<(usize, &Seen)> = seen
        .iter()
        .enumerate()
        .filter(|(_, one)| !one.is_known)
        .collect();
    let points: Vec<_> = unknown.iter().map(|(_, one)| one.signature).collect();
    let places = k_means::clusters(&points);
    let mut outcome = KMeans {
        invented: 0,
        found: 0,
        split: 0,
        shared: 0,
        is_right: false,
    };
    let mut owners = BTreeMap::<usize, usize>::new();
    for cluster in places.iter().copied().collect::<BTreeSet<_>>() {
        let own = || {
            unknown
                .iter()
                .zip(&places)
                .filter(|(_, place)| **place == cluster)
        };
        let times: Vec<usize> = own().map(|((at, _), _)| *at).collect();
        let visits = 1 + times
            .windows(2)
            .filter(|two| two[1] - two[0] > APART)
            .count();
        if times.len() < LEAST_SEGMENTS || visits < LEAST_VISITS {
            continue;
        }
        let mut truths = BTreeMap::<usize, usize>::new();
        for ((_, one), _) in own() {
            *truths.entry(one.truth).or_default() += 1;
        }
        match truths.iter().max_by_key(|(_, count)| **count) {
            Some((&owner, &most)) if owner != TAUGHT => {
                *owners.entry(owner).or_default() += 1;
                let taught = truths.get(&TAUGHT).copied().unwrap_or(0);
                outcome.shared += usize::from((times.len() - most - taught) * 10 > times.len());
            }
            _ => outcome.invented += 1,
        }
    }
    outcome.found = owners.len();
    outcome.split = owners.values().map(|count| count - 1).sum();
    outcome.is_right =
        outcome.invented + outcome.split + outcome.shared == 0 && outcome.found == regimes;
    outcome
}
