//! Multiplications without a model.
#![allow(missing_docs)]

mod common;

use common::stub::{Stub, compile};
use triune_rknn::{
    Call, Core, Error, Library, Matmul, MatmulForm, MatmulKind, MatmulLayout, MatmulScales,
    MatmulShape, MatmulSide,
};

const SHAPE: MatmulShape = MatmulShape {
    rows: 3,
    inner: 32,
    columns: 64,
};

fn form(right: MatmulLayout) -> MatmulForm {
    MatmulForm {
        kind: MatmulKind::I8I8I32,
        right,
        scales: MatmulScales::Layer,
    }
}

/// Small numbers of both signs.
fn matrix(elements: usize, seed: usize) -> Vec<i8> {
    (0..elements)
        .map(|index| ((index * 31 + seed) % 15) as i8 - 7)
        .collect()
}

fn product(shape: MatmulShape, left: &[i8], right: &[i8]) -> Vec<i32> {
    let mut result = Vec::new();
    for row in 0..shape.rows {
        for column in 0..shape.columns {
            let terms = (0..shape.inner).map(|inner| {
                let left = i32::from(left[row * shape.inner + inner]);
                left * i32::from(right[inner * shape.columns + column])
            });
            result.push(terms.sum());
        }
    }
    result
}

fn multiply(matmul: &mut Matmul) {
    let shape = matmul.shape();
    let left = matrix(shape.rows * shape.inner, 1);
    let right = matrix(shape.inner * shape.columns, 5);
    let bytes: Vec<u8> = right
        .iter()
        .map(|&element| element.cast_unsigned())
        .collect();
    let mut guard = matmul.write_left();
    let elements = guard.elements_mut::<i8>().expect("bytes");
    elements[..left.len()].copy_from_slice(&left);
    drop(guard);
    matmul.write_right(&bytes).expect("it fits");
    matmul.run().expect("it runs");
    let guard = matmul.read_result().expect("it is read");
    let result = guard.elements::<i32>().expect("whole elements");
    assert_eq!(
        result[..shape.rows * shape.columns],
        product(shape, &left, &right)
    );
}

#[test]
fn the_result_is_the_product_in_both_layouts() {
    let Some(stub) = Stub::open() else { return };
    for layout in [MatmulLayout::Normal, MatmulLayout::Native] {
        let mut matmul = Matmul::new(&stub.library, form(layout), SHAPE).unwrap();
        matmul.set_core(Some(Core::One)).unwrap();
        assert_eq!(stub.counters().mask, 2);
        matmul
            .set_quantisation(MatmulSide::Left, &[0.5], &[0])
            .unwrap();
        assert!(
            matmul
                .set_quantisation(MatmulSide::Left, &[], &[0])
                .is_err()
        );
        multiply(&mut matmul);
        assert!(matches!(
            matmul.write_right(&[0; 10]),
            Err(Error::TooSmall { .. })
        ));
    }
    stub.assert_nothing_left();
}

#[test]
fn another_shape_of_those_it_was_made_with() {
    let Some(stub) = Stub::open() else { return };
    let larger = MatmulShape { rows: 7, ..SHAPE };
    let mut matmul =
        Matmul::with_shapes(&stub.library, form(MatmulLayout::Normal), &[SHAPE, larger]).unwrap();
    for shape in [SHAPE, larger, SHAPE] {
        matmul.set_shape(shape).unwrap();
        multiply(&mut matmul);
    }
    let unknown = MatmulShape { rows: 8, ..SHAPE };
    assert!(matches!(
        matmul.set_shape(unknown),
        Err(Error::Matmul { .. })
    ));
    multiply(&mut matmul);
    drop(matmul);
    stub.assert_nothing_left();
}

#[test]
fn lengths_that_the_hardware_does_not_take_are_refused() {
    let Some(stub) = Stub::open() else { return };
    for shape in [
        MatmulShape { rows: 0, ..SHAPE },
        MatmulShape { inner: 33, ..SHAPE },
        MatmulShape {
            columns: 16,
            ..SHAPE
        },
        MatmulShape {
            rows: 1 << 31,
            ..SHAPE
        },
        MatmulShape {
            rows: 1 << 30,
            ..SHAPE
        },
    ] {
        let error = Matmul::new(&stub.library, form(MatmulLayout::Normal), shape).unwrap_err();
        let expected = matches!(error, Error::Matmul { .. } | Error::MemorySize { .. });
        assert!(expected, "{shape:?}: {error:?}");
    }
    assert!(Matmul::with_shapes(&stub.library, form(MatmulLayout::Normal), &[]).is_err());
    let halves = MatmulForm {
        kind: MatmulKind::F16F16F32,
        ..form(MatmulLayout::Normal)
    };
    let refused = Matmul::new(&stub.library, halves, SHAPE).unwrap_err();
    assert!(matches!(
        refused,
        Error::Call {
            call: Call::MatmulCreate,
            ..
        }
    ));
    stub.lie("matmul_size", 10);
    let error = Matmul::new(&stub.library, form(MatmulLayout::Normal), SHAPE).unwrap_err();
    assert!(
        matches!(error, Error::BadAttribute { field: "size", .. }),
        "{error:?}"
    );
    stub.assert_nothing_left();
}

#[test]
fn a_library_without_it_says_so() {
    let Some(compiled) = compile("few_symbols.c", &[]) else {
        return;
    };
    let library = Library::open(&compiled.path).unwrap();
    let error = Matmul::new(&library, form(MatmulLayout::Normal), SHAPE).unwrap_err();
    let call = Call::MatmulCreate;
    assert_eq!(error, Error::MissingSymbol { call });
}
