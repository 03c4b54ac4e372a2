//! LMDB with its default flags: every commit is synced.

use super::durable::Contender;
use lmdb::{Database, DatabaseFlags, Environment, Transaction, WriteFlags};
use std::path::Path;
use triune_memory::crystals::RECORD_BYTES;

/// Room for all records and then some.
const MAP_BYTES: usize = 64 << 20;

pub(super) fn contender(folder: &Path) -> Result<Contender, String> {
    let folder = folder.join("lmdb");
    std::fs::create_dir(&folder).map_err(|error| error.to_string())?;
    let open = || -> lmdb::Result<(Environment, Database)> {
        let environment = Environment::new().set_map_size(MAP_BYTES).open(&folder)?;
        let database = environment.create_db(None, DatabaseFlags::INTEGER_KEY)?;
        Ok((environment, database))
    };
    let (environment, database) = open().map_err(|error| error.to_string())?;
    let mut key = 0;
    let commit = move || {
        key += 1;
        put(&environment, database, key).map_err(|error| error.to_string())
    };
    Ok(Contender {
        name: "LMDB",
        version: "0.9.24, by lmdb-rkv 0.14".to_owned(),
        durability: "default flags: msync or fdatasync at each commit",
        commit: Box::new(commit),
    })
}

fn put(environment: &Environment, database: Database, key: u64) -> lmdb::Result<()> {
    let mut transaction = environment.begin_rw_txn()?;
    transaction.put(
        database,
        &key.to_ne_bytes(),
        &[key as u8; RECORD_BYTES],
        // Keys grow, as sequence numbers do: its fastest way to insert.
        WriteFlags::APPEND,
    )?;
    transaction.commit()
}
