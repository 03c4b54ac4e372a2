//! Novelty: what memory has nothing near to and the model does not recognise.

use super::recognition::Recognition;
use crate::judgement::freshness;
use crate::loops::LoopKind;
use crate::numbers::{blend, nanoseconds, unit};
use crate::parameters::Parameters;
use crate::percept::Percept;
use crate::state::{AnalyticalState, State};

/// One who says how new this moment is (0 to 1), and the trust in that.
#[derive(Clone, Copy)]
struct Witness {
    novelty: f32,
    trust: f32,
}

/// Moves novelty towards what the witnesses say.
///
/// The first witness is memory, `1 - similarity` of the nearest crystal; while memory has not
/// answered, or not surely enough to act on, it is surprise. The second is the recognition,
/// `1 - probability`: the most likely class of a known moment is more probable than that of an
/// unknown one (Hendrycks and Gimpel 2017, A Baseline for Detecting Misclassified and
/// Out-of-Distribution Examples).
pub(super) fn weigh_novelty(
    after: &mut AnalyticalState,
    state: &State,
    percept: &Percept,
    recognition: &Recognition,
    parameters: &Parameters,
    step: f32,
) {
    let first = recalled(percept, parameters).unwrap_or_else(|| surprised(state, parameters));
    let (target, confidence) = match recognition.familiarity {
        Some((probability, trust)) => weigh(
            first,
            Witness {
                novelty: 1.0 - probability,
                trust: trust * parameters.activation_trust,
            },
        ),
        None => (first.novelty, first.trust),
    };
    after.novelty =
        unit(after.novelty + (target - after.novelty) * blend(step, parameters.novelty_seconds));
    after.confidence = unit(confidence);
}

/// The trust-weighted mean of both, and the trust in it: two independent reasons to trust add up
/// like probabilities (noisy or; Pearl 1988, Probabilistic Reasoning in Intelligent Systems, 4.3.2).
fn weigh(one: Witness, other: Witness) -> (f32, f32) {
    let total = one.trust + other.trust;
    if total <= 0.0 {
        return (one.novelty, 0.0);
    }
    let mean = one.novelty + (other.novelty - one.novelty) * (other.trust / total);
    (mean, 1.0 - (1.0 - one.trust) * (1.0 - other.trust))
}

fn recalled(percept: &Percept, parameters: &Parameters) -> Option<Witness> {
    let similarity = &percept.answers.recall.similarity;
    let trust = similarity.trust(nanoseconds(parameters.recall_stale_after_seconds));
    parameters.may_act_on(trust).then(|| Witness {
        novelty: unit(1.0 - similarity.value),
        trust,
    })
}

fn surprised(state: &State, parameters: &Parameters) -> Witness {
    let environmental = &state.environmental;
    let fresh = freshness(
        state.loop_ages[LoopKind::Environmental as usize],
        nanoseconds(parameters.loop_stale_after_seconds),
    );
    Witness {
        novelty: environmental.surprise,
        trust: environmental.confidence * parameters.surprise_trust * fresh,
    }
}
