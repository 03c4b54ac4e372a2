//! Every search answers as a plain look at every moment would.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod search_common;

use proptest::prelude::*;
use search_common::{Kept, open, sleepy};
use std::ops::Range;
use triune_core::{CrystalDraft, CrystalKind, Embedding, ToldPercept};
use triune_memory::crystals::Crystal;
use triune_memory::search::{Found, Query, Searcher};

const VOCABULARY: [&str; 6] = ["love", "lovely", "Joy", "plum", "Ärger", "sea"];

#[derive(Clone, Debug)]
struct Moment {
    unix: u64,
    kind: u32,
    salience: f32,
    direction: u8,
    told: Option<Vec<usize>>,
}

fn moment() -> impl Strategy<Value = Moment> {
    (
        // Few times, in any order: clocks step back.
        0..20_u64,
        1..=6_u32,
        prop::sample::select(vec![0.0_f32, 0.25, 0.5, 1.0]),
        0..9_u8,
        prop::option::of(prop::collection::vec(0..VOCABULARY.len(), 1..5)),
    )
        .prop_map(|(unix, kind, salience, direction, told)| Moment {
            unix,
            kind,
            salience,
            direction,
            told,
        })
}

fn query() -> impl Strategy<Value = Query> {
    (
        prop::option::of((0..20_u64, 0..20_u64)),
        prop::option::of(prop::sample::subsequence(CrystalKind::ALL.to_vec(), 0..=6)),
        prop::option::of(prop::sample::select(vec![
            "love",
            "LOVE*",
            "joy plum",
            "ärger",
            "sea* love*",
            "nothing",
            "l*",
            ", *",
        ])),
        prop::option::of(0..10_u8),
        prop::sample::select(vec![0.0_f32, 0.25, 0.6]),
        0..12_usize,
    )
        .prop_map(|(time, kinds, words, near, salience, limit)| Query {
            time: time.map(|(from, to)| Range {
                start: from,
                end: to,
            }),
            kinds,
            words: words.map(str::to_owned),
            near: near.map(direction),
            salience,
            limit,
        })
}

/// One of a few directions; 0 is none at all, and 8 cannot be compared.
fn direction(number: u8) -> Embedding {
    match number {
        0 => Embedding::ZERO,
        8 => Embedding([f32::NAN; 64]),
        _ => Embedding(std::array::from_fn(|index| {
            ((index as f32 + 1.0) * f32::from(number)).sin()
        })),
    }
}

fn text(told: &[usize]) -> String {
    let words: Vec<_> = told.iter().map(|&word| VOCABULARY[word]).collect();
    words.join(", ")
}

fn keep(kept: &mut Kept, moment: &Moment) {
    let number = kept.store.reader().newest_sequence().unwrap_or(0) + 1;
    let mut draft = CrystalDraft {
        cycle: number,
        time: common::draft(number).time,
        kind: moment.kind,
        salience: moment.salience,
        embedding: direction(moment.direction),
        ..common::draft(1)
    };
    if let Some(told) = &moment.told {
        let text = text(told);
        draft.told = ToldPercept::from_text(&text).fingerprint();
        kept.texts.note(draft.told, draft.time, &text);
    }
    kept.keep(&draft, moment.unix);
}

/// Which of the model's words a question asks for, word by word.
fn matches(words: &str, text: &str) -> bool {
    let told: Vec<_> = text.split(", ").map(str::to_lowercase).collect();
    words
        .split(' ')
        .filter(|word| word.chars().any(char::is_alphabetic))
        .all(|word| {
            let word = word.to_lowercase();
            told.iter().any(|told| match word.strip_suffix('*') {
                Some(begin) => told.starts_with(begin),
                None => *told == word,
            })
        })
}

/// Sequence numbers and similarity of all that the query allows, newest first.
fn allowed(moments: &[Moment], query: &Query, crystals: &[Crystal]) -> Vec<(u64, Option<f32>)> {
    moments
        .iter()
        .zip(crystals)
        .rev()
        .filter(|(moment, crystal)| {
            query
                .time
                .as_ref()
                .is_none_or(|time| time.contains(&moment.unix))
                && query
                    .kinds
                    .as_ref()
                    .is_none_or(|kinds| crystal.kind().is_some_and(|kind| kinds.contains(&kind)))
                && moment.salience >= query.salience
                && query.words.as_ref().is_none_or(|words| {
                    let asks = words.chars().any(char::is_alphabetic);
                    let text = moment.told.as_deref().map(text);
                    !asks || text.is_some_and(|text| matches(words, &text))
                })
        })
        .map(|(_, crystal)| {
            let similarity = query.near.map(|near| near.similarity(crystal.embedding()));
            (crystal.sequence(), similarity)
        })
        .filter(|(_, similarity)| similarity.is_none_or(f32::is_finite))
        .collect()
}

fn check(moments: &[Moment], query: &Query, searcher: &Searcher, crystals: &[Crystal]) {
    let found: Vec<Found> = searcher.search(query).unwrap();
    let got: Vec<_> = found
        .iter()
        .map(|one| (one.crystal.sequence(), one.similarity))
        .collect();
    let mut model = allowed(moments, query, crystals);
    let cannot_compare = query
        .near
        .is_some_and(|near| near.0.iter().all(|&value| value == 0.0 || value.is_nan()));
    if cannot_compare {
        model.clear();
    }
    if query.near.is_some() {
        model.sort_by(|a, b| b.1.unwrap().total_cmp(&a.1.unwrap()));
    } else if let Some(relevance) = found.first().and_then(|one| one.relevance) {
        // Relevance orders; the model only says which they are and that equals are newest first.
        assert!(found.iter().all(|one| one.relevance.unwrap() <= relevance));
        let ordered = found.windows(2).all(|pair| {
            let key = |one: &Found| (one.relevance.unwrap(), one.crystal.sequence());
            key(&pair[0]) > key(&pair[1])
        });
        assert!(ordered, "{found:?}");
        assert!(got.iter().all(|one| model.contains(one)));
        assert_eq!(got.len(), model.len().min(query.limit));
        return;
    }
    model.truncate(query.limit);
    assert_eq!(got, model, "{query:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn searches_answer_as_the_model_does(
        moments in prop::collection::vec(moment(), 0..40),
        later in prop::collection::vec(moment(), 0..10),
        queries in prop::collection::vec(query(), 12),
    ) {
        let root = tempfile::tempdir().unwrap();
        let mut kept = open(root.path());
        let indexer = sleepy();
        let searcher = kept.watch(&indexer, Some(kept.catalog()));
        let mut all = moments.clone();
        for moment in &moments {
            keep(&mut kept, moment);
        }
        let compare = |all: &[Moment], kept: &Kept| {
            let view = kept.store.reader().view();
            let crystals: Vec<_> = view.iter().copied().collect();
            for query in &queries {
                check(all, query, &searcher, &crystals);
            }
        };
        compare(&all, &kept);
        indexer.settle();
        compare(&all, &kept);
        for moment in later {
            keep(&mut kept, &moment);
            all.push(moment);
        }
        compare(&all, &kept);
        indexer.settle();
        compare(&all, &kept);
    }
}
