//! The table of a state's numbers: names, values and checks.
#![allow(missing_docs)]
use proptest::prelude::*;
use std::collections::BTreeSet;
use triune_core::*;
use zerocopy::{FromBytes, IntoBytes};

fn named(state: &State, name: &str) -> FieldValue {
    let index = STATE_FIELDS
        .iter()
        .position(|field| field.name == name)
        .unwrap_or_else(|| panic!("{name} is in the table"));
    state.field(index).expect("within the table")
}

#[test]
fn names_lead_to_the_numbers_that_they_name() {
    let mut state = State::at_rest(BeingId(7));
    for (index, average) in state.environmental.scene.iter_mut().enumerate() {
        average.short = index as f32;
    }
    for centre in EnergyCentre::ALL {
        state.experiential.centres.0[centre as usize] = 10.0 + centre as usize as f32;
        state.experiential.velocities[centre as usize] = 20.0 + centre as usize as f32;
    }
    for kind in LoopKind::ALL {
        state.loop_ages[kind as usize] = 30 + kind as u64;
    }
    state.analytical.flux[8] = 0.9;
    state.analytical.elp.logos = 0.4;
    state.observation.kept = 5;
    for feature in SceneFeature::ALL {
        let name = format!("environmental.scene.{}.short", feature.name());
        assert_eq!(
            named(&state, &name),
            FieldValue::F32(feature as usize as f32)
        );
    }
    for centre in EnergyCentre::ALL {
        let number = centre as usize as f32;
        let value = named(&state, &format!("experiential.centres.{}", centre.name()));
        let velocity = named(
            &state,
            &format!("experiential.velocities.{}", centre.name()),
        );
        assert_eq!(value, FieldValue::F32(10.0 + number));
        assert_eq!(velocity, FieldValue::F32(20.0 + number));
    }
    for kind in LoopKind::ALL {
        let age = named(&state, &format!("loop_ages.{}", kind.name()));
        assert_eq!(age, FieldValue::U64(30 + kind as u64));
    }
    assert_eq!(named(&state, "being"), FieldValue::U64(7));
    assert_eq!(named(&state, "analytical.flux.9"), FieldValue::F32(0.9));
    assert_eq!(named(&state, "analytical.elp.logos"), FieldValue::F32(0.4));
    assert_eq!(named(&state, "observation.kept"), FieldValue::U32(5));
}

#[test]
fn every_byte_has_one_name_and_every_name_is_its_own() {
    let mut covered = vec![0_u32; size_of::<State>()];
    for field in STATE_FIELDS {
        for times in &mut covered[field.offset..field.offset + field.kind.size()] {
            *times += 1;
        }
    }
    assert!(covered.into_iter().all(|times| times == 1));
    let names: BTreeSet<_> = STATE_FIELDS.iter().map(|field| field.name).collect();
    assert_eq!(names.len(), STATE_FIELD_COUNT);
    assert_eq!(
        State::at_rest(BeingId::FIRST).field(STATE_FIELD_COUNT),
        None
    );
}

proptest! {
    #[test]
    fn a_flipped_bit_changes_the_check_of_its_field_alone(
        bytes in prop::collection::vec(any::<u8>(), size_of::<State>()),
    ) {
        let state = State::read_from_bytes(&bytes).expect("sized");
        let checks = state.field_checks();
        for (index, field) in STATE_FIELDS.iter().enumerate() {
            for bit in 0..field.kind.size() * 8 {
                let mut flipped = bytes.clone();
                flipped[field.offset + bit / 8] ^= 1 << (bit % 8);
                let flipped = State::read_from_bytes(&flipped).expect("sized");
                let differing: Vec<usize> = flipped
                    .field_checks()
                    .iter()
                    .zip(&checks)
                    .enumerate()
                    .filter(|(_, (now, before))| now != before)
                    .map(|(index, _)| index)
                    .collect();
                prop_assert_eq!(differing, vec![index], "{} bit {}", field.name, bit);
            }
        }
        prop_assert_eq!(state.as_bytes(), &bytes[..]);
    }
}

/// What a number may be is found out by changing its bits: no number out of its range is passed over.
#[test]
fn a_number_out_of_its_range_is_named() {
    let state = State::at_rest(BeingId(7));
    assert_eq!(state.check(), Ok(()));
    for (index, field) in STATE_FIELDS.iter().enumerate() {
        let wrong: &[f32] = match field.kind {
            FieldKind::F32 => &[f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 3_601.0, -32.0],
            FieldKind::U32 | FieldKind::U64 => &[],
        };
        for value in wrong {
            let mut bytes = state.as_bytes().to_vec();
            bytes[field.offset..field.offset + 4].copy_from_slice(value.as_bytes());
            let damaged = State::read_from_bytes(&bytes).expect("whole");
            let error = damaged.check().expect_err("out of range");
            assert_eq!((error.name, error.being), (field.name, BeingId(7)));
            assert_eq!(
                Some(error.value.bits()),
                damaged.field(index).map(FieldValue::bits)
            );
        }
    }
    let mut state = state;
    state.analytical.last_flux = 10;
    let error = state.check().expect_err("no such position");
    assert_eq!(
        error.to_string(),
        "the state of being 0000000000000007 is damaged: analytical.last_flux = 10 is outside 0 to 9; import it from an export, or erase it"
    );
}
