//! What a being gave to others and what it was given.

use super::opening::look_for;
use super::rows::{Rows, append, newest, newest_first};
use super::{Catalog, CatalogError};
use crate::clock::unix_now;
use redb::TableDefinition;
use std::collections::HashSet;
use std::path::Path;
use triune_core::BeingId;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

pub(crate) const BRIDGE: Rows = TableDefinition::new("bridge");

/// Which way crystals went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Direction {
    /// To the other being.
    Given = 1,
    /// From the other being.
    Received = 2,
}

/// The numbers of one crystal in two memories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct Pair {
    /// Its sequence number in this being's memory.
    pub own: u64,
    /// Its sequence number in the other being's memory.
    pub other: u64,
}

/// Crystals that crossed the bridge together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// Its number in this being's log, from 1 up.
    pub number: u64,
    /// Wall time, in nanoseconds since 1970.
    pub unix: u64,
    /// Which way.
    pub direction: Direction,
    /// The other being.
    pub peer: BeingId,
    /// The crystals.
    pub crystals: Vec<Pair>,
}

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Head {
    unix: u64,
    peer: BeingId,
    direction: u32,
    reserved: u32,
}

fn read(number: u64, bytes: &[u8]) -> Option<Crossing> {
    let (head, rest) = Head::read_from_prefix(bytes).ok()?;
    let direction = [Direction::Given, Direction::Received]
        .into_iter()
        .find(|direction| *direction as u32 == head.direction)?;
    let (pairs, left) = rest.as_chunks::<{ size_of::<Pair>() }>();
    left.is_empty().then(|| Crossing {
        number,
        unix: head.unix,
        direction,
        peer: head.peer,
        crystals: pairs
            .iter()
            .map(|&pair| zerocopy::transmute!(pair))
            .collect(),
    })
}

/// Whether a row is one of this table.
pub(crate) fn understands(key: u64, row: &[u8]) -> bool {
    key > 0 && read(key, row).is_some()
}

fn understood(number: u64, bytes: &[u8]) -> Result<Crossing, CatalogError> {
    read(number, bytes).ok_or(CatalogError::Row {
        table: "bridge",
        key: number,
    })
}

/// [`Catalog::crossings`] of the catalogue at `path`, as far as it can be read without writing.
pub(crate) fn look_at_crossings(path: &Path, limit: usize) -> Option<Vec<Crossing>> {
    look_for(path, |view| newest(view, BRIDGE, limit, understood))
}

impl Catalog {
    /// The newest `limit` entries of the bridge log, newest first.
    ///
    /// # Errors
    /// See [`CatalogError`].
    pub fn crossings(&self, limit: usize) -> Result<Vec<Crossing>, CatalogError> {
        newest(&self.begin_read()?, BRIDGE, limit, understood)
    }

    /// Logs `crystals` as one crossing, durably.
    pub(crate) fn log_crossing(
        &self,
        direction: Direction,
        peer: BeingId,
        crystals: &[Pair],
    ) -> Result<(), CatalogError> {
        if crystals.is_empty() {
            return Ok(());
        }
        let head = Head {
            unix: unix_now(),
            peer,
            direction: direction as u32,
            reserved: 0,
        };
        let mut row = head.as_bytes().to_vec();
        row.extend_from_slice(crystals.as_bytes());
        let change = self.begin_write()?;
        append(&change, BRIDGE, &row)?;
        Ok(change.commit()?)
    }

    /// Which of `crystals` the log says went `direction`, and to or from whom.
    pub(crate) fn logged(
        &self,
        direction: Direction,
        crystals: &[Pair],
    ) -> Result<HashSet<(BeingId, Pair)>, CatalogError> {
        let asked: HashSet<u64> = crystals.iter().map(|pair| pair.own).collect();
        let mut found = HashSet::new();
        if asked.is_empty() {
            return Ok(found);
        }
        newest_first(&self.begin_read()?, BRIDGE, |number, bytes| {
            let crossing = understood(number, bytes)?;
            if crossing.direction == direction {
                let hits = crossing
                    .crystals
                    .iter()
                    .filter(|pair| asked.contains(&pair.own));
                found.extend(hits.map(|&pair| (crossing.peer, pair)));
            }
            Ok(true)
        })?;
        Ok(found)
    }
}
