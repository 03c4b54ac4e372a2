//! Numbers that look random and are the same on every machine.

/// SplitMix64's output function (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014): every bit of the input changes about half of the output.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The number that belongs to `index` of stream `stream` under `seed`; no state, so that what is
/// computed from it does not depend on how much is asked for at a time.
pub(crate) fn number(seed: u64, stream: u64, index: u64) -> u64 {
    mix(mix(mix(seed) ^ stream) ^ index)
}

/// As [`number`], evenly in 0..1.
pub(crate) fn share(seed: u64, stream: u64, index: u64) -> f32 {
    // 24 bits are all that an f32 holds exactly.
    (number(seed, stream, index) >> 40) as f32 / (1u32 << 24) as f32
}
