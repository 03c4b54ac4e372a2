//! Words as they are stored and as they are asked for.

use std::collections::BTreeMap;

/// One word of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    /// This word.
    Whole(String),
    /// Any word that begins so.
    Prefix(String),
}

impl Term {
    /// The terms of `question`: split and folded as [`triune_core::ToldPercept::from_text`] does, and a
    /// `*` at the end of a word stands for any ending.
    pub(crate) fn all_of(question: &str) -> Vec<Self> {
        question
            .split_inclusive(|letter: char| !letter.is_alphanumeric())
            .filter_map(|piece| {
                let word = piece.trim_end_matches(|letter: char| !letter.is_alphanumeric());
                let folded = word.to_lowercase();
                match (word.is_empty(), piece.ends_with('*')) {
                    (true, _) => None,
                    (false, true) => Some(Self::Prefix(folded)),
                    (false, false) => Some(Self::Whole(folded)),
                }
            })
            .collect()
    }

    /// How often the term occurs among `words`.
    pub(crate) fn count_in(&self, words: &BTreeMap<String, u16>) -> u32 {
        match self {
            Self::Whole(word) => words.get(word).copied().map_or(0, u32::from),
            Self::Prefix(begin) => words
                .range(begin.clone()..)
                .take_while(|(word, _)| word.starts_with(begin))
                .map(|(_, &count)| u32::from(count))
                .sum(),
        }
    }
}

/// The words of `text` and how often each occurs.
pub(crate) fn words_of(text: &str) -> BTreeMap<String, u16> {
    let mut words = BTreeMap::new();
    for word in text.split(|letter: char| !letter.is_alphanumeric()) {
        if !word.is_empty() {
            let count: &mut u16 = words.entry(word.to_lowercase()).or_default();
            *count = count.saturating_add(1);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_split_as_told_words_are() {
        let whole = |word: &str| Term::Whole(word.to_owned());
        let prefix = |word: &str| Term::Prefix(word.to_owned());
        assert_eq!(
            Term::all_of("Love, JOY* x*y  *hope!* ÄRGER-los"),
            [
                whole("love"),
                prefix("joy"),
                prefix("x"),
                whole("y"),
                whole("hope"),
                whole("ärger"),
                whole("los"),
            ]
        );
        assert_eq!(Term::all_of(" * ,"), []);
    }

    #[test]
    fn a_prefix_counts_every_word_that_begins_so() {
        let words = words_of("Love loves LOVE; glove");
        assert_eq!(Term::Whole("love".into()).count_in(&words), 2);
        assert_eq!(Term::Prefix("love".into()).count_in(&words), 3);
        assert_eq!(Term::Prefix("lover".into()).count_in(&words), 0);
    }
}
