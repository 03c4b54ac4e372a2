//! Looking at an essence without opening its file for writing, and carrying it elsewhere.

use super::file::NAME;
use super::head::{Found, PAGE, read};
use super::page::{Essence, seal};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use zerocopy::IntoBytes;

/// Bytes of a packed essence.
pub(crate) const BYTES: usize = PAGE;

/// What an essence file, or a packed essence, turns out to be.
#[derive(Debug)]
pub(crate) enum Looked {
    /// There is none.
    Nothing,
    /// The newest whole one.
    Whole(Box<Essence>),
    /// Written with another layout, by a newer or an older version.
    OtherLayout { version: u32, state_bytes: u32 },
    /// No page is whole.
    Damaged,
}

/// The newest durable essence in `directory`, while its being runs or not.
pub(crate) fn look(directory: &Path) -> io::Result<Looked> {
    // Its writer may be at one page and come to the other while we read; not so twice.
    let mut looked = look_once(directory)?;
    if matches!(looked, Looked::Damaged) {
        looked = look_once(directory)?;
    }
    Ok(looked)
}

fn look_once(directory: &Path) -> io::Result<Looked> {
    let file = match File::open(directory.join(NAME)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Looked::Nothing),
        Err(error) => return Err(error),
    };
    // What is read must not be newer than what a power cut would leave.
    file.sync_data()?;
    let mut newest: Option<(u64, Box<Essence>)> = None;
    for index in 0..2 {
        let mut bytes = [0; PAGE];
        match file.read_exact_at(&mut bytes, index * PAGE as u64) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => continue,
            other => other?,
        }
        match read(&bytes) {
            Found::Whole(page) => {
                if newest
                    .as_ref()
                    .is_none_or(|(best, _)| page.sequence > *best)
                {
                    newest = Some((page.sequence, Box::new(page.essence)));
                }
            }
            Found::OtherLayout {
                version,
                state_bytes,
            } => {
                return Ok(Looked::OtherLayout {
                    version,
                    state_bytes,
                });
            }
            Found::Empty | Found::Damaged => {}
        }
    }
    Ok(newest.map_or(Looked::Damaged, |(_, essence)| Looked::Whole(essence)))
}

/// The essence as a page of its own.
pub(crate) fn pack(essence: &Essence) -> Vec<u8> {
    seal(essence, 1).as_bytes().to_vec()
}

/// Reads a packed essence; never panics, whatever the bytes.
pub(crate) fn unpack(bytes: &[u8]) -> Looked {
    match read(bytes) {
        Found::Whole(page) => Looked::Whole(Box::new(page.essence)),
        Found::OtherLayout {
            version,
            state_bytes,
        } => Looked::OtherLayout {
            version,
            state_bytes,
        },
        Found::Empty | Found::Damaged => Looked::Damaged,
    }
}
