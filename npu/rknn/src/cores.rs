//! Which of the NPU's cores compute.

use crate::bindings::{_rknn_core_mask as mask, rknn_core_mask};

/// One core of the NPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Core {
    /// The first, which every chip has.
    Zero,
    /// The second: RK3576, RK3588.
    One,
    /// The third: RK3588.
    Two,
}

impl Core {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Zero, Self::One, Self::Two];
}

/// The combinations of cores that the runtime takes; it refuses all others.
///
/// One model over several cores hardly gains: three contexts on a core each run nearly three times as
/// much as one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Cores {
    /// One, chosen by the runtime.
    #[default]
    Auto,
    /// This one.
    One(Core),
    /// The first and the second together.
    FirstTwo,
    /// All three of an RK3588 together.
    FirstThree,
    /// As many as the chip has, together.
    All,
}

impl Cores {
    pub(crate) fn mask(self) -> rknn_core_mask {
        match self {
            Self::Auto => mask::RKNN_NPU_CORE_AUTO,
            Self::One(Core::Zero) => mask::RKNN_NPU_CORE_0,
            Self::One(Core::One) => mask::RKNN_NPU_CORE_1,
            Self::One(Core::Two) => mask::RKNN_NPU_CORE_2,
            Self::FirstTwo => mask::RKNN_NPU_CORE_0_1,
            Self::FirstThree => mask::RKNN_NPU_CORE_0_1_2,
            Self::All => mask::RKNN_NPU_CORE_ALL,
        }
    }
}
