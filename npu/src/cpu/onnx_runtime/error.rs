//! Why ONNX Runtime cannot be used.

use super::provider::Provider;
use std::io;
use std::path::PathBuf;

/// Why ONNX Runtime cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OnnxRuntimeError {
    /// There is no such file.
    #[error("{} is not there: install ONNX Runtime or correct the path", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("{} cannot be read: {reason}; correct its permissions", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        reason: io::Error,
    },
    /// The file is no shared library.
    #[error("{} is no shared library: give the file libonnxruntime.so", path.display())]
    NotALibrary {
        /// Which file.
        path: PathBuf,
    },
    /// The library was made for another processor.
    #[error("{} is for {found}, this program for {here}: install the package for {here}", path.display())]
    OtherMachine {
        /// Which file.
        path: PathBuf,
        /// For what it was made.
        found: String,
        /// For what this program was made.
        here: &'static str,
    },
    /// The system's loader refused it: it is damaged, or lacks a library that it needs.
    #[error("{} cannot be loaded: {reason}; install what it needs, or install it again", path.display())]
    NotLoadable {
        /// Which file.
        path: PathBuf,
        /// What the loader said.
        reason: String,
    },
    /// It is another library.
    #[error("{} is a library, but not ONNX Runtime: it has no {symbol}", path.display())]
    Foreign {
        /// Which file.
        path: PathBuf,
        /// What is missing in it.
        symbol: &'static str,
    },
    /// Its version is none that this program can drive.
    #[error(
        "{} is ONNX Runtime {version}, this program drives 1.{oldest} and newer of major version 1: \
         install one of these",
        path.display()
    )]
    WrongVersion {
        /// Which file.
        path: PathBuf,
        /// What it says that it is.
        version: String,
        /// The oldest minor version.
        oldest: u32,
    },
    /// Its version is known to compute wrong results here.
    #[error("{} is ONNX Runtime {version}, which {fault}: install a newer one", path.display())]
    FaultyVersion {
        /// Which file.
        path: PathBuf,
        /// What it says that it is.
        version: String,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// This process has loaded another one, and can have only one.
    #[error(
        "{} is not taken, as this process has loaded {}: start the program again to change the library",
        path.display(), loaded.display()
    )]
    OtherInUse {
        /// Which file was asked for.
        path: PathBuf,
        /// Which one is in use.
        loaded: PathBuf,
    },
    /// The library failed while it was started.
    #[error("{} does not start: {reason}; install another version", path.display())]
    DoesNotStart {
        /// Which file.
        path: PathBuf,
        /// What it said.
        reason: String,
    },
    /// The library was built without this provider.
    #[error("{} was built without {provider}: install a build that has it", path.display())]
    NoProvider {
        /// Which file.
        path: PathBuf,
        /// What was wanted.
        provider: Provider,
    },
    /// The provider is in the library and cannot be used here.
    #[error("{provider} of {} cannot be used: {reason}; install its driver, or compute on the CPU", path.display())]
    ProviderFails {
        /// Which library.
        path: PathBuf,
        /// What was wanted.
        provider: Provider,
        /// What it said.
        reason: String,
    },
}
