//! Says on standard error what is going on: a moving line on a terminal, plain lines in a log.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Work below this stays one quiet line.
const WORTH_A_TIME: Duration = Duration::from_millis(50);

/// One piece of work under way. Dropped without [`Step::done`], it leaves no line behind.
pub(crate) struct Step {
    bar: ProgressBar,
    name: String,
    began: Instant,
}

/// Begins a piece of work.
pub(crate) fn step(name: impl Into<String>) -> Step {
    let name = name.into();
    let bar = ProgressBar::new_spinner();
    if let Ok(style) =
        ProgressStyle::with_template("  {spinner} {prefix} {elapsed} {wide_msg:.dim}")
    {
        bar.set_style(style.tick_chars("-\\|/ "));
    }
    bar.set_prefix(name.clone());
    if bar.is_hidden() {
        eprintln!("  ... {name}");
    } else {
        bar.enable_steady_tick(Duration::from_millis(120));
    }
    Step {
        bar,
        name,
        began: Instant::now(),
    }
}

impl Step {
    /// Shows a detail beside the name.
    pub(crate) fn detail(&self, text: impl Into<Cow<'static, str>>) {
        self.bar.set_message(text);
    }

    /// Ends the work well; `outcome` says what came of it.
    pub(crate) fn done(self, outcome: &str) {
        let took = self.began.elapsed();
        let time = if took < WORTH_A_TIME {
            String::new()
        } else {
            format!(" ({:.1} s)", took.as_secs_f64())
        };
        self.bar.finish_and_clear();
        eprintln!("  ok  {}: {outcome}{time}", self.name);
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A remark that stays on the screen.
pub(crate) fn note(text: &str) {
    eprintln!("  note: {text}");
}
