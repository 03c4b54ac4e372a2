//! A moment as a point in space, so that moments can be compared.

use crate::judgement::freshness;
use crate::numbers::nanoseconds;
use crate::parameters::Parameters;
use crate::percept::{BAND_COUNT, BandLevels, GRID_COLUMNS, GRID_ROWS, Percept, SightPercept};
use crate::state::State;
use crate::time::Nanoseconds;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Dimensions of an embedding.
pub const EMBEDDING_DIMENSIONS: usize = 64;

/// A moment as a vector; compared by cosine.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(transparent)]
pub struct Embedding(pub [f32; EMBEDDING_DIMENSIONS]);

impl Embedding {
    /// The zero vector: nothing is known, similar to nothing.
    pub const ZERO: Self = Self([0.0; EMBEDDING_DIMENSIONS]);

    /// Cosine similarity, -1 to 1; 0 when either vector is zero.
    #[must_use]
    pub fn similarity(&self, other: &Self) -> f32 {
        let mut dot = 0.0_f32;
        let mut own = 0.0_f32;
        let mut others = 0.0_f32;
        for (a, b) in self.0.iter().zip(&other.0) {
            dot += a * b;
            own += a * a;
            others += b * b;
        }
        let scale = own.sqrt() * others.sqrt();
        if scale > 0.0 {
            (dot / scale).clamp(-1.0, 1.0)
        } else {
            0.0
        }
    }
}

/// Luminance rows and columns are pooled in pairs and triples to a picture of 4 x 3.
const POOLED_COLUMNS: usize = 4;
const POOLED_ROWS: usize = 3;
/// Decibels that count as much as the whole range of another dimension. Part of the layout, not a
/// tuning: with another value old crystals could no longer be compared.
const BAND_SCALE_DECIBELS: f32 = 60.0;

impl Embedding {
    /// The moment's place among others: the scene and how it departs (24), its coarse
    /// picture relative to its mean (12), the shape of its sound (8), drives (7),
    /// what was said (3 + 9), and the observer's coherence (1). Each sense counts as far as it
    /// is trusted at its age.
    #[must_use]
    pub fn of(state: &State, percept: &Percept, parameters: &Parameters) -> Self {
        let stale_after = nanoseconds(parameters.stale_after_seconds);
        let mut builder = Builder {
            values: [0.0; EMBEDDING_DIMENSIONS],
            length: 0,
        };
        for average in &state.environmental.scene {
            builder.push(average.now * average.confidence);
        }
        for average in &state.environmental.scene {
            builder.push(average.short);
        }
        for average in &state.environmental.scene {
            builder.push((average.now - average.long) * average.confidence);
        }
        builder.extend(&picture(&percept.sight, stale_after));
        builder.extend(&sound_shape(&percept.hearing.bands, stale_after));
        builder.extend(&state.experiential.centres.0);
        let elp = state.analytical.elp;
        builder.extend(&[elp.ethos, elp.logos, elp.pathos]);
        builder.extend(&state.analytical.flux);
        builder.push(state.observation.coherence);
        Self(builder.values)
    }
}

struct Builder {
    values: [f32; EMBEDDING_DIMENSIONS],
    length: usize,
}

impl Builder {
    fn push(&mut self, value: f32) {
        self.values[self.length] = value;
        self.length += 1;
    }

    fn extend(&mut self, values: &[f32]) {
        for &value in values {
            self.push(value);
        }
    }
}

/// Mean of each pooled cell relative to the whole.
fn picture(sight: &SightPercept, stale_after: Nanoseconds) -> [f32; POOLED_COLUMNS * POOLED_ROWS] {
    let mut pooled = [0.0; POOLED_COLUMNS * POOLED_ROWS];
    let trust = sight.brightness.trust(stale_after);
    if trust <= 0.0 {
        return pooled;
    }
    let (wide, high) = (GRID_COLUMNS / POOLED_COLUMNS, GRID_ROWS / POOLED_ROWS);
    for (index, &cell) in sight.grid.0.iter().enumerate() {
        let (row, column) = (index / GRID_COLUMNS, index % GRID_COLUMNS);
        pooled[row / high * POOLED_COLUMNS + column / wide] += f32::from(cell) / 255.0;
    }
    let cells = (wide * high) as f32;
    pooled.map(|sum| (sum / cells - sight.brightness.value) * trust)
}

/// Band levels relative to their mean.
fn sound_shape(bands: &BandLevels, stale_after: Nanoseconds) -> [f32; BAND_COUNT] {
    let trust = bands.confidence * freshness(bands.age, stale_after);
    if trust <= 0.0 {
        return [0.0; BAND_COUNT];
    }
    let mean = bands.values.iter().sum::<f32>() / BAND_COUNT as f32;
    bands
        .values
        .map(|level| (level - mean) / BAND_SCALE_DECIBELS * trust)
}
