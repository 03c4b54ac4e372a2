//! Answering searches.

use super::query::{Found, Query, SearchError};
use super::shared::{IndexState, IndexStatistics, Shared};
use super::terms::{Term, words_of};
use super::words::{Told, belongs, told_at};
use super::words_table::Occurrences;
use crate::crystals::{Crystal, CrystalView, Recalled, nearest};
use crate::index::{Code, Filter, Moment, Rows};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use triune_core::Embedding;

/// Codes that are compared again in full beyond those asked for: a code is near enough to its
/// embedding that only neighbours in the order may change places.
const MARGIN: usize = 8;

/// Searches the crystals of one being; cheap to clone, for any thread but the cycle's.
#[derive(Clone, Debug)]
pub struct Searcher {
    shared: Arc<Shared>,
}

impl Searcher {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The `count` crystals nearest to `question` by cosine, nearest first; of two equally near ones
    /// the newer first. None for the zero vector, which is similar to nothing. From 20 000 crystals on
    /// a graph answers, which misses a few in a hundred of those that
    /// [`crate::crystals::CrystalReader::recall`] finds.
    #[must_use]
    pub fn recall(&self, question: &Embedding, count: usize) -> Vec<Recalled> {
        let oldest = self.shared.crystals.first_sequence().unwrap_or(u64::MAX);
        self.nearest(question, count, &Filter::new(None, None, 0.0, oldest))
    }

    /// The crystals that answer `query`: nearest first where it asks for nearness, otherwise by
    /// relevance of the words, otherwise newest first; what is equal newest first.
    ///
    /// # Errors
    /// See [`SearchError`].
    pub fn search(&self, query: &Query) -> Result<Vec<Found>, SearchError> {
        let Some(oldest) = self.shared.crystals.first_sequence() else {
            return Ok(Vec::new());
        };
        let filter = Filter::new(
            query.time.clone(),
            query.kinds.as_deref(),
            query.salience,
            oldest,
        );
        let terms = query.words.as_deref().map(Term::all_of).unwrap_or_default();
        let mut found = match (&query.near, terms.is_empty()) {
            (None, true) => self.newest(query.limit, &filter),
            (Some(question), true) => self
                .nearest(question, query.limit, &filter)
                .into_iter()
                .map(|recalled| found(recalled.crystal, Some(recalled.similarity), None))
                .collect(),
            (near, false) => self.with_words(&terms, near.as_ref(), query.limit, &filter)?,
        };
        for one in &mut found {
            one.told = self.told(&one.crystal)?;
        }
        Ok(found)
    }

    /// How far the index is.
    #[must_use]
    pub fn state(&self) -> IndexState {
        self.shared.state()
    }

    /// Figures of the index.
    #[must_use]
    pub fn statistics(&self) -> IndexStatistics {
        self.shared.statistics()
    }

    fn newest(&self, limit: usize, filter: &Filter) -> Vec<Found> {
        let rows = self.shared.rows();
        let view = self.shared.crystals.around(rows.last());
        let tail = view
            .iter()
            .rev()
            .take_while(|crystal| crystal.sequence() > rows.last())
            .filter(|crystal| filter.allows(&Moment::of(crystal)))
            .copied()
            .filter(Crystal::is_whole);
        let indexed = rows
            .newest(filter)
            .filter_map(|sequence| self.shared.crystals.get(sequence));
        let mut newest: Vec<Crystal> = tail.chain(indexed).take(limit).collect();
        let (older, first) = self.older(&rows, filter);
        // It may take long, and must keep nobody from changing the rows.
        drop(rows);
        let left = limit - newest.len();
        let older = allowed(&older, first, filter).rev().copied();
        newest.extend(older.filter(Crystal::is_whole).take(left));
        let found = |crystal| found(crystal, None, None);
        newest.into_iter().map(found).collect()
    }

    /// The crystals that are too old to have a row: those before the one that is numbered so.
    fn older(&self, rows: &Rows, filter: &Filter) -> (CrystalView, u64) {
        let first = match rows.len() {
            0 => 0,
            _ => rows.row(0).0.sequence,
        };
        let first = if filter.oldest < first { first } else { 0 };
        (self.shared.crystals.before(first), first)
    }

    fn nearest(&self, question: &Embedding, count: usize, filter: &Filter) -> Vec<Recalled> {
        let code = match Code::of(question) {
            Some(code) if count > 0 && code != Code::ZERO => code,
            _ => return Vec::new(),
        };
        let mut wanted = count.saturating_add(MARGIN);
        loop {
            let (rows, last, (older, first)) = {
                let rows = self.shared.rows();
                let nearest = self
                    .shared
                    .with_walk(|walk| rows.nearest(&code, wanted, filter, walk));
                (nearest, rows.last(), self.older(&rows, filter))
            };
            let offered = rows.len();
            let recalled = |crystal: Crystal| {
                let similarity = question.similarity(crystal.embedding());
                similarity.is_finite().then_some(Recalled {
                    crystal,
                    similarity,
                })
            };
            let view = self.shared.crystals.around(last);
            let mut all: Vec<Recalled> = rows
                .into_iter()
                .filter_map(|(_, sequence)| self.shared.crystals.get(sequence))
                .filter_map(recalled)
                .collect();
            let complete = all.len() >= count || offered < wanted;
            all.extend(
                view.iter()
                    .rev()
                    .take_while(|crystal| crystal.sequence() > last)
                    .filter(|crystal| filter.allows(&Moment::of(crystal)))
                    .filter_map(|crystal| recalled(*crystal)),
            );
            if complete {
                all.extend(nearest(allowed(&older, first, filter), question, count));
                all.sort_unstable_by(nearer);
                // Only of the best, since a scan compares thousands.
                let whole = all.into_iter().filter(|one| one.crystal.is_whole());
                return whole.take(count).collect();
            }
            // Some of them are gone since, or have no direction: ask for more.
            wanted = wanted.saturating_mul(2);
        }
    }

