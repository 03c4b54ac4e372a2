//! Faults that a disk can be made to have.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How a disk misbehaves, until it is healed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreFault {
    /// There is room for so many bytes more; what goes beyond fails with ENOSPC.
    Full {
        /// Bytes that still fit.
        after: u64,
    },
    /// Every so-manieth write fails with EIO; 1 fails them all.
    WriteError {
        /// Writes from one failure to the next.
        every: u64,
    },
    /// Every so-manieth sync fails with EIO; 1 fails them all.
    SyncError {
        /// Syncs from one failure to the next.
        every: u64,
    },
    /// Of each write only so many bytes reach the file; it fails with EIO then.
    Torn {
        /// Bytes that reach the file.
        keep: u64,
    },
    /// Whatever changes the disk fails with EROFS, as after a remount.
    ReadOnly,
    /// Every sync takes so much longer.
    SlowSync {
        /// By how much.
        delay: Duration,
    },
    /// After so many operations more, each one fails with EIO: the cable is pulled.
    Cut {
        /// Operations that still succeed.
        after: u64,
    },
}

/// Why a fault could not be read from text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no fault of a disk: write full, full:BYTES, write-error, write-error:EVERY, sync-error, sync-error:EVERY, torn:BYTES, read-only, slow-sync:MILLISECONDS or cut:OPERATIONS"
)]
pub struct FaultSyntaxError(String);

impl FromStr for StoreFault {
    type Err = FaultSyntaxError;

    fn from_str(text: &str) -> Result<Self, FaultSyntaxError> {
        let wrong = || FaultSyntaxError(text.to_owned());
        let (name, number) = match text.split_once(':') {
            Some((name, number)) => {
                let digits = number.strip_suffix("ms").unwrap_or(number);
                (name, Some(digits.parse::<u64>().map_err(|_| wrong())?))
            }
            None => (text, None),
        };
        let every = match number {
            Some(0) => None,
            number => Some(number.unwrap_or(1)),
        };
        match name {
            "full" => Some(Self::Full {
                after: number.unwrap_or(0),
            }),
            "write-error" => every.map(|every| Self::WriteError { every }),
            "sync-error" => every.map(|every| Self::SyncError { every }),
            "torn" => number.map(|keep| Self::Torn { keep }),
            "read-only" if number.is_none() => Some(Self::ReadOnly),
            "slow-sync" => number.map(|delay| Self::SlowSync {
                delay: Duration::from_millis(delay),
            }),
            "cut" => Some(Self::Cut {
                after: number.unwrap_or(0),
            }),
            _ => None,
        }
        .ok_or_else(wrong)
    }
}

impl fmt::Display for StoreFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full { after } => write!(out, "full:{after}"),
            Self::WriteError { every } => write!(out, "write-error:{every}"),
            Self::SyncError { every } => write!(out, "sync-error:{every}"),
            Self::Torn { keep } => write!(out, "torn:{keep}"),
            Self::ReadOnly => out.write_str("read-only"),
            Self::SlowSync { delay } => write!(out, "slow-sync:{}ms", delay.as_millis()),
            Self::Cut { after } => write!(out, "cut:{after}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_written_and_read() {
        for text in [
            "full:4096",
            "write-error:3",
            "sync-error:1",
            "torn:100",
            "read-only",
            "slow-sync:50ms",
            "cut:7",
        ] {
            let fault: StoreFault = text.parse().unwrap();
            assert_eq!(fault.to_string(), text);
        }
        assert_eq!("full".parse(), Ok(StoreFault::Full { after: 0 }));
        assert_eq!("sync-error".parse(), Ok(StoreFault::SyncError { every: 1 }));
        for text in [
            "",
            "fulll",
            "torn",
            "torn:x",
            "write-error:0",
            "read-only:1",
        ] {
            assert!(text.parse::<StoreFault>().is_err(), "{text}");
        }
    }
}
