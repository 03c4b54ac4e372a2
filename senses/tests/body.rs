//! The body: readings that are there and believable, nothing else.

use proptest::prelude::*;
use triune_core::BodyPercept;
use triune_senses::{Body, Vitals};

#[test]
fn nothing_read_is_absent() {
    assert_eq!(Body::process(&Vitals::default()), BodyPercept::ABSENT);
}

#[test]
fn what_was_read_is_felt() {
    let vitals = Vitals {
        load: Some(0.25),
        temperature: Some(61.5),
        memory: None,
        pressure: Some(0.0),
        age: 3,
    };
    let percept = Body::process(&vitals);
    assert_eq!(
        (
            percept.load.value,
            percept.load.confidence,
            percept.load.age
        ),
        (0.25, 1.0, 3)
    );
    assert_eq!(percept.temperature.value, 61.5);
    assert!(percept.pressure.is_present() && !percept.memory.is_present());
}

proptest! {
    #[test]
    fn unbelievable_readings_are_absent(
        load in any::<f32>(), temperature in any::<f32>(), bits in any::<u32>(),
    ) {
        let memory = f32::from_bits(bits);
        let percept = Body::process(&Vitals {
            load: Some(load),
            temperature: Some(temperature),
            memory: Some(memory),
            pressure: Some(f32::NAN),
            age: 0,
        });
        prop_assert_eq!(percept.load.is_present(), (0.0..=1.0).contains(&load));
        prop_assert_eq!(percept.memory.is_present(), (0.0..=1.0).contains(&memory));
        prop_assert_eq!(percept.temperature.is_present(), (-55.0..=150.0).contains(&temperature));
        prop_assert!(!percept.pressure.is_present());
        for judgement in [percept.load, percept.temperature, percept.memory] {
            prop_assert!(judgement.is_present() || judgement.value == 0.0);
        }
    }
}
