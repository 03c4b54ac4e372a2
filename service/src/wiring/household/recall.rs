//! What is remembered, searched.

use super::arrival::failed;
use super::members::Household;
use super::resident::Resident;
use crate::kernel_api::{FoundView, KernelError, RecallAnswerView, RecallQuestion};
use crate::wiring::crystal_view::crystal_view;
use std::time::Instant;
use triune_core::{BeingId, CrystalKind, Embedding, InvalidBeingId, Percept};
use triune_memory::search::{Found, IndexState, Query};

/// Most moments in an answer.
const MOST: usize = 1_000;
/// Moments in an answer when nothing else is asked for.
const USUAL: usize = 10;
/// Nanoseconds of a millisecond.
const MILLISECOND: u64 = 1_000_000;

impl Household {
    /// Looks for moments.
    pub(super) fn search(
        &self,
        question: &RecallQuestion,
    ) -> Result<RecallAnswerView, KernelError> {
        let being = match &question.being {
            None => BeingId::FIRST,
            Some(id) => id
                .parse()
                .map_err(|error: InvalidBeingId| invalid(error.to_string()))?,
        };
        let resident = self.awake(being)?;
        let searcher = &resident.searcher;
        let query = Query {
            time: span(question)?,
            kinds: kinds(&question.kinds)?,
            words: question.words.clone(),
            near: question
                .near
                .map(|sequence| self.near(being, &resident, sequence))
                .transpose()?,
            salience: share(question.salience)?,
            limit: limit(question.limit)?,
        };
        let began = Instant::now();
        let found = searcher.search(&query).map_err(failed)?;
        let search_us = began.elapsed().as_secs_f64() * 1e6;
        Ok(RecallAnswerView {
            found: found.iter().map(|found| view(being, found)).collect(),
            search_us,
            by: by(&query, searcher.state()).to_owned(),
        })
    }

    /// What the present moment, or that of a crystal, lies near to.
    fn near(
        &self,
        being: BeingId,
        resident: &Resident,
        sequence: u64,
    ) -> Result<Embedding, KernelError> {
        if sequence == 0 {
            let page = self.page(being).ok_or(KernelError::Asleep(being))?;
            let parameters = resident.memory.parameters();
            return Ok(Embedding::of(&page.read(), &Percept::ABSENT, &parameters));
        }
        let crystal = resident
            .memory
            .crystals()
            .get(sequence)
            .ok_or_else(|| invalid(format!("being {being} keeps no crystal {sequence}")))?;
        Ok(*crystal.embedding())
    }
}

/// What searched: the graph of the index answers nearness alone. Words are found in the catalogue,
/// and what has them is compared in full.
fn by(query: &Query, state: IndexState) -> &'static str {
    let words = query.words.as_deref().unwrap_or_default();
    let has_words = words.contains(char::is_alphanumeric);
    match state {
        IndexState::Ready { .. } if query.near.is_some() && !has_words => "index",
        _ => "exact",
    }
}

fn invalid(why: String) -> KernelError {
    KernelError::Invalid { why }
}

fn span(question: &RecallQuestion) -> Result<Option<std::ops::Range<u64>>, KernelError> {
    let (since, until) = (question.since_unix_ms, question.until_unix_ms);
    if since.is_none() && until.is_none() {
        return Ok(None);
    }
    let nanoseconds = |ms: u64| ms.saturating_mul(MILLISECOND);
    let span = since.map_or(0, nanoseconds)..until.map_or(u64::MAX, nanoseconds);
    if span.is_empty() {
        return Err(invalid(
            "nothing lies between since and until: since must be the earlier".to_owned(),
        ));
    }
    Ok(Some(span))
}

fn kinds(names: &[String]) -> Result<Option<Vec<CrystalKind>>, KernelError> {
    if names.is_empty() {
        return Ok(None);
    }
    let known = |name: &String| {
        CrystalKind::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| {
                let all = CrystalKind::ALL.map(CrystalKind::name).join(", ");
                invalid(format!("no moment is of kind '{name}': use {all}"))
            })
    };
    names.iter().map(known).collect::<Result<_, _>>().map(Some)
}

fn share(salience: Option<f32>) -> Result<f32, KernelError> {
    match salience {
        None => Ok(0.0),
        Some(value) if (0.0..=1.0).contains(&value) => Ok(value),
        Some(value) => Err(invalid(format!("a salience of {value} is outside 0 to 1"))),
    }
}

fn limit(asked: Option<usize>) -> Result<usize, KernelError> {
    let limit = asked.unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) {
        Ok(limit)
    } else {
        Err(invalid(format!(
            "a limit of {limit} is outside 1 to {MOST}"
        )))
    }
}

fn view(being: BeingId, found: &Found) -> FoundView {
    let origin = found.crystal.provenance().being;
    FoundView {
        crystal: crystal_view(&found.crystal),
        similarity: found.similarity,
        text: found.told.clone(),
        origin: (origin != being).then(|| origin.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_named_where_it_may_have_answered_and_nowhere_else() {
        let near = Some(Embedding::of(
            &triune_core::State::at_rest(BeingId::FIRST),
            &Percept::ABSENT,
            &triune_core::Parameters::default(),
        ));
        let ready = IndexState::Ready { covered: 20_000 };
        let query = |near: Option<Embedding>, words: Option<&str>| Query {
            near,
            words: words.map(str::to_owned),
            ..Query::default()
        };
        assert_eq!(by(&query(near, None), ready), "index");
        assert_eq!(by(&query(near, Some(" ")), ready), "index");
        assert_eq!(by(&query(near, Some("keys")), ready), "exact");
        assert_eq!(by(&query(None, Some("keys")), ready), "exact");
        assert_eq!(by(&query(None, None), ready), "exact");
        assert_eq!(by(&query(near, None), IndexState::Absent), "exact");
    }
}
