//! Counts wrong tokens by address, so that guessing is slow.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Wrong tokens that one address may send at once.
const BURST: f64 = 10.0;
/// How long it takes until one more is allowed.
const REFILL: Duration = Duration::from_secs(3);
/// Addresses remembered; beyond them the one seen longest ago is forgotten.
const ADDRESSES: usize = 1024;

/// What an address may still do.
#[derive(Clone, Copy)]
struct Allowance {
    left: f64,
    at: Instant,
}

/// Wrong tokens by address.
#[derive(Default)]
pub(super) struct FailedTokens {
    addresses: Mutex<HashMap<IpAddr, Allowance>>,
}

impl FailedTokens {
    /// Seconds to wait before this address may present a token again; `None` when it may now.
    pub(super) fn wait(&self, address: IpAddr, now: Instant) -> Option<u64> {
        let addresses = self.lock();
        let allowance = addresses.get(&network(address))?.refilled(now);
        (allowance.left < 1.0).then(|| {
            ((1.0 - allowance.left) * REFILL.as_secs_f64())
                .ceil()
                .max(1.0) as u64
        })
    }

    /// Counts a wrong token.
    pub(super) fn count(&self, address: IpAddr, now: Instant) {
        let mut addresses = self.lock();
        let network = network(address);
        if addresses.len() >= ADDRESSES && !addresses.contains_key(&network) {
            let oldest = addresses.iter().min_by_key(|(_, allowance)| allowance.at);
            if let Some(oldest) = oldest.map(|(network, _)| *network) {
                addresses.remove(&oldest);
            }
        }
        let allowance = addresses.entry(network).or_insert(Allowance {
            left: BURST,
            at: now,
        });
        *allowance = allowance.refilled(now);
        allowance.left = (allowance.left - 1.0).max(0.0);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Allowance>> {
        self.addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Allowance {
    fn refilled(self, now: Instant) -> Self {
        let passed = now.saturating_duration_since(self.at).as_secs_f64() / REFILL.as_secs_f64();
        Self {
            left: (self.left + passed).min(BURST),
            at: now,
        }
    }
}

/// One host commands a whole /64 of IPv6 addresses, so they count together.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(
            address.to_bits() & !u128::from(u64::MAX),
        )),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_wrong_tokens_then_one_every_three_seconds() {
        let failures = FailedTokens::default();
        let (here, there): (IpAddr, IpAddr) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let start = Instant::now();
        for _ in 0..10 {
            assert_eq!(failures.wait(here, start), None);
            failures.count(here, start);
        }
        assert_eq!(failures.wait(here, start), Some(3));
        assert_eq!(failures.wait(there, start), None);
        assert_eq!(failures.wait(here, start + Duration::from_secs(3)), None);
    }

    #[test]
    fn a_flood_of_addresses_takes_no_more_room_than_allowed() {
        let failures = FailedTokens::default();
        let now = Instant::now();
        for number in 0..5_000_u32 {
            failures.count(IpAddr::V4(number.into()), now);
        }
        assert_eq!(failures.lock().len(), ADDRESSES);
    }
}
