//! Counts tests in what `cargo test` prints.

use std::fmt;
use std::ops::AddAssign;

/// How many passed, failed and did not run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
    /// Ignored ones, those left out by name, and those that said `skipped:` because something was missing.
    pub(super) skipped: u64,
    /// Of `passed` as the test runner counts, those that said `skipped:`.
    said_skipped: u64,
    /// Whether the test whose output is being read said so; nothing where outputs run together.
    saying: Option<bool>,
}

impl Tally {
    /// A check that passed or failed as a whole.
    pub(super) fn check(passed: bool) -> Self {
        Self {
            passed: u64::from(passed),
            failed: u64::from(!passed),
            ..Self::default()
        }
    }

    /// A whole suite that did not run.
    pub(super) fn skip() -> Self {
        Self::skips(1)
    }

    /// So many things that do not run.
    pub(super) fn skips(count: usize) -> Self {
        Self {
            skipped: count as u64,
            ..Self::default()
        }
    }

    /// Reads one line of output.
    pub(super) fn line(&mut self, line: &str) {
        let line = line.trim();
        if let Some(result) = line.strip_prefix("test result: ") {
            self.saying = None;
            self.passed += number_before(result, " passed");
            self.failed += number_before(result, " failed");
            self.skipped += number_before(result, " ignored");
            self.skipped += number_before(result, " filtered out");
        } else if line.starts_with("---- ") && line.ends_with(" stdout ----") {
            self.saying = Some(false);
        } else if line.starts_with("skipped:") {
            // A test of properties says it for each of its cases.
            if self.saying != Some(true) {
                self.said_skipped += 1;
            }
            self.saying = self.saying.map(|_| true);
        }
    }

    /// The final count of a command that must have run tests: none at all is a failure.
    pub(super) fn finish_tests(self, succeeded: bool) -> Self {
        let tally = self.finish(succeeded);
        if tally.passed + tally.failed + tally.skipped == 0 {
            return Self::check(false);
        }
        tally
    }

    /// The final count; a command that failed without a failed test counts as one failure.
    pub(super) fn finish(mut self, succeeded: bool) -> Self {
        let moved = self.said_skipped.min(self.passed);
        self.passed -= moved;
        self.skipped += moved;
        self.said_skipped = 0;
        self.saying = None;
        if !succeeded && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.said_skipped += other.said_skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

/// The number that stands right before a word.
fn number_before(text: &str, word: &str) -> u64 {
    text.split(word)
        .next()
        .and_then(|before| before.rsplit(' ').next())
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str, succeeded: bool) -> Tally {
        let mut tally = Tally::default();
        text.lines().for_each(|line| tally.line(line));
        tally.finish(succeeded)
    }

    #[test]
    fn results_of_several_programs_are_added() {
        let text = "running 3 tests\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 4 filtered out\n";
        assert_eq!(
            count(text, false).to_string(),
            "13 passed, 2 failed, 5 skipped"
        );
    }

    #[test]
    fn a_test_that_says_skipped_did_not_pass() {
        let text = "---- a stdout ----\nskipped: no sound card\n\n\
            test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(
            count(text, true).to_string(),
            "1 passed, 0 failed, 1 skipped"
        );
    }

    #[test]
    fn a_test_that_says_skipped_for_each_of_its_cases_is_one_test() {
        let text = "---- a stdout ----\nskipped: x\nskipped: x\nskipped: x\n\n\
            ---- b stdout ----\nskipped: x\n\n\
            test result: ok. 9 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
            skipped: y\nskipped: z\n\
            test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(
            count(text, true).to_string(),
            "9 passed, 0 failed, 4 skipped"
        );
    }

    #[test]
    fn a_build_that_broke_is_a_failure() {
        assert_eq!(
            count("error: could not compile", false).to_string(),
            "0 passed, 1 failed, 0 skipped"
        );
    }
}
