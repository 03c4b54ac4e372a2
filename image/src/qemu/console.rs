//! The guest's serial console: kept, watched for failures, and shown if asked.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};

const KEPT_LINES: usize = 40;

/// What never appears on the console of a machine that is well.
const FAILURES: &[&str] = &[
    "Kernel panic - not syncing",
    "TRIUNE-BOOT-FAILED",
    "Attempted to kill init",
];

/// Whether the console is shown on the terminal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Echo {
    Hidden,
    /// On standard output, as it comes.
    Shown,
    /// On standard error, which leaves standard output for results.
    Aside,
}

/// The last lines of the console.
#[derive(Clone, Default)]
pub(super) struct Console(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    lines: VecDeque<String>,
    open: Vec<u8>,
    failure: Option<String>,
}

impl Console {
    /// Follows the console until it closes.
    pub(super) fn follow(&self, mut stream: UnixStream, echo: Echo) {
        let console = self.clone();
        std::thread::spawn(move || {
            let mut buffer = [0_u8; 4096];
            while let Ok(count @ 1..) = stream.read(&mut buffer) {
                let bytes = &buffer[..count];
                // A closed terminal is no reason to stop watching.
                let _ = match echo {
                    Echo::Hidden => Ok(()),
                    Echo::Shown => io::stdout()
                        .write_all(bytes)
                        .and_then(|()| io::stdout().flush()),
                    Echo::Aside => io::stderr().write_all(bytes),
                };
                console.take(bytes);
            }
        });
    }

    fn take(&self, bytes: &[u8]) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for &byte in bytes {
            if byte != b'\n' {
                state.open.push(byte);
                continue;
            }
            let line = String::from_utf8_lossy(&state.open).trim_end().to_owned();
            state.open.clear();
            if state.failure.is_none() && FAILURES.iter().any(|mark| line.contains(mark)) {
                state.failure = Some(line.clone());
            }
            if state.lines.len() == KEPT_LINES {
                state.lines.pop_front();
            }
            state.lines.push_back(line);
        }
    }

    /// The line that told of a failure, if one did.
    pub(super) fn failure(&self) -> Option<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .failure
            .clone()
    }

    /// The last lines, with the one that is not finished.
    pub(super) fn tail(&self) -> Vec<String> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines: Vec<_> = state.lines.iter().cloned().collect();
        if !state.open.is_empty() {
            lines.push(String::from_utf8_lossy(&state.open).into_owned());
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_noticed_even_when_it_comes_in_pieces() {
        let console = Console::default();
        console.take(b"[1.0] Kernel pan");
        assert_eq!(console.failure(), None);
        console.take(b"ic - not syncing: VFS\r\n");
        assert_eq!(
            console.failure().unwrap(),
            "[1.0] Kernel panic - not syncing: VFS"
        );
    }

    #[test]
    fn only_the_last_lines_are_kept() {
        let console = Console::default();
        for n in 0..100 {
            console.take(format!("line {n}\r\n").as_bytes());
        }
        console.take(b"half");
        let tail = console.tail();
        assert_eq!(tail.len(), KEPT_LINES + 1);
        assert_eq!(tail[0], "line 60");
        assert_eq!(tail[KEPT_LINES], "half");
    }
}
