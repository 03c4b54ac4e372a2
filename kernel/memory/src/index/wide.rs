//! The two similarities in AVX2, by hand: the compiler, left alone, widens the question once, keeps it in
//! memory and packs it again for each row, which took a third of a walk's time.

use std::arch::x86_64::{
    __m128i, __m256i, _mm_add_epi32, _mm_cvtsi128_si32, _mm_loadu_si128, _mm_shuffle_epi32,
    _mm256_add_epi32, _mm256_castsi256_si128, _mm256_cvtepi8_epi16, _mm256_extracti128_si256,
    _mm256_loadu_si256, _mm256_madd_epi16, _mm256_setzero_si256,
};
use triune_core::EMBEDDING_DIMENSIONS;

/// 16-bit numbers in a register.
const LANES: usize = 16;

/// The inner product.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn product(
    one: &[i16; EMBEDDING_DIMENSIONS],
    other: &[i16; EMBEDDING_DIMENSIONS],
) -> i32 {
    let pairs = one.as_chunks().0.iter().zip(other.as_chunks().0);
    let products = pairs.map(|(one, other)| _mm256_madd_epi16(load(one), load(other)));
    total(products.fold(_mm256_setzero_si256(), |sum, product| {
        _mm256_add_epi32(sum, product)
    }))
}

/// The inner product with coarse numbers.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn coarse_product(
    coarse: &[i8; EMBEDDING_DIMENSIONS],
    other: &[i16; EMBEDDING_DIMENSIONS],
) -> i32 {
    let pairs = coarse.as_chunks().0.iter().zip(other.as_chunks().0);
    let products = pairs.map(|(coarse, other)| _mm256_madd_epi16(widen(coarse), load(other)));
    total(products.fold(_mm256_setzero_si256(), |sum, product| {
        _mm256_add_epi32(sum, product)
    }))
}

#[target_feature(enable = "avx2")]
#[inline]
fn load(numbers: &[i16; LANES]) -> __m256i {
    // SAFETY: the array is as long as what is read of it, 32 bytes; no alignment is asked.
    unsafe { _mm256_loadu_si256(numbers.as_ptr().cast::<__m256i>()) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn widen(numbers: &[i8; LANES]) -> __m256i {
    // SAFETY: the array is as long as what is read of it, 16 bytes; no alignment is asked.
    _mm256_cvtepi8_epi16(unsafe { _mm_loadu_si128(numbers.as_ptr().cast::<__m128i>()) })
}

/// The sum of eight numbers.
#[target_feature(enable = "avx2")]
#[inline]
fn total(numbers: __m256i) -> i32 {
    let four = _mm_add_epi32(
        _mm256_castsi256_si128(numbers),
        _mm256_extracti128_si256::<1>(numbers),
    );
    let two = _mm_add_epi32(four, _mm_shuffle_epi32::<0b01_00_11_10>(four));
    _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32::<0b10_11_00_01>(two)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_products_are_those_of_plain_numbers() {
        if !std::arch::is_x86_feature_detected!("avx2") {
            println!("skipped: this processor has no AVX2");
            return;
        }
        let mut random = fastrand::Rng::with_seed(3);
        for _ in 0..1_000 {
            let one: [i16; 64] = std::array::from_fn(|_| random.i16(-4_095..=4_095));
            let other: [i16; 64] = std::array::from_fn(|_| random.i16(-4_095..=4_095));
            let coarse = one.map(|number| (number >> 8) as i8);
            let plain = |one: [i32; 64]| -> i32 {
                one.iter().zip(other).map(|(a, b)| a * i32::from(b)).sum()
            };
            // SAFETY: the processor has AVX2, as it just said.
            assert_eq!(unsafe { product(&one, &other) }, plain(one.map(i32::from)));
            // SAFETY: the same.
            let found = unsafe { coarse_product(&coarse, &other) };
            assert_eq!(found, plain(coarse.map(i32::from)));
        }
    }
}
