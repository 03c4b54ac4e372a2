//! Short and long averages of one feature.

use super::evidence::Evidence;
use crate::numbers::{blend, unit};
use crate::parameters::Parameters;
use crate::state::Average;

/// Moves both averages towards the evidence, by as much time as it is trusted.
///
/// Exponential averages whose span grows with the evidence up to the time constant: until then
/// they are the plain mean (Welford 1962, `mean += (x - mean) / n`), so that a new sense is no
/// lasting surprise.
pub(super) fn follow(
    before: &Average,
    evidence: Evidence,
    parameters: &Parameters,
    step: f32,
) -> Average {
    if evidence.trust <= 0.0 {
        return Average {
            now: before.short,
            confidence: 0.0,
            ..*before
        };
    }
    let trusted = step * evidence.trust;
    let short_span = parameters.short_average_seconds.min(before.evidence);
    let long_span = parameters.long_average_seconds.min(before.evidence);
    let towards =
        |average: f32, span: f32| unit(average + (evidence.value - average) * blend(trusted, span));
    Average {
        now: evidence.value,
        short: towards(before.short, short_span),
        long: towards(before.long, long_span),
        confidence: evidence.trust,
        evidence: (before.evidence + trusted).min(parameters.long_average_seconds),
    }
}
