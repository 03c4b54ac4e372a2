//! The vendor's runtime library, found and loaded while the program runs.

use std::ffi::{CStr, c_char};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::bindings::rknn;
use crate::error::OpenError;
use crate::symbols::{Call, SYMBOLS, Use};

/// What the soft runtime exports and the vendor's does not: its name, as a C string that never ends.
const SOFT_RUNTIME: &[u8] = b"triune_soft_runtime\0";

/// How a library is opened.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenOptions {
    /// Use a library of a newer major version than this crate was written for: its structures may be
    /// laid out differently, and then memory is overwritten.
    pub accept_newer_major: bool,
}

/// A runtime library that has every function without which nothing can be computed.
///
/// It is never closed: libraries that keep thread-local variables may crash when they are
/// (rust-lang/rust issue 91979), and the vendor's keeps threads.
pub struct Library {
    pub(crate) functions: ManuallyDrop<rknn>,
    path: PathBuf,
    soft_runtime: Option<String>,
    failed_releases: AtomicU64,
    pub(crate) options: OpenOptions,
    pub(crate) told_of_newer: AtomicBool,
}

impl Library {
    /// The vendor's name of the library, for the system's own search.
    pub const NAME: &'static str = "librknnrt.so";

    /// Loads the library at `path`; a bare name is sought where the system keeps libraries.
    ///
    /// Its code runs in this process from here on, so the file must be as trusted as the program.
    ///
    /// # Errors
    /// [`OpenError`] if there is no such file, it cannot be loaded, or it lacks a function that is needed.
    pub fn open(path: impl AsRef<Path>) -> Result<Arc<Self>, OpenError> {
        Self::open_with(path, OpenOptions::default())
    }

    /// As [`Library::open`].
    ///
    /// # Errors
    /// As [`Library::open`].
    pub fn open_with(path: impl AsRef<Path>, options: OpenOptions) -> Result<Arc<Self>, OpenError> {
        let path = path.as_ref();
        let is_bare = path.components().count() == 1 && path.is_relative();
        if !is_bare && !path.exists() {
            return Err(OpenError::Absent { path: path.into() });
        }
        let unloadable = |source| OpenError::Unloadable {
            path: path.into(),
            source,
        };
        // SAFETY: the caller trusts the file, as this function's documentation asks.
        let loaded = unsafe { libloading::Library::new(path) }.map_err(unloadable)?;
        let soft_runtime = soft_runtime_of(&loaded);
        // SAFETY: looks names up, runs nothing; each name's type is that of the vendor's interface.
        let functions = unsafe { rknn::from_library(loaded) }.map_err(unloadable)?;
        let library = Self {
            functions: ManuallyDrop::new(functions),
            path: path.into(),
            soft_runtime,
            failed_releases: AtomicU64::new(0),
            options,
            told_of_newer: AtomicBool::new(false),
        };
        let mut missing = library.missing();
        missing.retain(|call| matches!(call.symbol().used, Use::Needed { .. }));
        if missing.is_empty() {
            Ok(Arc::new(library))
        } else {
            Err(OpenError::NotUsable {
                path: path.into(),
                missing,
            })
        }
    }

    /// Where it was loaded from.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The functions of the interface that this library does not have.
    #[must_use]
    pub fn missing(&self) -> Vec<Call> {
        SYMBOLS
            .iter()
            .filter(|symbol| !(symbol.present)(&self.functions))
            .map(|symbol| symbol.call)
            .collect()
    }

    /// The name of our own soft runtime, if this library is it and not the vendor's.
    #[must_use]
    pub fn soft_runtime(&self) -> Option<&str> {
        self.soft_runtime.as_deref()
    }

    /// How often the library failed to release a context, a memory or outputs: each may be a leak.
    #[must_use]
    pub fn failed_releases(&self) -> u64 {
        self.failed_releases.load(Ordering::Relaxed)
    }

    /// Counts and logs a release's return code.
    pub(crate) fn note_release(&self, call: Call, code: i32) {
        if code != 0 {
            self.failed_releases.fetch_add(1, Ordering::Relaxed);
            log::warn!(
                "{call} gave {code}: what it should release may be lost until the process ends"
            );
        }
    }
}

impl std::fmt::Debug for Library {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Library")
            .field("path", &self.path)
            .field("soft_runtime", &self.soft_runtime)
            .field("missing", &self.missing())
            .finish_non_exhaustive()
    }
}

fn soft_runtime_of(library: &libloading::Library) -> Option<String> {
    type Name = unsafe extern "C" fn() -> *const c_char;
    // SAFETY: only our soft runtime exports this name, with this type.
    let name = unsafe { library.get::<Name>(SOFT_RUNTIME) }.ok()?;
    // SAFETY: it takes nothing and only returns a constant.
    let text = unsafe { name() };
    if text.is_null() {
        return None;
    }
    // SAFETY: not null, ended by NUL and never released, as its documentation says.
    let text = unsafe { CStr::from_ptr(text) };
    Some(text.to_string_lossy().into_owned())
}

/// The function `$function` of a library, or the error that says which is missing.
macro_rules! function {
    ($library:expr, $function:ident, $call:ident) => {
        $library.functions.$function.as_ref().copied().map_err(|_| {
            $crate::error::Error::MissingSymbol {
                call: $crate::symbols::Call::$call,
            }
        })
    };
}
pub(crate) use function;
