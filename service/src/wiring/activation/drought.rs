//! When a worker has answered nothing for so long that another kind is to take its place.

use std::time::{Duration, Instant};

/// How long there may be nothing but faults: three starts of a worker that take as long as they may.
const LONGEST: Duration = Duration::from_secs(30);
/// Faults further apart do not belong together: nothing was asked between them.
const APART: Duration = Duration::from_secs(5);

/// Faults since the last answer.
#[derive(Debug, Default)]
pub(super) struct Drought {
    /// When the first and the last of them were.
    faults: Option<(Instant, Instant)>,
}

impl Drought {
    /// There was an answer.
    pub(super) fn answered(&mut self) {
        self.faults = None;
    }

    /// There was a fault of the worker or of the model in it; whether it lasts too long.
    pub(super) fn failed(&mut self, now: Instant) -> bool {
        let going_on = self.faults.filter(|&(_, last)| now - last <= APART);
        let (first, _) = *self
            .faults
            .insert((going_on.map_or(now, |(first, _)| first), now));
        now - first >= LONGEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_that_go_on_are_too_many_and_an_answer_ends_them() {
        let (start, mut drought) = (Instant::now(), Drought::default());
        let mut fails = |second| drought.failed(start + Duration::from_secs(second));
        assert!((0..30).all(|second| !fails(second)));
        assert!(fails(30));
        drought.answered();
        assert!(!drought.failed(start + Duration::from_secs(31)));
    }

    #[test]
    fn faults_with_long_silence_between_them_are_few() {
        let (start, mut drought) = (Instant::now(), Drought::default());
        let mut fails = |second| drought.failed(start + Duration::from_secs(second));
        assert!((0..100).all(|time| !fails(time * 10)));
    }
}
