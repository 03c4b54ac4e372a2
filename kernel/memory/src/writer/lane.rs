//! What goes wrong when writing, and when to try again.

use crate::clock::unix_now;
use crate::crystals::AppendError;
use crate::essence::EssenceError;
use rustix::io::Errno;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What is done to the disk; each fails and recovers apart from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Kept moments.
    Crystals,
    /// The running state.
    Essence,
    /// Old segments, which are removed.
    Retention,
}

impl fmt::Display for Lane {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Crystals => "crystals",
            Self::Essence => "essence",
            Self::Retention => "retention",
        })
    }
}

/// Why writing does not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum DegradedCause {
    /// The disk, the quota or the file size limit is used up.
    NoSpace = 1,
    /// The file system is mounted read-only, as it is after errors.
    ReadOnly = 2,
    /// The disk reports errors.
    InputOutput = 3,
    /// Segment numbers are used up.
    Exhausted = 4,
    /// Something else; see the error number.
    Other = 5,
}

impl DegradedCause {
    fn from_number(number: u32) -> Option<Self> {
        [
            Self::NoSpace,
            Self::ReadOnly,
            Self::InputOutput,
            Self::Exhausted,
            Self::Other,
        ]
        .into_iter()
        .find(|cause| *cause as u32 == number)
    }

    fn of(error: &io::Error) -> Self {
        match Errno::from_io_error(error) {
            Some(Errno::NOSPC | Errno::DQUOT | Errno::FBIG) => Self::NoSpace,
            Some(Errno::ROFS) => Self::ReadOnly,
            Some(Errno::IO) => Self::InputOutput,
            _ => Self::Other,
        }
    }
}

/// A failure to write that lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Degradation {
    /// Why.
    pub cause: DegradedCause,
    /// Number of the system's error; nothing when it was not the system.
    pub errno: Option<i32>,
    /// Wall time of the first failure, in nanoseconds since 1970.
    pub since_unix: u64,
    /// Attempts that failed since.
    pub failures: u32,
}

impl fmt::Display for Degradation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let advice = match self.cause {
            DegradedCause::NoSpace => "no space left: free some, or move the data directory",
            DegradedCause::ReadOnly => {
                "the file system is read-only: check the disk and remount it"
            }
            DegradedCause::InputOutput => "the disk reports errors: save the data and replace it",
            DegradedCause::Exhausted => "segment numbers are used up: export the being, begin anew",
            DegradedCause::Other => "writing fails: see the log",
        };
        formatter.write_str(advice)?;
        match self.errno {
            Some(errno) => write!(formatter, " ({})", io::Error::from_raw_os_error(errno)),
            None => Ok(()),
        }
    }
}

/// A degradation as other threads read it, without a lock.
#[derive(Debug, Default)]
pub(crate) struct SharedDegradation {
    cause: AtomicU32,
    errno: AtomicI32,
    since: AtomicU64,
    failures: AtomicU32,
}

impl SharedDegradation {
    pub(crate) fn load(&self) -> Option<Degradation> {
        let failures = self.failures.load(Ordering::Acquire);
        let cause = DegradedCause::from_number(self.cause.load(Ordering::Relaxed))?;
        let errno = self.errno.load(Ordering::Relaxed);
        (failures > 0).then(|| Degradation {
            cause,
            errno: (errno != 0).then_some(errno),
            since_unix: self.since.load(Ordering::Relaxed),
            failures,
        })
    }

    fn fail(&self, cause: DegradedCause, errno: Option<i32>) -> u32 {
        let failures = self.failures.load(Ordering::Relaxed).saturating_add(1);
        if failures == 1 {
            self.since.store(unix_now(), Ordering::Relaxed);
        }
        self.cause.store(cause as u32, Ordering::Relaxed);
        self.errno.store(errno.unwrap_or(0), Ordering::Relaxed);
        self.failures.store(failures, Ordering::Release);
        failures
    }

    fn succeed(&self) -> u32 {
        self.failures.swap(0, Ordering::Release)
    }
}

/// Something that can make a lane degraded.
pub(crate) trait Failure: fmt::Display {
    fn system(&self) -> Option<&io::Error>;
}

impl Failure for AppendError {
    fn system(&self) -> Option<&io::Error> {
        self.source_error()
    }
}

impl Failure for EssenceError {
    fn system(&self) -> Option<&io::Error> {
        Some(self.source_error())
    }
}

/// When a lane may be tried again: at once while all is well, after a growing wait otherwise.
#[derive(Debug)]
pub(crate) struct Retry {
    lane: Lane,
    first: Duration,
    longest: Duration,
    wait: Duration,
    not_before: Option<Instant>,
}

impl Retry {
    pub(crate) fn new(lane: Lane, first: Duration, longest: Duration) -> Self {
        Self {
            lane,
            first,
            longest,
            wait: first,
            not_before: None,
        }
    }

    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.not_before.is_none_or(|instant| now >= instant)
    }

    /// How long nothing may be tried.
    pub(crate) fn left(&self, now: Instant) -> Duration {
        self.not_before.map_or(Duration::ZERO, |instant| {
            instant.saturating_duration_since(now)
        })
    }

    /// Takes note of how an attempt went.
    pub(crate) fn note<T, E: Failure>(
        &mut self,
        result: &Result<T, E>,
        shared: &SharedDegradation,
        now: Instant,
    ) {
        match result {
            Ok(_) => {
                self.not_before = None;
                self.wait = self.first;
                let failures = shared.succeed();
                if failures > 0 {
                    log::info!(
                        "memory: {} works again after {failures} failures",
                        self.lane
                    );
                }
            }
            Err(error) => {
                let (cause, errno) = match error.system() {
                    Some(error) => (DegradedCause::of(error), error.raw_os_error()),
                    None => (DegradedCause::Exhausted, None),
                };
                let failures = shared.fail(cause, errno);
                if failures == 1 {
                    log::warn!("memory: {} degraded: {error}", self.lane);
                }
                self.not_before = Some(now + self.wait);
                self.wait = self.wait.saturating_mul(2).min(self.longest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_with_success() {
        let shared = SharedDegradation::default();
        let (first, longest) = (Duration::from_millis(10), Duration::from_millis(35));
        let mut retry = Retry::new(Lane::Crystals, first, longest);
        let start = Instant::now();
        assert!(retry.is_due(start));
        assert_eq!(shared.load(), None);
        for expected in [10, 20, 35, 35] {
            let failure: Result<(), _> = Err(AppendError::Create {
                path: "segment".into(),
                source: Errno::NOSPC.into(),
            });
            retry.note(&failure, &shared, start);
            let wait = Duration::from_millis(expected);
            assert!(!retry.is_due(start + wait - Duration::from_millis(1)));
            assert!(retry.is_due(start + wait));
        }
        let degradation = shared.load().unwrap();
        assert_eq!(degradation.cause, DegradedCause::NoSpace);
        assert_eq!(degradation.failures, 4);
        assert!(degradation.to_string().contains("no space left"));
        retry.note(&Ok::<_, AppendError>(()), &shared, start);
        assert_eq!(shared.load(), None);
        assert!(retry.is_due(start));
    }
}
