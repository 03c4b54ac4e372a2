//! A library that says what cannot be true is not believed.
#![allow(missing_docs)]

mod common;

use common::stub::Stub;
use triune_rknn::{Error, Form, Role, View};

/// What the library says wrongly, and the field that the error names.
const LIES: &[(&str, i64, &str)] = &[
    ("index", 9, "index"),
    ("n_dims", 17, "n_dims"),
    ("n_dims", 0xffff_ffff, "n_dims"),
    ("n_dims", 3, "n_dims"),
    ("dims", 0, "dims"),
    ("dims", 0xffff_ffff, "size_with_stride"),
    ("n_elems", 0, "n_elems"),
    ("n_elems", 1_000_000, "n_elems"),
    ("size", 3, "size"),
    ("size_with_stride", 95, "size_with_stride"),
    ("w_stride", 2, "w_stride"),
    ("w_stride", 0xffff_ffff, "size_with_stride"),
    ("h_stride", 1, "h_stride"),
    ("fmt", 4, "fmt"),
    ("fmt", -1, "fmt"),
    ("type", 12, "type"),
    ("qnt_type", 3, "qnt_type"),
    ("scale", 0, "scale"),
    ("scale", -1, "scale"),
];

#[test]
fn the_first_field_that_cannot_be_is_named_and_nothing_is_bound() {
    for &(what, value, expected) in LIES {
        let Some(stub) = Stub::open() else { return };
        let mut context = stub.context();
        stub.lie(what, value as _);
        for result in [
            context.attribute(Role::Output, 0, View::Native).map(|_| ()),
            context.bind_new(Role::Output, 0, Form::Native),
        ] {
            match result {
                Err(Error::BadAttribute { field, .. }) => {
                    assert_eq!(field, expected, "{what} = {value}");
                }
                other => panic!("{what} = {value}: {other:?}"),
            }
        }
        assert_eq!(stub.counters().memories, 0, "{what} = {value}");
    }
}

#[test]
fn the_elements_of_a_plain_tensor_are_the_product_of_its_axes() {
    let Some(stub) = Stub::open() else { return };
    let context = stub.context();
    for (what, value) in [("n_elems", 29), ("n_elems", 31), ("dims", 3)] {
        stub.lie("n_elems", 30);
        stub.lie(what, value);
        let error = context
            .attribute(Role::Output, 0, View::Declared)
            .unwrap_err();
        let is_named = matches!(
            error,
            Error::BadAttribute {
                field: "n_elems",
                ..
            }
        );
        assert!(is_named, "{what} = {value}: {error:?}");
    }
}

#[test]
fn a_name_that_does_not_end_is_cut() {
    let Some(stub) = Stub::open() else { return };
    let context = stub.context();
    stub.lie("name", i64::from(b'x') as _);
    let attribute = context.attribute(Role::Input, 0, View::Declared).unwrap();
    assert_eq!(attribute.name, "x".repeat(256));
    // Half of a two-byte letter, all over.
    stub.lie("name", 0xc3);
    let attribute = context.attribute(Role::Input, 0, View::Declared).unwrap();
    assert!(attribute.name.chars().all(|letter| letter == '\u{fffd}'));
}

#[test]
fn shapes_beyond_the_structure_are_refused() {
    for (what, value) in [("shape_number", 513), ("range_dims", 17)] {
        let Some(stub) = Stub::open() else { return };
        let context = stub.context();
        stub.lie(what, value);
        let error = context.input_ranges().unwrap_err();
        assert!(matches!(error, Error::BadAttribute { .. }), "{error:?}");
    }
}
