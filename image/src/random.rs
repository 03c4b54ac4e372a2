//! Chance: from the system for secrets and seeds, from a seed for what must be repeatable.

use std::fs::File;
use std::io::{self, Read};

/// Sixteen random bytes as hexadecimal digits: a token for one boot.
pub(crate) fn token() -> io::Result<String> {
    Ok(crate::store::hex(&system_bytes::<16>()?))
}

/// A seed from the system.
pub(crate) fn seed() -> io::Result<u64> {
    system_bytes().map(u64::from_le_bytes)
}

fn system_bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Repeatable chance: SplitMix64 (Steele, Lea and Flood, 2014).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` up to and including `high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        let span = high.saturating_sub(low).saturating_add(1);
        // The remainder's bias is far below anything seen here: spans are tiny beside 2^64.
        low + self.next() % span
    }

    /// One of several things.
    pub(crate) fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        let last = u64::try_from(things.len().checked_sub(1)?).ok()?;
        things.get(usize::try_from(self.between(0, last)).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_are_long() {
        let (one, other) = (token().unwrap(), token().unwrap());
        assert_eq!(one.len(), 32);
        assert_ne!(one, other);
    }

    #[test]
    fn the_same_seed_gives_the_same_chance_within_bounds() {
        let draw = |seed| {
            let mut chance = Chance::new(seed);
            (0..100).map(|_| chance.between(3, 8)).collect::<Vec<_>>()
        };
        assert_eq!(draw(5), draw(5));
        assert_ne!(draw(5), draw(6));
        assert!(draw(5).iter().all(|n| (3..=8).contains(n)));
        assert!((3..=8).all(|n| draw(5).contains(&n)));
    }
}
