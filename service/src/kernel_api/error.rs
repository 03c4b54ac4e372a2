//! Why the kernel did not do what was asked.

use triune_core::BeingId;

/// Why the kernel did not do what was asked. Unless a variant says otherwise, nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KernelError {
    /// There is no such being.
    #[error("there is no being {0}: 'triune beings' lists them")]
    NoSuchBeing(BeingId),
    /// The being has no such pattern.
    #[error("being {0} has no pattern {1}: 'triune patterns' lists them")]
    NoSuchPattern(BeingId, u32),
    /// A being of this id is here already.
    #[error("being {0} is here already: choose another id, or erase it first")]
    Exists(BeingId),
    /// The being does not cycle, so it can do nothing now.
    #[error("being {0} is asleep: wake it first")]
    Asleep(BeingId),
    /// The kernel holds as many beings as it may.
    #[error("the kernel holds {most} beings and no more: let one sleep first")]
    Full {
        /// How many it may hold.
        most: u32,
    },
    /// The question itself cannot be.
    #[error("{why}")]
    Invalid {
        /// What is wrong with it, and what would be right.
        why: String,
    },
    /// What is asked is not allowed now, as by a consent or a setting.
    #[error("{why}")]
    Refused {
        /// Who or what refuses, and the remedy.
        why: String,
    },
    /// Its memory is being read, as by an export or a search.
    #[error("being {0} is being read or exported just now: try again when that is done")]
    InUse(BeingId),
    /// Earlier changes have not been taken yet.
    #[error("earlier changes are still waiting: try again in a moment")]
    Busy,
    /// Memory or the disk failed; the text says what is in force all the same.
    #[error("{why}")]
    Failed {
        /// What failed, and the remedy.
        why: String,
    },
}
