//! redb, with immediate durability (its default).

use super::durable::Contender;
use redb::{Database, Durability, TableDefinition};
use std::path::Path;
use triune_memory::crystals::RECORD_BYTES;

const RECORDS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("records");

pub(super) fn contender(folder: &Path) -> Result<Contender, String> {
    let database = Database::create(folder.join("records.redb")).map_err(|e| e.to_string())?;
    let mut key = 0;
    let commit = move || {
        key += 1;
        put(&database, key).map_err(|error| error.to_string())
    };
    Ok(Contender {
        name: "redb",
        version: "4.5".to_owned(),
        durability: "Durability::Immediate",
        commit: Box::new(commit),
    })
}

fn put(database: &Database, key: u64) -> Result<(), redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_durability(Durability::Immediate)?;
    transaction
        .open_table(RECORDS)?
        .insert(key, [key as u8; RECORD_BYTES].as_slice())?;
    transaction.commit()?;
    Ok(())
}
