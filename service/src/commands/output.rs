//! Lines for standard output, which the reader may close at any time: `triune hear x | head -1`.

use super::failure::Failure;
use std::io::{ErrorKind, Write, stdout};

/// Prints a line.
///
/// # Errors
/// [`Failure::ReaderGone`] when nobody reads any more, [`Failure::Failed`] otherwise.
pub(super) fn line(text: &str) -> Result<(), Failure> {
    writeln!(stdout().lock(), "{text}").map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::ReaderGone,
        _ => Failure::failed(error),
    })
}

/// Prints a line where somebody reads; a service goes on where nobody does.
pub(super) fn line_if_open(text: &str) {
    let _ = writeln!(stdout().lock(), "{text}");
}
