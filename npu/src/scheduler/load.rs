//! How busy a lane was in the last second.

use std::time::Duration;

const BUCKETS: u64 = 10;
const WIDTH: Duration = Duration::from_millis(100);

/// Busy time in buckets of a tenth of a second. Times are since the scheduler's start.
#[derive(Clone, Debug, Default)]
pub(super) struct Load {
    /// Busy time in each bucket, and which tenth of a second it stands for.
    buckets: [(u64, Duration); BUCKETS as usize],
}

impl Load {
    /// The lane was busy between these times.
    pub(super) fn add(&mut self, from: Duration, until: Duration) {
        // What is older than a second is told by nobody.
        let oldest = until.saturating_sub(WIDTH * BUCKETS as u32);
        let mut at = from.max(oldest);
        while at < until {
            let number = (at.as_nanos() / WIDTH.as_nanos()) as u64;
            let end = (WIDTH * (number + 1) as u32).min(until);
            let bucket = &mut self.buckets[(number % BUCKETS) as usize];
            if bucket.0 != number {
                *bucket = (number, Duration::ZERO);
            }
            bucket.1 += end - at;
            at = end;
        }
    }

    /// Share of the last whole second of buckets in which the lane was busy, 0 to 1.
    pub(super) fn share(&self, now: Duration) -> f64 {
        let number = (now.as_nanos() / WIDTH.as_nanos()) as u64;
        let whole = number.saturating_sub(BUCKETS - 1)..=number;
        let busy: Duration = self
            .buckets
            .iter()
            .filter(|(bucket, _)| whole.contains(bucket))
            .map(|(_, busy)| *busy)
            .sum();
        let span = now.saturating_sub(WIDTH * *whole.start() as u32);
        if span.is_zero() {
            return 0.0;
        }
        (busy.as_secs_f64() / span.as_secs_f64()).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn half_a_second_of_work_is_half_of_a_second() {
        let mut load = Load::default();
        load.add(ms(5_050), ms(5_550));
        assert!((load.share(ms(6_000)) - 0.5).abs() < 1e-9);
        assert!(load.share(ms(6_449)) < 0.5);
        assert!(load.share(ms(6_600)).abs() < 1e-9, "long past");
    }

    #[test]
    fn a_lane_that_always_works_is_wholly_busy() {
        let mut load = Load::default();
        for run in 0..5_000 {
            load.add(ms(run), ms(run + 1));
        }
        assert!(load.share(ms(5_000)) > 0.99);
    }

    #[test]
    fn a_run_of_an_hour_costs_no_more_than_a_second() {
        let mut load = Load::default();
        load.add(ms(0), ms(3_600_000));
        assert!(load.share(ms(3_600_000)) > 0.99);
    }
}
