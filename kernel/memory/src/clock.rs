//! The clocks that memory stamps its records with.

use rustix::time::{ClockId, clock_gettime};
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};
use triune_core::Timestamp;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

const BOOT_ID_FILE: &str = "/proc/sys/kernel/random/boot_id";

/// Names one boot of the machine, so that monotonic times of two boots are never compared.
#[derive(
    Clone, Copy, Default, PartialEq, Eq, Hash, FromBytes, IntoBytes, KnownLayout, Immutable,
)]
#[repr(transparent)]
pub struct BootId(pub [u8; 16]);

impl BootId {
    /// The machine does not say which boot this is.
    pub const UNKNOWN: Self = Self([0; 16]);

    /// The running boot, as the kernel's `random/boot_id` names it (random(4)).
    #[must_use]
    pub fn current() -> Self {
        std::fs::read_to_string(BOOT_ID_FILE)
            .ok()
            .and_then(|text| Self::parse(text.trim()))
            .unwrap_or(Self::UNKNOWN)
    }

    fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|&character| character != '-').collect();
        if digits.len() != 32 {
            return None;
        }
        u128::from_str_radix(&digits, 16)
            .ok()
            .map(|number| Self(number.to_be_bytes()))
    }
}

impl fmt::Debug for BootId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// Nanoseconds since 1970 on the wall clock; 0 when the clock stands before it.
pub(crate) fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |span| u64::try_from(span.as_nanos()).unwrap_or(u64::MAX))
}

/// Now on the monotonic clock.
pub(crate) fn monotonic_now() -> Timestamp {
    let now = clock_gettime(ClockId::Monotonic);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    let nanoseconds = u64::try_from(now.tv_nsec).unwrap_or(0);
    Timestamp(
        seconds
            .saturating_mul(1_000_000_000)
            .saturating_add(nanoseconds),
    )
}

/// The wall time at which the monotonic clock showed `time`, by the difference of both clocks now.
pub(crate) fn unix_of(time: Timestamp) -> u64 {
    let boot = unix_now().saturating_sub(monotonic_now().0);
    boot.saturating_add(time.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boot_id_is_read_as_a_uuid() {
        let id = BootId::parse("00112233-4455-6677-8899-aabbccddeeff").unwrap();
        assert_eq!(id.0[0], 0x00);
        assert_eq!(id.0[15], 0xff);
        assert_eq!(format!("{id:?}"), "00112233445566778899aabbccddeeff");
        assert_eq!(BootId::parse("0011"), None);
        assert_eq!(BootId::parse("zz112233-4455-6677-8899-aabbccddeeff"), None);
    }
}
