//! The table of parameters and setting by name.
#![allow(missing_docs)]
mod common;
use proptest::prelude::*;
use triune_core::*;

proptest! {
    #[test]
    fn a_parameter_is_taken_only_within_its_range(value in any::<f32>()) {
        for before in Parameters::default().table() {
            let mut parameters = Parameters::default();
            let taken = parameters.set(before.name, value);
            let after = row(&parameters, before.name);
            if (before.low..=before.high).contains(&value) {
                prop_assert!(taken.is_ok());
                prop_assert_eq!(after, ParameterRow { value, ..before });
            } else {
                prop_assert!(taken.is_err());
                prop_assert_eq!(after, before);
            }
        }
    }

    /// Whatever is set, the table reads back, and nothing else has moved.
    #[test]
    fn the_table_says_what_was_set(parameters in common::any::parameters()) {
        let mut again = Parameters::default();
        for row in parameters.table() {
            prop_assert!(again.set(row.name, row.value).is_ok());
        }
        prop_assert_eq!(again, parameters);
    }
}

fn row(parameters: &Parameters, name: &str) -> ParameterRow {
    let mut rows = parameters.table().into_iter();
    rows.find(|row| row.name == name).expect("known")
}

#[test]
fn every_row_is_whole() {
    let rows = Parameters::default().table();
    // Plain data of one number each: a field that the table lacks would show here.
    assert_eq!(rows.len() * size_of::<f32>(), size_of::<Parameters>());
    for (index, row) in rows.iter().enumerate() {
        assert_eq!(row.value, row.default, "{row:?}");
        assert!(row.low < row.high, "{row:?}");
        assert!((row.low..=row.high).contains(&row.default), "{row:?}");
        assert!(!row.unit.is_empty(), "{row:?}");
        assert!(row.meaning.ends_with('.'), "{row:?}");
        assert_eq!(row.meaning, row.meaning.trim(), "{row:?}");
        if row.unit == "share" {
            assert!(row.low >= 0.0 && row.high <= 1.0, "{row:?}");
        }
        assert!(rows[..index].iter().all(|other| other.name != row.name));
    }
}

#[test]
fn an_unknown_name_names_the_nearest() {
    let cases = [
        ("keep_treshold", Some("keep_threshold")),
        ("Centre-Coupling", Some("centre_coupling")),
        (
            "question interval seconds",
            Some("question_interval_seconds"),
        ),
        ("stale_after", Some("stale_after_seconds")),
        ("", None),
        ("zzz", None),
    ];
    for (name, meant) in cases {
        let mut parameters = Parameters::default();
        let error = parameters.set(name, 0.5).expect_err("unknown");
        let expected = ParameterError::Unknown {
            name: name.to_owned(),
            nearest: meant,
        };
        assert_eq!(error, expected);
        assert!(error.to_string().contains(name));
        assert!(meant.is_some() || error.to_string().contains("table of parameters"));
        assert!(meant.is_none_or(|meant| error.to_string().contains(meant)));
        assert_eq!(parameters, Parameters::default());
    }
}

#[test]
fn a_set_is_checked_as_a_whole() {
    let mut parameters = Parameters::default();
    assert_eq!(parameters.check(), Ok(()));
    parameters.centre_damping = f32::NAN;
    let error = parameters.check().expect_err("no number");
    assert_eq!((error.name, error.unit), ("centre_damping", "ratio"));
    // Another can be set all the same.
    assert!(parameters.set("keep_threshold", 0.5).is_ok());
}

#[test]
fn a_refused_value_names_range_and_unit() {
    let error = Parameters::default().set("centre_frequency_hertz", 9.0);
    assert_eq!(
        error.expect_err("too fast").to_string(),
        "centre_frequency_hertz = 9 is outside 0.05 to 5 (hertz)"
    );
}
