//! Whether a state is what its documents say: every number finite and within its range.
use super::any::FASTEST;
use triune_core::*;

/// Rounding that a sum of shares may carry.
const ROUNDING: f32 = 1e-4;

/// Fails if any number of the state lies outside its range.
pub(crate) fn assert_in_range(state: &State) {
    let share = |name: &str, value: f32| {
        assert!(
            (0.0..=1.0).contains(&value),
            "{name} is {value} in {state:?}"
        );
    };
    for (feature, average) in SceneFeature::ALL.iter().zip(&state.environmental.scene) {
        let name = feature.name();
        share(name, average.now);
        share(name, average.short);
        share(name, average.long);
        share(name, average.confidence);
        assert!(
            (0.0..=3_600.0).contains(&average.evidence),
            "{name}: {average:?}"
        );
    }
    share("surprise", state.environmental.surprise);
    share("scene confidence", state.environmental.confidence);

    let analytical = &state.analytical;
    for value in analytical.flux {
        share("flux", value);
    }
    assert!(analytical.flux.iter().sum::<f32>() <= 1.0 + ROUNDING);
    let elp = analytical.elp;
    for value in [elp.ethos, elp.logos, elp.pathos] {
        share("ELP", value);
    }
    assert!((elp.ethos + elp.logos + elp.pathos - 1.0).abs() <= ROUNDING);
    share("boost", analytical.boost);
    share("meaning", analytical.meaning);
    share("novelty", analytical.novelty);
    share("analytical confidence", analytical.confidence);
    assert!(analytical.last_flux <= 9);

    let experiential = &state.experiential;
    for centre in EnergyCentre::ALL {
        share(centre.name(), experiential.centres[centre]);
    }
    for velocity in experiential.velocities {
        assert!(
            velocity.abs() <= FASTEST,
            "velocity is {velocity} in {state:?}"
        );
    }
    share("arousal", experiential.arousal);

    let observation = &state.observation;
    assert!(Attention::from_number(observation.attention).is_some());
    share("coherence", observation.coherence);
    share("salience", observation.salience);
    share("usual salience", observation.usual_salience);
    share("confidence", observation.confidence);
    share("expression", observation.expression);
}

/// Fails if anything that a cycle hands out is not finite or outside its range.
pub(crate) fn assert_outputs_in_range(outputs: &Outputs) {
    let draft = outputs.crystal.as_ref();
    let asked = outputs.question.as_ref().map(|question| question.embedding);
    for embedding in draft.map(|draft| draft.embedding).into_iter().chain(asked) {
        // The largest dimension is a band: at most 120 decibels in units of 60.
        assert!(embedding.0.iter().all(|value| value.abs() <= 2.0));
    }
    if let Some(draft) = draft {
        let values = [draft.salience, draft.confidence, draft.coherence];
        for value in values.into_iter().chain(draft.centres.0) {
            assert!((0.0..=1.0).contains(&value), "{draft:?}");
        }
        assert!(CrystalKind::from_number(draft.kind).is_some());
    }
}
