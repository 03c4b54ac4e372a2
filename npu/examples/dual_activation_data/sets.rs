//! The sets of scenarios: what is learnt from, tuned on and tested on.

use super::generator::scenario::Difficulty;

/// A set of scenarios that shares none with any other.
pub(crate) struct Set {
    pub(crate) name: &'static str,
    pub(crate) scenarios: u64,
    pub(crate) difficulty: Difficulty,
}

const USUAL: Difficulty = Difficulty {
    missing: (0.0, 0.2),
    noise: (0.5, 1.5),
};

/// Missing senses and noise vary more in training than in the usual test.
pub(crate) const SETS: [Set; 5] = [
    Set {
        name: "train",
        scenarios: 1600,
        difficulty: Difficulty {
            missing: (0.0, 0.4),
            noise: (0.5, 2.5),
        },
    },
    Set {
        name: "validation",
        scenarios: 250,
        difficulty: USUAL,
    },
    Set {
        name: "test",
        scenarios: 400,
        difficulty: USUAL,
    },
    Set {
        name: "test_missing",
        scenarios: 400,
        difficulty: Difficulty {
            missing: (0.3, 0.3),
            noise: (0.5, 1.5),
        },
    },
    Set {
        name: "test_noisy",
        scenarios: 400,
        difficulty: Difficulty {
            missing: (0.0, 0.2),
            noise: (2.0, 2.0),
        },
    },
];

/// The seed of the set at `place`, from the seed of all.
pub(crate) fn seed(all: u64, place: usize) -> u64 {
    all.wrapping_mul(1_000_003).wrapping_add(place as u64) << 20
}
