//! Where a store writes.

use super::meter::Wear;
use crate::files::{Disk, RealDisk};
use std::sync::Arc;

/// Which disk a store is written to, and where that is counted.
#[derive(Clone, Debug)]
pub struct Medium {
    /// The disk.
    pub disk: Arc<dyn Disk>,
    /// The count.
    pub wear: Wear,
}

impl From<Wear> for Medium {
    /// The machine's disk.
    fn from(wear: Wear) -> Self {
        Self {
            disk: Arc::new(RealDisk),
            wear,
        }
    }
}

impl Default for Medium {
    /// The machine's disk, without a budget.
    fn default() -> Self {
        Wear::new(u64::MAX).into()
    }
}
