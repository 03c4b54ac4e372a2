//! What the dual activation model recognised, as far as it may be acted on.

use crate::judgement::Judgement;
use crate::numbers::nanoseconds;
use crate::parameters::Parameters;
use crate::percept::ActivationAnswer;

/// One activation, weighed by age and threshold.
pub(super) struct Recognition {
    situation: u32,
    feeling: u32,
    /// Probability of the situation and trust in it; absent when it may not be acted on.
    pub(super) familiarity: Option<(f32, f32)>,
}

impl Recognition {
    /// Weighs an answer: each head loses trust with age and is dropped below the threshold.
    pub(super) fn weigh(activation: &ActivationAnswer, parameters: &Parameters) -> Self {
        let stale_after = nanoseconds(parameters.stale_after_seconds);
        let trust = |probability: f32| {
            let judgement = Judgement {
                value: probability,
                confidence: probability,
                age: activation.age,
            };
            judgement.trust(stale_after)
        };
        let name = |index: u32, trust: f32| {
            if parameters.may_act_on(trust) {
                index.saturating_add(1)
            } else {
                0
            }
        };
        let sure = trust(activation.situation_confidence);
        Self {
            situation: name(activation.situation, sure),
            feeling: name(activation.feeling, trust(activation.feeling_confidence)),
            familiarity: parameters
                .may_act_on(sure)
                .then_some((activation.situation_confidence, sure)),
        }
    }

    /// Numbers of situation and feeling, one more than their index; 0 where there is none.
    pub(super) const fn names(&self) -> (u32, u32) {
        (self.situation, self.feeling)
    }
}
