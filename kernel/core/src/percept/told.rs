//! What was told in words.

use crate::judgement::freshness;
use crate::numbers::nanoseconds;
use crate::parameters::Parameters;
use crate::time::{AGE_NEVER, Nanoseconds};
use xxhash_rust::xxh3::xxh3_64;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Words that reach one cycle.
pub const TOKEN_CAPACITY: usize = 16;

/// What the kernel was told in words: hashes only, the text goes to memory.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct ToldPercept {
    /// XXH3-64 of each lower-cased word; the first `count` are valid, the others 0.
    pub tokens: [u64; TOKEN_CAPACITY],
    /// Valid tokens, at most [`TOKEN_CAPACITY`].
    pub count: u32,
    /// How sure, 0 to 1.
    pub confidence: f32,
    /// Nanoseconds since the words were said.
    pub age: Nanoseconds,
}

impl ToldPercept {
    /// Nothing was said.
    pub const ABSENT: Self = Self {
        tokens: [0; TOKEN_CAPACITY],
        count: 0,
        confidence: 0.0,
        age: AGE_NEVER,
    };

    /// The first [`TOKEN_CAPACITY`] words of `text`, said just now: split at whatever is
    /// neither letter nor digit, lower-cased, hashed.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let mut told = Self {
            confidence: 1.0,
            age: 0,
            ..Self::ABSENT
        };
        let words = text.split(|letter: char| !letter.is_alphanumeric());
        for word in words.filter(|word| !word.is_empty()).take(TOKEN_CAPACITY) {
            told.tokens[told.count as usize] = xxh3_64(word.to_lowercase().as_bytes());
            told.count += 1;
        }
        if told.count == 0 { Self::ABSENT } else { told }
    }

    /// The valid tokens.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.tokens[..(self.count as usize).min(TOKEN_CAPACITY)]
    }

    /// XXH3-64 of the words' bytes, by which memory finds their text again; 0 when there are none.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        match self.words() {
            [] => 0,
            words => xxh3_64(words.as_bytes()),
        }
    }

    /// The same, `elapsed` nanoseconds later.
    #[must_use]
    pub const fn aged(self, elapsed: Nanoseconds) -> Self {
        Self {
            age: self.age.saturating_add(elapsed),
            ..self
        }
    }

    /// How far the words are trusted, 0 to 1: their confidence, less with their age.
    pub(crate) fn trust(&self, parameters: &Parameters) -> f32 {
        let stale_after = nanoseconds(parameters.words_stale_after_seconds);
        self.confidence * freshness(self.age, stale_after)
    }

    /// The words that may be acted on: all, or none where they are trusted too little.
    pub(crate) fn heeded(&self, parameters: &Parameters) -> &[u64] {
        if parameters.may_act_on(self.trust(parameters)) {
            self.words()
        } else {
            &[]
        }
    }
}
