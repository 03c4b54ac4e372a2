//! Told texts on their way into another catalogue.

use super::texts::{TEXT_BYTES, Texts};
use super::words::{Told, belongs};
use super::words_table::{TEXTS, WordsTable, put};
use crate::catalog::{Carried, Catalog, CatalogError};
use crate::crystals::Crystal;
use redb::{ReadTransaction, TableError, WriteTransaction};
use std::ops::ControlFlow;
use triune_core::ToldPercept;

/// The texts that travel with an exported being. Their words are made anew where it arrives.
pub(crate) struct CarriedTexts;

impl Carried for CarriedTexts {
    fn name(&self) -> &'static str {
        "texts"
    }

    fn rows(
        &self,
        view: &ReadTransaction,
        kept_from: u64,
        take: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), CatalogError> {
        let table = match view.open_table(TEXTS) {
            Ok(table) => table,
            Err(TableError::TableDoesNotExist(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        for row in table.range(kept_from..)? {
            let (sequence, text) = row?;
            if take(sequence.value(), text.value().as_bytes()).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn understands(&self, sequence: u64, row: &[u8]) -> bool {
        sequence > 0 && row.len() <= TEXT_BYTES && std::str::from_utf8(row).is_ok()
    }

    fn insert(
        &self,
        change: &WriteTransaction,
        sequence: u64,
        row: &[u8],
    ) -> Result<(), CatalogError> {
        let text = std::str::from_utf8(row).map_err(|_| CatalogError::Row {
            table: self.name(),
            key: sequence,
        })?;
        let told = Told {
            text: text.into(),
            whole: true,
        };
        put(change, sequence, &told)
    }
}

/// Copies what was told at moments of one being to the catalogue of another: each crystal of the giver
/// with its number there. What is known only as the summary quotes it needs no copy.
pub(crate) fn give_texts(
    from: (&Catalog, &Texts),
    to: &Catalog,
    given: &[(Crystal, u64)],
) -> Result<(), CatalogError> {
    let (catalog, texts) = from;
    let stored = WordsTable::new(catalog.clone());
    let mut arriving = Vec::new();
    for (crystal, sequence) in given {
        let text = match texts.of(crystal) {
            Some(text) => Some(text),
            None => stored.text(crystal.sequence())?.map(Into::into),
        };
        let text = text.filter(|text| belongs(text, crystal));
        arriving.extend(text.map(|text| {
            // The giver may itself know no more than the quote.
            let whole = ToldPercept::from_text(&text).fingerprint() == crystal.told();
            (*sequence, Told { text, whole })
        }));
    }
    if arriving.is_empty() {
        return Ok(());
    }
    WordsTable::new(to.clone()).add_given(&arriving)
}
