//! Which told text belongs to a crystal.

use super::texts::Texts;
use crate::crystals::{Crystal, quoted};
use std::sync::Arc;
use triune_core::ToldPercept;

/// A text told at a moment, as far as it is known.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) text: Arc<str>,
    /// Whether this is all of it, not only what a summary quotes.
    pub(super) whole: bool,
}

/// The text told at the moment of `crystal`: whole if it was told in this run, otherwise as much as
/// its summary quotes.
pub(super) fn told_at(crystal: &Crystal, texts: &Texts) -> Option<Told> {
    let whole = texts.of(crystal).map(|text| Told { text, whole: true });
    whole.or_else(|| quote_of(crystal))
}

/// What the crystal's summary quotes of the text.
pub(super) fn quote_of(crystal: &Crystal) -> Option<Told> {
    quoted(crystal.summary()).map(|quote| Told {
        text: quote.into(),
        whole: false,
    })
}

/// Whether `text` may be what was told at the moment of `crystal`. A number that was given out again,
/// because a crystal was lost with the power before it was durable, must not inherit a text.
pub(super) fn belongs(text: &str, crystal: &Crystal) -> bool {
    let quote = quoted(crystal.summary());
    let told = crystal.told();
    if told == 0 {
        return quote.is_some_and(|quote| text.starts_with(quote));
    }
    ToldPercept::from_text(text).fingerprint() == told
        || quote.is_some_and(|quote| text.starts_with(quote))
}
