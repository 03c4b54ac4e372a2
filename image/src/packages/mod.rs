//! Debian packages for the image and the tests: resolved and checked by apt in a private tree of ours,
//! pinned by lock files, kept by their hash.

mod error;
mod fetch;
mod lock;
mod mirror;
mod resolve;
mod roots;
mod sources;
mod tree;
mod unpack;

pub(crate) use error::PackageError;
pub(crate) use fetch::{Packages, fetch, update_locks};
pub(crate) use mirror::os_release;
pub(crate) use roots::{EMULATOR, EMULATOR_LOCK, IMAGE};
pub(crate) use unpack::{unpack_base, unpack_kernel, unpack_only};
