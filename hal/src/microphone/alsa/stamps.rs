//! Smooth times from a card's rough ones.

use crate::clock::{NANOS_PER_SECOND, nanos_of};

/// An estimate further from the prediction than this is believed: frames were lost, or the card
/// was stopped.
const JUMP_NS: u64 = NANOS_PER_SECOND / 10;

/// A clock that follows a card's estimates without their jitter.
///
/// A card's position comes in bursts, so that times made of it jump to and fro by milliseconds;
/// its sample clock is even. Blocks follow one another by their length, and only the small part
/// of the difference that corresponds to the length of the last block in a second is taken over:
/// a first-order loop with a time constant of one second. A correction is less than a tenth of a
/// block, so times never run backwards.
#[derive(Debug, Clone)]
pub(super) struct Stamps {
    rate_hz: u32,
    /// When the next frame is due, and the length of the block before it.
    next: Option<(u64, u64)>,
}

impl Stamps {
    pub(super) fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            next: None,
        }
    }

    /// When the first frame of the next block was recorded, given the card's own estimate.
    pub(super) fn first_frame(&self, estimate_ns: u64) -> u64 {
        match self.next {
            Some((due_ns, before_ns)) if due_ns.abs_diff(estimate_ns) < JUMP_NS => {
                let share = |difference: u64| {
                    let part = u128::from(difference) * u128::from(before_ns.min(NANOS_PER_SECOND))
                        / u128::from(NANOS_PER_SECOND);
                    u64::try_from(part).unwrap_or(0)
                };
                if estimate_ns > due_ns {
                    due_ns + share(estimate_ns - due_ns)
                } else {
                    due_ns - share(due_ns - estimate_ns)
                }
            }
            Some((due_ns, before_ns)) => estimate_ns.max(due_ns.saturating_sub(before_ns)),
            None => estimate_ns,
        }
    }

    /// Notes that a block whose first frame has this time holds so many frames.
    pub(super) fn read(&mut self, first_ns: u64, frames: usize) {
        let length_ns = nanos_of(frames as u64, u64::from(self.rate_hz));
        self.next = Some((first_ns + length_ns, length_ns));
    }

    /// Forgets the past after an interruption. Returns about how many frames are missing by
    /// `now_ns`, where anything was read before.
    pub(super) fn interrupted(&mut self, now_ns: u64) -> Option<u64> {
        let (due_ns, _) = self.next.take()?;
        let missing = u128::from(now_ns.saturating_sub(due_ns)) * u128::from(self.rate_hz)
            / u128::from(NANOS_PER_SECOND);
        u64::try_from(missing).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Stamps;
    use proptest::prelude::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn follows_a_card_that_runs_a_little_fast() {
        let mut stamps = Stamps::new(48_000);
        let mut worst = 0;
        for block in 0..20_000u64 {
            // Blocks of 4 ms that the card records in 3.9996 ms: 100 ppm.
            let true_ns = 1_000 * MS + block * 3_999_600;
            let first = stamps.first_frame(true_ns);
            worst = worst.max(first.abs_diff(true_ns));
            stamps.read(first, 192);
        }
        assert!(worst < MS / 5, "off by {worst} ns");
    }

    #[test]
    fn a_jump_is_believed_and_an_interruption_counted() {
        let mut stamps = Stamps::new(48_000);
        assert_eq!(stamps.interrupted(0), None);
        stamps.read(1_000 * MS, 48);
        assert_eq!(stamps.first_frame(1_500 * MS), 1_500 * MS);
        assert_eq!(stamps.first_frame(500 * MS), 1_000 * MS);
        assert_eq!(stamps.interrupted(1_002 * MS), Some(48));
        assert_eq!(stamps.first_frame(1_003 * MS), 1_003 * MS);
    }

    proptest! {
        #[test]
        fn jitter_never_turns_time_back(blocks in prop::collection::vec((1usize..400, -30i64..30), 1..200)) {
            let mut stamps = Stamps::new(48_000);
            let mut true_ns = 10_000 * MS;
            let mut before = 0;
            for (frames, jitter_ms) in blocks {
                let estimate = true_ns.saturating_add_signed(jitter_ms * MS as i64);
                let first = stamps.first_frame(estimate);
                prop_assert!(first >= before, "{first} after {before}");
                before = first;
                stamps.read(first, frames);
                true_ns += frames as u64 * 1_000_000_000 / 48_000;
            }
        }
    }
}
