//! Background noise: white, uniform, repeatable from a seed.

/// Uniform white noise of a given level.
pub(crate) struct Noise {
    state: u64,
    peak: f32,
}

impl Noise {
    /// `dbfs` is the root-mean-square level relative to full scale. A uniform distribution
    /// over ±p has the root mean square p / √3.
    pub(crate) fn new(seed: u64, dbfs: f32) -> Self {
        let rms = 32_767.0 * 10_f32.powf(dbfs / 20.0);
        Self {
            state: seed,
            peak: rms * 3_f32.sqrt(),
        }
    }

    /// The next sample, in 16-bit units.
    pub(crate) fn next_sample(&mut self) -> f32 {
        // SplitMix64 (Steele, Lea and Flood, 2014): full period for every seed, zero included.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        let unit = (z >> 40) as f32 / (1_u64 << 24) as f32;
        (unit * 2.0 - 1.0) * self.peak
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_as_asked_for_any_seed() {
        for seed in [0, 1, u64::MAX] {
            let mut noise = Noise::new(seed, -40.0);
            let n = 48_000;
            let power: f32 = (0..n).map(|_| noise.next_sample().powi(2)).sum::<f32>() / n as f32;
            let dbfs = 20.0 * (power.sqrt() / 32_767.0).log10();
            assert!((dbfs + 40.0).abs() < 0.3, "seed {seed}: {dbfs} dBFS");
        }
    }
}
