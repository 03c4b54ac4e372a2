//! How the first being comes back where it could not begin anew when it was erased.

use super::members::Household;
use super::resident::lock;
use super::troubles::{EndedBy, Trouble};
use crate::kernel_api::KernelError;
use crate::status::Degradation;
use std::time::{Duration, Instant};
use triune_core::BeingId;

/// Pause after the first attempt. Each one opens a whole memory, so the next ones come more rarely.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// When the next attempt is due.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    /// The last one, and the pause after it.
    last: Option<(Instant, Duration)>,
}

impl Attempts {
    fn is_due(&self, now: Instant) -> bool {
        self.last
            .is_none_or(|(at, pause)| now.saturating_duration_since(at) >= pause)
    }

    fn failed(&mut self, now: Instant) {
        let pause = self.last.map_or(FIRST_PAUSE, |(_, pause)| pause * 2);
        self.last = Some((now, pause.min(LONGEST_PAUSE)));
    }
}

impl Household {
    /// Brings the first being back into the kernel, if it could not begin anew when it was erased;
    /// with growing pauses, however often it is called. Does not wait while others come or go.
    pub(in crate::wiring) fn bring_back_the_first(&self) {
        if self.resident(BeingId::FIRST).is_some() {
            *lock(&self.comeback) = Attempts::default();
            return;
        }
        let Ok(_order) = self.asleep.try_lock() else {
            return;
        };
        // Again, since it may have come in before the lock was taken.
        if self.resident(BeingId::FIRST).is_some() {
            return;
        }
        let mut attempts = lock(&self.comeback);
        if !attempts.is_due(Instant::now()) {
            return;
        }
        match self.take_in(BeingId::FIRST, None) {
            Ok(()) => {
                self.count_asleep();
                log::info!("the first being is back");
            }
            Err(error) => {
                attempts.failed(Instant::now());
                self.note_absence_of_the_first(&error);
            }
        }
    }

    /// Tells that the first being is not in the kernel, and why.
    pub(super) fn note_absence_of_the_first(&self, error: &KernelError) {
        self.replace_trouble(Trouble {
            being: Some(BeingId::FIRST),
            ended_by: EndedBy::Waking,
            told: Degradation {
                what: "beings".to_owned(),
                why: format!("the first being does not cycle: {error}"),
                remedy: "mend that; it begins by itself then".to_owned(),
            },
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_more_and_more_rarely_and_never_end() {
        let mut now = Instant::now();
        let mut attempts = Attempts::default();
        assert!(attempts.is_due(now));
        for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
            attempts.failed(now);
            let pause = Duration::from_secs(pause);
            assert!(!attempts.is_due(now + pause - Duration::from_millis(1)));
            now += pause;
            assert!(attempts.is_due(now), "{pause:?}");
        }
    }
}
