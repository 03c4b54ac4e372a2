//! Told texts and their words in the being's catalogue.
//!
//! | table | key | value |
//! |---|---|---|
//! | `texts` | sequence number | the text told at that moment |
//! | `words` | word, sequence number | how often the word occurs in the text |
//! | `words_indexed` | 0 | sequence number up to which crystals were looked through |
//!
//! A row of `words` is made and removed together with its text, in one transaction.

use super::terms::{Term, words_of};
use super::words::Told;
use crate::catalog::{Catalog, CatalogError};
use redb::{ReadableTable, ReadableTableMetadata, TableDefinition, TableError, WriteTransaction};
use std::collections::BTreeMap;

pub(super) const TEXTS: TableDefinition<u64, &str> = TableDefinition::new("texts");
const WORDS: TableDefinition<(&str, u64), u16> = TableDefinition::new("words");
const INDEXED: TableDefinition<u64, u64> = TableDefinition::new("words_indexed");

/// Texts that one transaction removes at most.
const REMOVED: usize = 256;

/// What one term was found in: sequence numbers and how often.
pub(super) type Occurrences = BTreeMap<u64, u32>;

/// Puts `told` and its words in the place of what was told at the moment numbered `sequence`; a quote
/// does not displace the whole text that it is of.
pub(super) fn put(
    change: &WriteTransaction,
    sequence: u64,
    told: &Told,
) -> Result<(), CatalogError> {
    let mut stored = change.open_table(TEXTS)?;
    let mut words = change.open_table(WORDS)?;
    let former = stored.get(sequence)?.map(|text| text.value().to_owned());
    if let Some(former) = former {
        if !told.whole && former.starts_with(&*told.text) {
            return Ok(());
        }
        for word in words_of(&former).keys() {
            words.remove((word.as_str(), sequence))?;
        }
    }
    stored.insert(sequence, &*told.text)?;
    for (word, count) in words_of(&told.text) {
        words.insert((word.as_str(), sequence), count)?;
    }
    Ok(())
}

/// The words of a being in its catalogue.
#[derive(Clone, Debug)]
pub(super) struct WordsTable {
    catalog: Catalog,
}

impl WordsTable {
    pub(super) fn new(catalog: Catalog) -> Self {
        Self { catalog }
    }

    /// Sequence number up to which crystals were looked through; 0 before the first.
    pub(super) fn indexed(&self) -> Result<u64, CatalogError> {
        let view = self.catalog.begin_read()?;
        match view.open_table(INDEXED) {
            Ok(table) => Ok(table.get(0)?.map_or(0, |number| number.value())),
            Err(TableError::TableDoesNotExist(_)) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// Adds `texts`; all crystals up to `indexed` were looked through then. Durable on return: it is
    /// called every few seconds at most, and what a lost transaction held could not be made whole
    /// again from the summaries.
    pub(super) fn add(
        &self,
        texts: &BTreeMap<u64, Told>,
        indexed: u64,
    ) -> Result<(), CatalogError> {
        let change = self.catalog.begin_write()?;
        for (&sequence, told) in texts {
            put(&change, sequence, told)?;
        }
        change.open_table(INDEXED)?.insert(0, indexed)?;
        Ok(change.commit()?)
    }

    /// Adds texts of moments that came from another being; durable on return.
    pub(super) fn add_given(&self, texts: &[(u64, Told)]) -> Result<(), CatalogError> {
        let change = self.catalog.begin_write()?;
        for (sequence, told) in texts {
            put(&change, *sequence, told)?;
        }
        Ok(change.commit()?)
    }

    /// Removes texts of moments before `oldest`, a few at a time; whether there are more.
    pub(super) fn remove_before(&self, oldest: u64) -> Result<bool, CatalogError> {
        {
            // A look first: most of the time there is nothing to write.
            let view = self.catalog.begin_read()?;
            let first = match view.open_table(TEXTS) {
                Ok(table) => table.first()?.map(|(sequence, _)| sequence.value()),
                Err(TableError::TableDoesNotExist(_)) => None,
                Err(error) => return Err(error.into()),
            };
            if first.is_none_or(|first| first >= oldest) {
                return Ok(false);
            }
        }
        let change = self.catalog.begin_write()?;
        let more = {
            let mut stored = change.open_table(TEXTS)?;
            let mut words = change.open_table(WORDS)?;
            let gone: Vec<(u64, String)> = stored
                .range(..oldest)?
                .take(REMOVED)
                .map(|row| row.map(|(sequence, text)| (sequence.value(), text.value().to_owned())))
                .collect::<Result<_, _>>()?;
            for (sequence, text) in &gone {
                stored.remove(sequence)?;
                for word in words_of(text).keys() {
                    words.remove((word.as_str(), *sequence))?;
                }
            }
            gone.len() == REMOVED
        };
        change.commit()?;
        Ok(more)
    }

    /// Where each of `terms` occurs, and how many texts there are.
    pub(super) fn find(&self, terms: &[Term]) -> Result<(Vec<Occurrences>, u64), CatalogError> {
        let nothing = || (vec![Occurrences::new(); terms.len()], 0);
        let view = self.catalog.begin_read()?;
        let (words, texts) = match (view.open_table(WORDS), view.open_table(TEXTS)) {
            (Ok(words), Ok(texts)) => (words, texts),
            (Err(TableError::TableDoesNotExist(_)), _)
            | (_, Err(TableError::TableDoesNotExist(_))) => {
                return Ok(nothing());
            }
            (Err(error), _) | (_, Err(error)) => return Err(error.into()),
        };
        let mut found = Vec::with_capacity(terms.len());
        for term in terms {
            let mut occurrences = Occurrences::new();
            match term {
                Term::Whole(word) => {
                    for row in words.range((word.as_str(), 0)..=(word.as_str(), u64::MAX))? {
                        let (key, count) = row?;
                        occurrences.insert(key.value().1, u32::from(count.value()));
                    }
                }
                Term::Prefix(begin) => {
                    for row in words.range((begin.as_str(), 0)..)? {
                        let (key, count) = row?;
                        let (word, sequence) = key.value();
                        if !word.starts_with(begin) {
                            break;
                        }
                        *occurrences.entry(sequence).or_default() += u32::from(count.value());
                    }
                }
            }
            found.push(occurrences);
        }
        Ok((found, texts.len()?))
    }

    /// The text told at the moment numbered `sequence`.
    pub(super) fn text(&self, sequence: u64) -> Result<Option<String>, CatalogError> {
        let view = self.catalog.begin_read()?;
        match view.open_table(TEXTS) {
            Ok(table) => Ok(table.get(sequence)?.map(|text| text.value().to_owned())),
            Err(TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
