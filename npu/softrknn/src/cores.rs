//! The NPU's three cores: each runs one thing at a time.

use crate::refusal::Refusal;
use crate::runtime::lock;
use rknpu2_sys::_rknn_core_mask as mask;
use std::sync::{Condvar, Mutex};

/// Cores of an RK3588.
const CORES: usize = 3;

/// On which cores a context runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CoreMask {
    /// On one, whichever is free.
    Any,
    /// On all of these together, one bit each.
    These(u8),
}

impl CoreMask {
    /// Masks of other combinations are refused by the real runtime too.
    pub(crate) fn of(value: u32) -> Result<Self, Refusal> {
        match value {
            mask::RKNN_NPU_CORE_AUTO => Ok(Self::Any),
            mask::RKNN_NPU_CORE_0
            | mask::RKNN_NPU_CORE_1
            | mask::RKNN_NPU_CORE_2
            | mask::RKNN_NPU_CORE_0_1
            | mask::RKNN_NPU_CORE_0_1_2 => Ok(Self::These(value as u8)),
            mask::RKNN_NPU_CORE_ALL => Ok(Self::These(mask::RKNN_NPU_CORE_0_1_2 as u8)),
            _ => Err(Refusal::parameter(format!(
                "core mask {value:#x}: use 0, 1, 2, 4, 3, 7 or 0xffff"
            ))),
        }
    }

    /// Whether it is one core at most, as matrix products want.
    pub(crate) fn is_single(self) -> bool {
        match self {
            Self::Any => true,
            Self::These(bits) => bits.count_ones() == 1,
        }
    }
}

/// Which cores are at work, one bit each.
#[derive(Default)]
pub(crate) struct Cores {
    busy: Mutex<u8>,
    freed: Condvar,
}

/// Cores that are one's own until it is dropped.
pub(crate) struct HeldCores<'a> {
    cores: &'a Cores,
    bits: u8,
}

impl Cores {
    /// Waits until the cores are free.
    pub(crate) fn hold(&self, wanted: CoreMask) -> HeldCores<'_> {
        let mut busy = lock(&self.busy);
        loop {
            if let Some(bits) = free(*busy, wanted) {
                *busy |= bits;
                return HeldCores { cores: self, bits };
            }
            busy = self
                .freed
                .wait(busy)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }
}

fn free(busy: u8, wanted: CoreMask) -> Option<u8> {
    match wanted {
        CoreMask::Any => (0..CORES).map(|core| 1 << core).find(|bit| busy & bit == 0),
        CoreMask::These(bits) => (busy & bits == 0).then_some(bits),
    }
}

impl Drop for HeldCores<'_> {
    fn drop(&mut self) {
        *lock(&self.cores.busy) &= !self.bits;
        self.cores.freed.notify_all();
    }
}
