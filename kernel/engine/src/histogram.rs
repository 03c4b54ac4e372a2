//! A histogram of spans of time that one thread fills and any thread reads.

use crate::sync::atomic::{AtomicU64, Ordering};
use triune_core::Nanoseconds;

/// Buckets for each power of two: values are known to 1 part in 16.
const STEPS: usize = 16;
/// Powers of two covered: up to 2^40 ns, about 18 minutes; longer spans count as that.
const OCTAVES: usize = 37;

/// Logarithmic buckets with linear steps in between, as in Tene's HdrHistogram, on atomics
/// so that it can be read while it is filled.
#[derive(Debug)]
pub struct Histogram {
    buckets: [AtomicU64; STEPS * OCTAVES],
    highest: AtomicU64,
}

/// Quantiles of a histogram, nanoseconds; all 0 when it is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quantiles {
    /// Spans counted.
    pub count: u64,
    /// Half of the spans are no longer than this.
    pub p50: Nanoseconds,
    /// 99 of 100 are no longer than this.
    pub p99: Nanoseconds,
    /// 999 of 1000 are no longer than this.
    pub p999: Nanoseconds,
    /// The longest.
    pub max: Nanoseconds,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            buckets: std::array::from_fn(|_| AtomicU64::new(0)),
            highest: AtomicU64::new(0),
        }
    }
}

impl Histogram {
    /// Counts one span. Only one thread may count.
    pub fn record(&self, span: Nanoseconds) {
        let bucket = &self.buckets[index(span)];
        bucket.store(bucket.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        if span > self.highest.load(Ordering::Relaxed) {
            self.highest.store(span, Ordering::Relaxed);
        }
    }

    /// The quantiles of all spans so far.
    #[must_use]
    pub fn quantiles(&self) -> Quantiles {
        let counts: Vec<u64> = self
            .buckets
            .iter()
            .map(|bucket| bucket.load(Ordering::Relaxed))
            .collect();
        let count: u64 = counts.iter().sum();
        let max = self.highest.load(Ordering::Relaxed);
        let quantile = |thousandths: u64| {
            let rank = (count * thousandths).div_ceil(1000).max(1);
            let mut seen = 0;
            for (bucket, &times) in counts.iter().enumerate() {
                seen += times;
                if seen >= rank {
                    return upper_end(bucket).min(max);
                }
            }
            max
        };
        Quantiles {
            count,
            p50: quantile(500),
            p99: quantile(990),
            p999: quantile(999),
            max,
        }
    }
}

fn index(span: Nanoseconds) -> usize {
    let steps = STEPS as u64;
    if span < steps {
        return span as usize;
    }
    let octave = (span.ilog2() - STEPS.ilog2()) as usize;
    let step = (span >> octave) as usize - STEPS;
    ((octave + 1) * STEPS + step).min(STEPS * OCTAVES - 1)
}

/// The longest span that falls into a bucket.
fn upper_end(bucket: usize) -> Nanoseconds {
    if bucket < STEPS {
        return bucket as u64;
    }
    let octave = bucket / STEPS - 1;
    (((bucket % STEPS + STEPS + 1) as u64) << octave) - 1
}
