//! Any rate to the rate of the analysis, by a polyphase filter.
//!
//! A sinc windowed by a Kaiser window (J. F. Kaiser, "Nonrecursive digital filter
//! design using the I0-sinh window function", 1974) is tabulated for up to 256
//! fractions of an input sample. Rates whose ratio needs no more fractions than
//! that (48, 44.1, 32, 96 kHz ...) are met exactly, others by linear
//! interpolation between neighbouring rows (error below -90 dB).

use super::ANALYSIS_RATE_HZ;

/// Zero crossings of the sinc on each side, at the lower of the two rates.
const CROSSINGS: u64 = 20;
/// Kaiser's shape for 70 dB in the stop band: 0.1102 (A - 8.7).
const SHAPE: f64 = 6.755;
/// Pass band as a share of the lower Nyquist frequency: with 40 crossings the
/// transition is 1.7 kHz wide at 16 kHz, so 7.2 kHz is stopped before it folds.
const PASS: f64 = 0.9;
const MAX_PHASES: u64 = 256;
const LANES: usize = 8;

/// Turns single input samples into samples at [`ANALYSIS_RATE_HZ`].
#[derive(Clone, Debug)]
pub(super) enum Resampler {
    /// The rate is right already.
    Straight,
    /// The rate is changed.
    Polyphase(Polyphase),
}

/// State of the polyphase filter.
#[derive(Clone, Debug)]
pub(super) struct Polyphase {
    /// Rows of coefficients, `phases + 1` of them, `taps` each.
    table: Vec<f32>,
    phases: u64,
    taps: usize,
    /// The last `taps` inputs twice, so that they always lie in one piece.
    history: Vec<f32>,
    write: usize,
    /// Output steps a second and input steps a second without their common divisor.
    up: u64,
    down: u64,
    /// Inputs to wait for before the next output.
    wait: u64,
    /// Fraction of an input sample, in `up`ths, at which the next output lies.
    fraction: u64,
}

impl Resampler {
    pub(super) fn new(rate_hz: u32) -> Self {
        if rate_hz == ANALYSIS_RATE_HZ {
            return Self::Straight;
        }
        let (from, to) = (u64::from(rate_hz), u64::from(ANALYSIS_RATE_HZ));
        let divisor = greatest_common_divisor(from, to);
        let (up, down) = (to / divisor, from / divisor);
        let half = (CROSSINGS * from.max(to)).div_ceil(to) as usize;
        let taps = (2 * half).next_multiple_of(LANES);
        let half = taps / 2;
        let phases = up.min(MAX_PHASES);
        let scale = PASS * (to as f64 / from as f64).min(1.0);
        let mut table = Vec::with_capacity((phases as usize + 1) * taps);
        for phase in 0..=phases {
            let fraction = phase as f64 / phases as f64;
            let row: Vec<f64> = (0..taps)
                .map(|tap| kernel(tap as f64 - half as f64 + 1.0 - fraction, scale, half))
                .collect();
            let sum: f64 = row.iter().sum();
            table.extend(row.iter().map(|value| (value / sum) as f32));
        }
        Self::Polyphase(Polyphase {
            table,
            phases,
            taps,
            history: vec![0.0; 2 * taps],
            write: 0,
            up,
            down,
            wait: half as u64 + 1,
            fraction: 0,
        })
    }

    /// Takes one input sample and hands out the outputs that it completes. Output
    /// `n` lies at input position `n * input rate / output rate`: the filter's
    /// delay is in when an output comes, not in where it lies.
    pub(super) fn push(&mut self, sample: f32, mut output: impl FnMut(f32)) {
        match self {
            Self::Straight => output(sample),
            Self::Polyphase(polyphase) => polyphase.push(sample, output),
        }
    }
}

impl Polyphase {
    fn push(&mut self, sample: f32, mut output: impl FnMut(f32)) {
        self.history[self.write] = sample;
        self.history[self.write + self.taps] = sample;
        self.write = (self.write + 1) % self.taps;
        self.wait -= 1;
        while self.wait == 0 {
            output(self.value());
            self.fraction += self.down;
            self.wait = self.fraction / self.up;
            self.fraction %= self.up;
        }
    }

    fn value(&self) -> f32 {
        let newest = &self.history[self.write..self.write + self.taps];
        let position = self.fraction * self.phases;
        let (row, rest) = ((position / self.up) as usize, position % self.up);
        let lower = dot(newest, self.row(row));
        if rest == 0 {
            return lower;
        }
        let share = rest as f32 / self.up as f32;
        lower + share * (dot(newest, self.row(row + 1)) - lower)
    }

    fn row(&self, row: usize) -> &[f32] {
        &self.table[row * self.taps..(row + 1) * self.taps]
    }
}

fn dot(left: &[f32], right: &[f32]) -> f32 {
    // Separate sums that the compiler keeps in vector registers.
    let mut sums = [0.0; LANES];
    for (left, right) in left.chunks_exact(LANES).zip(right.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] += left[lane] * right[lane];
        }
    }
    sums.iter().sum()
}

fn kernel(distance: f64, scale: f64, half: usize) -> f64 {
    let edge = distance / half as f64;
    if edge.abs() >= 1.0 {
        return 0.0;
    }
    let angle = std::f64::consts::PI * scale * distance;
    let sinc = if angle.abs() < 1e-9 {
        1.0
    } else {
        angle.sin() / angle
    };
    sinc * bessel_i0(SHAPE * (1.0 - edge * edge).sqrt()) / bessel_i0(SHAPE)
}

/// Modified Bessel function of the first kind and order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut term, mut sum, mut index) = (1.0, 1.0, 1.0);
    while term > sum * 1e-15 {
        term *= quarter / (index * index);
        sum += term;
        index += 1.0;
    }
    sum
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
