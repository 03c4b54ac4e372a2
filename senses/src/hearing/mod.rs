//! Sound to percepts.
//!
//! ```text
//! interleaved samples ─▶ intake (mix, sanitise) ─▶ resampler (16 kHz) ─▶ DC removal ─┬─ 2 ms ─▶ onset
//!                                                                                    └ 10 ms ─▶ spectrum ─▶ floor ─▶ voicing ─▶ speech
//! ```
//!
//! Everything is counted in samples of the stream, so percepts and events do not
//! depend on how the samples were cut into blocks.

mod analysis;
mod clock;
mod ears;
mod error;
mod evidence;
mod floor;
mod intake;
mod level;
mod onset;
mod parameters;
mod resampler;
mod spectrum;
mod speech;
mod voicing;

pub use ears::Hearing;
pub use error::HearingError;
pub use intake::SoundQuality;
pub use parameters::{HearingParameters, SoundInput};
pub use spectrum::BAND_EDGES_HZ;

/// Sample rate of the analysis in hertz.
pub const ANALYSIS_RATE_HZ: u32 = 16_000;
