//! What every version of the page has in common, and which version a page is of.

use super::page::{self, Essence};
use super::version_1;
use crate::crystals::SEQUENCE_END;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Bytes of a page; a multiple of every sector size that is written whole.
pub(crate) const PAGE: usize = 4096;
pub(super) const MAGIC: [u8; 8] = *b"TRIUNEES";
pub(super) const CLEAN: u32 = 1;

/// The first bytes of every page. Magic, version and the place of the checksum (the last four bytes)
/// never change, so that every version can tell a newer page from a damaged one.
#[derive(Clone, Copy, FromBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Head {
    magic: [u8; 8],
    version: u32,
    state_bytes: u32,
}

/// What 4096 bytes turn out to be.
#[derive(Debug)]
pub(crate) enum Found {
    /// Never written.
    Empty,
    /// A whole page of ours.
    Whole(Box<WholePage>),
    /// A whole page in a layout that this program does not know.
    OtherLayout { version: u32, state_bytes: u32 },
    /// Torn or altered.
    Damaged,
}

/// What a whole page holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct WholePage {
    pub(crate) version: u32,
    pub(crate) sequence: u64,
    pub(crate) essence: Essence,
    /// Parameters in the page that have no place here or may not have their value any more.
    pub(crate) unrestored: u32,
}

/// The essence in `bytes`, if they are a whole page of a version that is known here. Never panics,
/// whatever the bytes.
#[must_use]
pub fn read_page(bytes: &[u8]) -> Option<Essence> {
    match read(bytes) {
        Found::Whole(page) => Some(page.essence),
        Found::Empty | Found::OtherLayout { .. } | Found::Damaged => None,
    }
}

/// Reads a page of any version; never panics, whatever the bytes.
pub(crate) fn read(bytes: &[u8]) -> Found {
    let Ok((head, _)) = Head::read_from_prefix(bytes) else {
        return Found::Damaged;
    };
    if bytes.len() != PAGE {
        return Found::Damaged;
    }
    if bytes.iter().all(|&byte| byte == 0) {
        return Found::Empty;
    }
    let (content, checksum) = bytes.split_at(PAGE - 4);
    if head.magic != MAGIC || checksum != crc32c::crc32c(content).to_le_bytes() {
        return Found::Damaged;
    }
    let known = match head.version {
        version_1::VERSION => version_1::read(bytes),
        page::VERSION => page::read(bytes),
        _ => None,
    };
    match known {
        // Sealed, but not by this program: counting on would overflow.
        Some(page) if page.sequence >= SEQUENCE_END => Found::Damaged,
        Some(page) => Found::Whole(Box::new(page)),
        None => Found::OtherLayout {
            version: head.version,
            state_bytes: head.state_bytes,
        },
    }
}

/// The checksum of a page.
pub(super) fn checksum(page: &(impl IntoBytes + Immutable)) -> u32 {
    crc32c::crc32c(&page.as_bytes()[..PAGE - 4])
}

/// FNV-1a, 32 bit (Fowler, Noll, Vo; RFC 9923), of a row of sizes and offsets.
pub(super) const fn layout_hash(parts: &[usize]) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    let mut index = 0;
    while index < parts.len() {
        hash = (hash ^ parts[index] as u32).wrapping_mul(0x0100_0193);
        index += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::BootId;
    use crate::essence::EssenceCounters;
    use crate::wear::WearDay;
    use proptest::prelude::*;
    use triune_core::{BeingId, Consent, Parameters, State, Timestamp};

    fn essence() -> Essence {
        Essence {
            state: State::at_rest(BeingId(7)),
            consent: Consent::NONE,
            parameters: Parameters::default(),
            written_unix: 1,
            written: Timestamp(2),
            boot: BootId::UNKNOWN,
            clean: true,
            counters: EssenceCounters::default(),
            wear: WearDay::default(),
        }
    }

    /// The interpreter is a thousand times slower.
    fn config() -> ProptestConfig {
        ProptestConfig {
            cases: if cfg!(miri) { 3 } else { 300 },
            failure_persistence: None,
            ..ProptestConfig::default()
        }
    }

    #[test]
    fn both_versions_are_read() {
        let today = page::seal(&essence(), 5);
        assert_eq!(read_page(today.as_bytes()), Some(essence()));
        let released = version_1::seal(&essence(), 5);
        assert_eq!(read_page(released.as_bytes()), Some(essence()));
        assert!(matches!(read(&[0; PAGE]), Found::Empty));
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn an_altered_page_is_none(released: bool, place in 0..PAGE, mask in 1..=u8::MAX) {
            let mut bytes = if released {
                version_1::seal(&essence(), 5).as_bytes().to_vec()
            } else {
                page::seal(&essence(), 5).as_bytes().to_vec()
            };
            bytes[place] ^= mask;
            prop_assert_eq!(read_page(&bytes), None);
        }

        /// With a right checksum, so that what is behind it is read: any parameters, any counters.
        #[test]
        fn any_sealed_bytes_are_read_without_panic(
            content in prop::collection::vec(any::<u8>(), 0..PAGE), version in 0_u32..4,
        ) {
            let mut bytes = page::seal(&essence(), 5).as_bytes().to_vec();
            bytes[8..12].copy_from_slice(&version.to_le_bytes());
            let free = 24..PAGE - 4;
            let count = content.len().min(free.len());
            bytes[free][..count].copy_from_slice(&content[..count]);
            let checksum = crc32c::crc32c(&bytes[..PAGE - 4]).to_le_bytes();
            bytes[PAGE - 4..].copy_from_slice(&checksum);
            if let Some(found) = read_page(&bytes) {
                let again = page::seal(&found, 6);
                let found = read_page(again.as_bytes()).unwrap();
                let third = page::seal(&found, 6);
                prop_assert_eq!(again.as_bytes(), third.as_bytes());
            }
            let _ = read_page(&content);
        }
    }
}
