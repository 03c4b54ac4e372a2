//! The observer: integrates the three loops, decides what is kept and expressed.

use crate::consent::{Consent, Sense};
use crate::crystal::{CrystalDraft, CrystalKind};
use crate::embedding::Embedding;
use crate::loops::Loops;
use crate::numbers::{blend, cycles_in, saturate, seconds, unit};
use crate::parameters::Parameters;
use crate::percept::Percept;
use crate::state::{
    AnalyticalState, Attention, Average, EnvironmentalState, ExperientialState, Observation,
    SceneFeature, State,
};
use crate::step::{Outputs, Question, Tick};
use crate::time::Nanoseconds;

/// Time constant of coherence, seconds.
const COHERENCE_SECONDS: f32 = 1.0;
/// Least departure of a feature that gives a kept moment its kind.
const NOTABLE_DEPARTURE: f32 = 0.05;

pub(crate) fn advance(
    state: &State,
    loops: &Loops,
    loop_ages: [Nanoseconds; 3],
    percept: &Percept,
    consent: Consent,
    parameters: &Parameters,
    tick: Tick,
) -> (State, Outputs) {
    let mut after = State {
        being: state.being,
        cycle: state.cycle + 1,
        time: tick.time,
        environmental: loops.environmental,
        analytical: loops.analytical,
        experiential: loops.experiential,
        observation: state.observation,
        loop_ages,
    };
    forget_refused(&mut after, consent);
    let loops = Loops {
        environmental: after.environmental,
        analytical: after.analytical,
        experiential: after.experiential,
    };
    observe(&mut after.observation, &loops, consent, parameters, tick);
    let mut outputs = Outputs::default();
    let remembers = consent.allows(Sense::Remember);
    if remembers && is_worth_keeping(&after.observation, parameters) {
        after.observation.kept = after.observation.kept.wrapping_add(1);
        after.observation.cycles_to_keep =
            cycles_in(parameters.keep_interval_seconds, tick.elapsed);
        outputs.crystal = Some(draft(&after, percept));
    } else {
        after.observation.cycles_to_keep = after.observation.cycles_to_keep.saturating_sub(1);
    }
    if remembers && after.analytical.cycles_to_question == 0 {
        outputs.question = Some(Question {
            being: after.being,
            cycle: after.cycle,
            embedding: Embedding::of(&after, percept),
        });
    }
    (after, outputs)
}

/// A sense that is refused leaves nothing behind in the state, not even its averages.
pub(crate) fn forget_refused(state: &mut State, consent: Consent) {
    use SceneFeature::{Brightness, Heat, Loudness, Motion, Onset, Presence, Speech, Strain};
    let features: [(Sense, &[SceneFeature]); 3] = [
        (Sense::Hear, &[Loudness, Speech, Onset]),
        (Sense::See, &[Brightness, Motion]),
        (Sense::Feel, &[Heat, Strain]),
    ];
    let before = state.observation.consent;
    state.observation.consent = consent.bits();
    let mut newly_refused = false;
    for (sense, features) in features {
        if !consent.allows(sense) {
            newly_refused |= before & sense as u32 != 0;
            for &feature in features {
                state.environmental.scene[feature as usize] = Average::default();
            }
        }
    }
    if newly_refused {
        // What was made of several senses together cannot be taken apart again: presence, drives,
        // novelty and the observer begin anew.
        let (kept, consent) = (state.observation.kept, state.observation.consent);
        state.environmental.scene[Presence as usize] = Average::default();
        state.environmental.surprise = 0.0;
        state.experiential = ExperientialState::default();
        state.analytical = AnalyticalState {
            novelty: 0.0,
            confidence: 0.0,
            situation: 0,
            feeling: 0,
            ..state.analytical
        };
        state.observation = Observation {
            kept,
            consent,
            ..Observation::default()
        };
    }
}

fn observe(
    observation: &mut Observation,
    loops: &Loops,
    consent: Consent,
    parameters: &Parameters,
    tick: Tick,
) {
    let step = seconds(tick.elapsed);
    let (environmental, analytical) = (&loops.environmental, &loops.analytical);
    let velocities = &loops.experiential.velocities;
    let movement = velocities
        .iter()
        .map(|velocity| velocity.abs())
        .sum::<f32>();
    // How active each loop is: what it reports, weighed by how sure it is.
    let activity = [
        environmental.surprise * environmental.confidence.sqrt(),
        analytical
            .meaning
            .max(analytical.novelty * analytical.confidence),
        saturate(movement / velocities.len() as f32),
    ];
    let highest = activity[0].max(activity[1]).max(activity[2]);
    let lowest = activity[0].min(activity[1]).min(activity[2]);
    observation.attention = if activity[0] >= highest {
        Attention::Environmental
    } else if activity[1] >= highest {
        Attention::Analytical
    } else {
        Attention::Experiential
    } as u32;
    let agreement = unit(1.0 - (highest - lowest));
    observation.coherence = unit(
        observation.coherence
            + (agreement - observation.coherence) * blend(step, COHERENCE_SECONDS),
    );
    // Independent reasons to notice add up like probabilities (noisy or; Pearl 1988, 4.3.2).
    observation.salience = unit(1.0 - activity.iter().map(|&active| 1.0 - active).product::<f32>());
    observation.usual_salience = unit(
        observation.usual_salience
            + (observation.salience - observation.usual_salience)
                * blend(step, parameters.long_average_seconds),
    );
    observation.confidence = environmental.confidence.max(analytical.confidence);
    observation.expression = if consent.allows(Sense::Speak) {
        unit(loops.experiential.arousal * observation.coherence)
    } else {
        0.0
    };
}

fn is_worth_keeping(observation: &Observation, parameters: &Parameters) -> bool {
    observation.cycles_to_keep == 0
        && observation.confidence >= parameters.act_threshold
        && observation.salience - observation.usual_salience >= parameters.keep_threshold
}

fn draft(state: &State, percept: &Percept) -> CrystalDraft {
    CrystalDraft {
        being: state.being,
        cycle: state.cycle,
        time: state.time,
        told: percept.told.fingerprint(),
        kind: kind(&state.environmental, percept) as u32,
        salience: state.observation.salience,
        confidence: state.observation.confidence,
        coherence: state.observation.coherence,
        centres: state.experiential.centres,
        flux: state.analytical.last_flux,
        embedding: Embedding::of(state, percept),
    }
}

/// A kept moment is named after the feature that departs most from its long average.
fn kind(environmental: &EnvironmentalState, percept: &Percept) -> CrystalKind {
    if percept.told.count > 0 {
        return CrystalKind::Words;
    }
    let mut most = NOTABLE_DEPARTURE;
    let mut kind = CrystalKind::Surprise;
    for feature in SceneFeature::ALL {
        let average = &environmental.scene[feature as usize];
        let departure = (average.now - average.long).abs() * average.confidence;
        if departure > most {
            most = departure;
            kind = match feature {
                SceneFeature::Speech => CrystalKind::Voice,
                SceneFeature::Loudness | SceneFeature::Onset => CrystalKind::Sound,
                SceneFeature::Brightness | SceneFeature::Motion | SceneFeature::Presence => {
                    CrystalKind::Sight
                }
                SceneFeature::Heat | SceneFeature::Strain => CrystalKind::Body,
            };
        }
    }
    kind
}