    fn with_words(
        &self,
        terms: &[Term],
        near: Option<&Embedding>,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<Found>, SearchError> {
        if near.is_some_and(|question| Code::of(question).is_none_or(|code| code == Code::ZERO)) {
            return Ok(Vec::new());
        }
        let mut all: Vec<Found> = self
            .relevant(terms)?
            .into_iter()
            .filter_map(|(sequence, relevance)| {
                let crystal = self.shared.crystals.get(sequence)?;
                if !filter.allows(&Moment::of(&crystal)) {
                    return None;
                }
                let similarity = near.map(|question| question.similarity(crystal.embedding()));
                similarity
                    .is_none_or(f32::is_finite)
                    .then(|| found(crystal, similarity, Some(relevance)))
            })
            .collect();
        all.sort_unstable_by(|a, b| {
            let key = |one: &Found| one.similarity.or(one.relevance).unwrap_or(0.0);
            key(b)
                .total_cmp(&key(a))
                .then_with(|| b.crystal.sequence().cmp(&a.crystal.sequence()))
        });
        let mut kept = Vec::new();
        for one in all {
            if kept.len() == limit {
                break;
            }
            // The catalogue may know a text that is not this crystal's: only its own counts.
            let words = self.told(&one.crystal)?.map(|text| words_of(&text));
            if words.is_some_and(|words| terms.iter().all(|term| term.count_in(&words) > 0)) {
                kept.push(one);
            }
        }
        Ok(kept)
    }

    /// The moments whose text has all of `terms`, and how relevant each is: BM25 (Robertson and
    /// Zaragoza 2009, equation 3.15) with b = 0 and k1 = 1.2.
    fn relevant(&self, terms: &[Term]) -> Result<BTreeMap<u64, f32>, SearchError> {
        const SATURATION: f32 = 1.2;
        // In this order, so that a text on its way into the catalogue is met at least once.
        let seen = self.shared.words_seen.load(Ordering::Acquire);
        let mut fresh: BTreeMap<u64, Told> = self
            .shared
            .crystals
            .around(seen)
            .iter()
            .filter(|crystal| crystal.sequence() > seen)
            .filter_map(|crystal| Some((crystal.sequence(), told_at(crystal, &self.shared.texts)?)))
            .collect();
        fresh.extend(self.shared.pending().clone());
        let (mut found, stored) = match &self.shared.words {
            Some(table) => table.find(terms)?,
            None => (vec![Occurrences::new(); terms.len()], 0),
        };
        let texts = stored as f32 + fresh.len() as f32;
        for (sequence, told) in fresh {
            let words = words_of(&told.text);
            for (term, occurrences) in terms.iter().zip(&mut found) {
                let count = term.count_in(&words);
                if count > 0 {
                    occurrences.insert(sequence, count);
                }
            }
        }
        let mut relevant: Option<BTreeMap<u64, f32>> = None;
        for occurrences in found {
            let rare = occurrences.len() as f32;
            let weight = (((texts - rare).max(0.0) + 0.5) / (rare + 0.5)).ln_1p();
            let score = |count: u32| {
                let count = count as f32;
                weight * count / (count + SATURATION)
            };
            relevant = Some(match relevant {
                None => occurrences
                    .into_iter()
                    .map(|(sequence, count)| (sequence, score(count)))
                    .collect(),
                Some(former) => former
                    .into_iter()
                    .filter_map(|(sequence, relevance)| {
                        let count = *occurrences.get(&sequence)?;
                        Some((sequence, relevance + score(count)))
                    })
                    .collect(),
            });
        }
        Ok(relevant.unwrap_or_default())
    }

    /// The text told at the moment of `crystal`.
    fn told(&self, crystal: &Crystal) -> Result<Option<String>, SearchError> {
        let sequence = crystal.sequence();
        let pending = self.shared.pending().get(&sequence).cloned();
        if let Some(told) = pending.filter(|told| told.whole && belongs(&told.text, crystal)) {
            return Ok(Some(told.text.to_string()));
        }
        // What waits is only a quote: the catalogue may know more, of a moment that came from
        // elsewhere.
        let stored = match &self.shared.words {
            Some(table) => table.text(sequence)?,
            None => None,
        };
        Ok(stored
            .filter(|text| belongs(text, crystal))
            .or_else(|| told_at(crystal, &self.shared.texts).map(|told| told.text.to_string())))
    }
}

/// The crystals before the one numbered `end` that `filter` allows, oldest first.
fn allowed<'a>(
    crystals: &'a CrystalView,
    end: u64,
    filter: &'a Filter,
) -> impl DoubleEndedIterator<Item = &'a Crystal> {
    crystals
        .iter()
        .filter(move |crystal| crystal.sequence() < end && filter.allows(&Moment::of(crystal)))
}

fn found(crystal: Crystal, similarity: Option<f32>, relevance: Option<f32>) -> Found {
    Found {
        crystal,
        similarity,
        relevance,
        told: None,
    }
}

/// Nearer first, then newer first.
fn nearer(a: &Recalled, b: &Recalled) -> std::cmp::Ordering {
    b.similarity
        .total_cmp(&a.similarity)
        .then_with(|| b.crystal.sequence().cmp(&a.crystal.sequence()))
}
