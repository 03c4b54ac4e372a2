//! The lowest and the highest value that a sense can mean. Anything beyond is taken as absent.

/// Sound levels, decibels relative to full scale.
pub const LEVEL_RANGE: (f32, f32) = (-120.0, 0.0);
/// Temperatures of a board's sensors, degrees Celsius.
pub const TEMPERATURE_RANGE: (f32, f32) = (-60.0, 200.0);
/// Whatever is a share or a strength.
pub const SHARE_RANGE: (f32, f32) = (0.0, 1.0);
/// Cosine similarities.
pub const SIMILARITY_RANGE: (f32, f32) = (-1.0, 1.0);
