//! An embedding as the index keeps it.

use triune_core::{EMBEDDING_DIMENSIONS, Embedding};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The direction of an embedding in 16-bit steps: two cache lines, near enough to the exact cosine
/// (about 1e-5) that only the last few answers need be compared again in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C, align(64))]
pub(crate) struct Code([i16; EMBEDDING_DIMENSIONS]);

/// What a component of a unit vector is multiplied by.
const SCALE: f32 = 32_767.0;

/// Steps of a code in one of a coarse code.
const COARSENESS: i32 = 256;

/// The similarity of a code with itself, but for rounding.
pub(crate) const ALIKE: i32 = 32_767 * 32_767;

impl Code {
    /// Of the zero vector: similar to nothing.
    pub(crate) const ZERO: Self = Self([0; EMBEDDING_DIMENSIONS]);

    /// The code of `embedding`: all zero for the zero vector; nothing when it is not finite.
    pub(crate) fn of(embedding: &Embedding) -> Option<Self> {
        let largest = embedding
            .0
            .iter()
            .fold(0.0_f32, |largest, value| largest.max(value.abs()));
        if !embedding.0.iter().all(|value| value.is_finite()) {
            return None;
        }
        if largest == 0.0 {
            return Some(Self::ZERO);
        }
        // Scaled by the largest first, so that no square overflows or vanishes.
        let squares: f32 = embedding
            .0
            .iter()
            .map(|value| (value / largest) * (value / largest))
            .sum();
        let factor = SCALE / squares.sqrt();
        Some(Self(
            embedding
                .0
                .map(|value| (value / largest * factor).round() as i16),
        ))
    }

    /// Cosine similarity times [`ALIKE`]. Two unit vectors cannot overflow it.
    #[inline(always)]
    pub(crate) fn similarity(&self, other: &Self) -> i32 {
        self.0
            .iter()
            .zip(&other.0)
            .map(|(&a, &b)| i32::from(a).wrapping_mul(i32::from(b)))
            .fold(0, i32::wrapping_add)
    }

    /// The same in AVX2.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(crate) fn similarity_wide(&self, other: &Self) -> i32 {
        super::wide::product(&self.0, &other.0)
    }

    /// Asks the processor to bring the code near, since it will be compared soon.
    #[inline(always)]
    pub(crate) fn prefetch(&self) {
        prefetch(self.0.as_ptr().cast());
        prefetch(self.0[EMBEDDING_DIMENSIONS / 2..].as_ptr().cast());
    }
}

/// The upper half of a code: one cache line, since a walk waits for little else than memory. Good to
/// about 0.002, enough to find the way; the nearest are compared again by their codes.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C, align(64))]
pub(crate) struct Coarse([i8; EMBEDDING_DIMENSIONS]);

impl Coarse {
    pub(crate) fn of(code: &Code) -> Self {
        Self(code.0.map(|value| (value.saturating_add(128) >> 8) as i8))
    }

    /// Cosine similarity to `question` times [`ALIKE`], but for what the lower half would add.
    #[inline(always)]
    pub(crate) fn similarity(&self, question: &Code) -> i32 {
        self.0
            .iter()
            .zip(&question.0)
            .map(|(&coarse, &value)| i32::from(coarse).wrapping_mul(i32::from(value)))
            .fold(0, i32::wrapping_add)
            .wrapping_mul(COARSENESS)
    }

    /// The same in AVX2.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(crate) fn similarity_wide(&self, question: &Code) -> i32 {
        super::wide::coarse_product(&self.0, &question.0).wrapping_mul(COARSENESS)
    }

    /// Asks the processor to bring it near, since it will be compared soon.
    #[inline(always)]
    pub(crate) fn prefetch(&self) {
        prefetch(self.0.as_ptr().cast());
    }
}

/// Brings the cache line at `place` near.
#[inline(always)]
pub(crate) fn prefetch(place: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch is a hint; it reads nothing that the program can see and cannot fault.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(place.cast());
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: a prefetch is a hint; it reads nothing that the program can see and cannot fault.
    unsafe {
        std::arch::asm!(
            "prfm pldl1keep, [{place}]",
            place = in(reg) place,
            options(nostack, preserves_flags, readonly)
        );
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = place;
}
