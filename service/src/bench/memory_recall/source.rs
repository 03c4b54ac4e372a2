//! Embeddings to search among.

use triune_core::Embedding;

const CLUSTERS: usize = 1_000;
/// Spread within a cluster, where the centres have 1.
const SPREAD: f32 = 0.3;

/// How the moments lie.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// Every direction is as likely: the hardest to search.
    Gaussian,
    /// Around [`CLUSTERS`] centres, as what a being meets again and again.
    Clustered,
}

impl Shape {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gaussian => "gaussian",
            Self::Clustered => "clustered",
        }
    }
}

/// Embeddings of one shape, the same in each run.
pub(super) struct Source {
    random: fastrand::Rng,
    centres: Vec<Embedding>,
}

impl Source {
    pub(super) fn of(shape: Shape) -> Self {
        let mut random = fastrand::Rng::with_seed(7);
        let centres = match shape {
            Shape::Gaussian => Vec::new(),
            Shape::Clustered => (0..CLUSTERS).map(|_| gaussian(&mut random)).collect(),
        };
        Self { random, centres }
    }

    pub(super) fn next(&mut self) -> Embedding {
        let noise = gaussian(&mut self.random);
        if self.centres.is_empty() {
            return noise;
        }
        let centre = &self.centres[self.random.usize(..self.centres.len())];
        Embedding(std::array::from_fn(|index| {
            centre.0[index] + SPREAD * noise.0[index]
        }))
    }
}

fn gaussian(random: &mut fastrand::Rng) -> Embedding {
    // Box and Muller 1958.
    Embedding(std::array::from_fn(|_| {
        let radius = (-2.0 * random.f32().max(1e-9).ln()).sqrt();
        radius * (std::f32::consts::TAU * random.f32()).cos()
    }))
}
