//! Which version of the runtime was found, and whether this crate speaks with it.

use std::sync::atomic::Ordering;

use crate::library::Library;

/// The major version whose structures `rknpu2-sys` describes.
const MAJOR: u32 = 2;

/// The versions of the runtime library and of the kernel driver, as `RKNN_QUERY_SDK_VERSION` gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SdkVersion {
    /// The library's, e.g. `2.3.2 (429f97ae6b@2025-04-09T09:09:27)`.
    pub api: String,
    /// The driver's, e.g. `0.9.8`.
    pub driver: String,
}

/// The numbers of a library's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiVersion {
    /// Changes when structures do.
    pub major: u32,
    /// Changes when functions are added.
    pub minor: u32,
    /// Changes when faults are mended.
    pub patch: u32,
}

/// Why a library's version is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// Older than the structures that this crate uses.
    #[error(
        "the NPU runtime is of version {found}: install librknnrt.so of version {MAJOR}, 2.3.2 is known to do"
    )]
    TooOld {
        /// What the library says.
        found: String,
    },
    /// Newer than them.
    #[error(
        "the NPU runtime is of version {found}, newer than the version {MAJOR} that this program knows: \
         install version {MAJOR}, or accept newer ones (accept_newer_major) at your own risk"
    )]
    TooNew {
        /// What the library says.
        found: String,
    },
    /// What the library says is no version.
    #[error(
        "the NPU runtime says that its version is '{found}', which is none: install librknnrt.so of version {MAJOR}"
    )]
    Unreadable {
        /// What the library says.
        found: String,
    },
}

impl ApiVersion {
    /// The three numbers at the start of a library's version, or nothing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let numbers = text.split([' ', '(']).next()?;
        let mut parts = numbers.split('.').map(str::parse::<u32>);
        let version = Self {
            major: parts.next()?.ok()?,
            minor: parts.next()?.ok()?,
            patch: parts.next().unwrap_or(Ok(0)).ok()?,
        };
        parts.next().is_none().then_some(version)
    }
}

impl std::fmt::Display for ApiVersion {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl SdkVersion {
    /// Whether this crate speaks with such a library.
    ///
    /// # Errors
    /// [`VersionError`] saying what is wrong with it.
    pub fn check(&self) -> Result<ApiVersion, VersionError> {
        let found = || self.api.clone();
        match ApiVersion::parse(&self.api) {
            None => Err(VersionError::Unreadable { found: found() }),
            Some(version) if version.major < MAJOR => Err(VersionError::TooOld { found: found() }),
            Some(version) if version.major > MAJOR => Err(VersionError::TooNew { found: found() }),
            Some(version) => Ok(version),
        }
    }

    /// As [`SdkVersion::check`], by the options that the library was opened with.
    pub(crate) fn check_for(&self, library: &Library) -> Result<(), VersionError> {
        match self.check() {
            Err(VersionError::TooNew { found }) if library.options.accept_newer_major => {
                if !library.told_of_newer.swap(true, Ordering::Relaxed) {
                    log::warn!(
                        "NPU runtime {found} is newer than what this program knows and was accepted by its settings"
                    );
                }
                Ok(())
            }
            other => other.map(|_| ()),
        }
    }
}
