//! Patterns that the recogniser was not taught: found, kept apart, and named by the user.
//!
//! [`Patterns`] has no clock and no disk of its own. It gathers what it is offered into
//! [`Segment`]s of 12 seconds, passes over those that [`Known`] knows, and clusters the rest by
//! their signatures (leader clustering; Hartigan 1975, Clustering Algorithms, chapter 3). A pattern
//! is told once it has come three times and lasted a minute in all.
//!
//! A being's patterns lie in its own folder ([`PATTERNS_FILE`]), so that they are erased and
//! exported with it. The caller must not call [`Patterns::store`] nor [`Patterns::observe`] while
//! it may not remember; to forget all, it stores [`Patterns::default`] after removing the file.

mod cluster;
mod discovery;
mod file;
mod known;
mod observation;
mod segment;

pub use discovery::{LONGEST_NAME, NameError, Pattern, PatternEvent, Patterns};
pub use file::{OpenedPatterns, PATTERNS_FILE, PatternsFileError, PatternsFormatError};
pub use known::{Known, KnownError};
pub use observation::Observation;
pub use segment::{
    SEGMENT_INTERVAL, SEGMENT_SAMPLES, SIGNATURE_LENGTH, Segment, Segments, TRACE_LENGTH,
};
