//! Contexts: loading, asking, duplicating, and leaving nothing behind.
#![allow(missing_docs)]

mod common;

use std::time::Duration;

use common::stub::{MODEL, Stub};
use triune_rknn::{
    Call, Code, Context, Core, Cores, ElementType, Error, Form, Format, InitFlags, Quantisation,
    Role, View,
};

#[test]
fn a_model_is_described_as_the_library_has_it() {
    let Some(stub) = Stub::open() else { return };
    let context = stub.context();
    assert_eq!(context.count(Role::Input), 1);
    let input = context.attribute(Role::Input, 0, View::Declared).unwrap();
    assert_eq!(input.name, "picture");
    assert_eq!(input.dimensions, [1, 2, 3, 5]);
    assert_eq!(
        (input.format, input.element),
        (Format::Nhwc, ElementType::I8)
    );
    let quantisation = Quantisation::Affine {
        scale: 0.5,
        zero_point: 10,
    };
    assert_eq!(input.quantisation, quantisation);
    let native = context.attributes(Role::Output, View::Native).unwrap();
    assert_eq!(native[0].dimensions, [1, 1, 2, 3, 16]);
    assert_eq!(native[0].size_with_stride, 96);
    let strided = context.attribute(Role::Input, 0, View::Native).unwrap();
    assert_eq!((strided.width_stride, strided.size_with_stride), (16, 160));
    assert_eq!(
        context
            .attribute(Role::Output, 2, View::Native)
            .unwrap_err(),
        Error::NoSuchTensor {
            role: Role::Output,
            index: 2,
            count: 2
        }
    );
}

#[test]
fn the_other_questions_are_answered() {
    let Some(stub) = Stub::open() else { return };
    let mut context = stub.context();
    assert_eq!(context.versions().driver, "0.9.8");
    let size = context.memory_size().unwrap();
    assert_eq!(
        (size.weights, size.scratch, size.allocated),
        (1000, 2000, 5_000_000_000)
    );
    // No zero byte ends it.
    assert_eq!(context.custom_string().unwrap(), "c".repeat(1024));
    let ranges = context.input_ranges().unwrap();
    assert_eq!(ranges[0].shapes, [[1, 2, 3, 5], [1, 4, 3, 5]]);
    assert!(context.layer_times().unwrap().ends_with("sum 3 us\n"));
    assert!(context.run_time().is_err(), "nothing ran yet");
    for role in [Role::Input, Role::Output] {
        for index in 0..context.count(role) {
            context.bind_new(role, index, Form::Native).unwrap();
        }
    }
    context.run().unwrap();
    assert_eq!(context.run_time().unwrap(), Duration::from_micros(15));
    stub.lie("run_duration", -1);
    assert!(matches!(
        context.run_time(),
        Err(Error::BadAttribute {
            field: "run_duration",
            ..
        })
    ));
}

#[test]
fn a_file_is_loaded_by_its_path() {
    let Some(stub) = Stub::open() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a model.rknn");
    std::fs::write(&path, MODEL).unwrap();
    let context = Context::load_file(&stub.library, &path, InitFlags::empty()).unwrap();
    assert_eq!(context.count(Role::Output), 2);
    let absent = folder.path().join("absent");
    assert!(Context::load_file(&stub.library, &absent, InitFlags::empty()).is_err());
    let zero = Context::load_file(&stub.library, "a\0b".as_ref(), InitFlags::empty());
    assert!(matches!(zero, Err(Error::PathWithZero { .. })));
}

#[test]
fn errors_name_the_call_and_the_code() {
    let Some(stub) = Stub::open() else { return };
    let load = |model: &[u8]| Context::load(&stub.library, model, InitFlags::empty());
    let error = load(b"RKNN\0\0\0\0").unwrap_err();
    assert_eq!(
        error,
        Error::Call {
            call: Call::Init,
            code: Code::ModelInvalid,
            hint: ""
        }
    );
    let text = error.to_string();
    assert!(text.starts_with("rknn_init gave -6 ("), "{text}");
    assert_eq!(load(b"").unwrap_err(), Error::ModelSize { bytes: 0 });
    for number in (-14..0).chain([-99, 7]) {
        stub.fail("rknn_init", 1, number);
        let Error::Call { code, .. } = load(MODEL).unwrap_err() else {
            panic!("{number}");
        };
        assert_eq!(code.number(), number);
        assert_eq!(
            matches!(code, Code::Other(_)),
            !(-14..0).contains(&number),
            "{number}"
        );
    }
    stub.assert_nothing_left();
}

#[test]
fn a_failure_after_loading_destroys_the_context() {
    let Some(stub) = Stub::open() else { return };
    for nth in 1..=2 {
        stub.fail("rknn_query", nth, -99);
        let error = Context::load(&stub.library, MODEL, InitFlags::empty()).unwrap_err();
        let expected = Error::Call {
            call: Call::Query,
            code: Code::Other(-99),
            hint: "",
        };
        assert_eq!(error, expected);
        stub.assert_nothing_left();
    }
    stub.lie("n_output", 1000);
    let error = Context::load(&stub.library, MODEL, InitFlags::empty()).unwrap_err();
    assert!(
        matches!(error, Error::TooManyTensors { found: 1000, .. }),
        "{error:?}"
    );
    stub.assert_nothing_left();
}

#[test]
fn a_duplicate_keeps_what_it_came_from_alive() {
    let Some(stub) = Stub::open() else { return };
    let first = stub.context();
    let mut second = first.duplicate().unwrap();
    assert_eq!(stub.counters().contexts, 2);
    drop(first);
    assert_eq!(stub.counters().contexts, 2, "the duplicate still needs it");
    second.bind_new(Role::Input, 0, Form::Native).unwrap();
    drop(second);
    stub.assert_nothing_left();
    let first = stub.context();
    stub.fail("rknn_dup_context", 1, -4);
    assert!(first.duplicate().is_err());
    stub.fail("rknn_query", 1, -1);
    assert!(first.duplicate().is_err());
    assert_eq!(stub.counters().contexts, 1);
}

#[test]
fn weights_are_shared_with_a_context_that_stays() {
    let Some(stub) = Stub::open() else { return };
    let first = stub.context();
    let second = first.load_sharing(MODEL, InitFlags::LOW_PRIORITY).unwrap();
    // Low priority is 2, shared weights 0x20.
    assert_eq!(stub.counters().flags, 0x22);
    drop(first);
    assert_eq!(stub.counters().contexts, 2);
    drop(second);
    stub.assert_nothing_left();
}

/// The weights that were given lie in the first context's memory, and the others compute with them.
#[test]
fn weights_that_were_given_stay_while_any_context_shares_them() {
    let Some(stub) = Stub::open() else { return };
    let flags = InitFlags::MEMORY_FROM_CALLER;
    for duplicated in [false, true] {
        let derive = |first: &Context| match duplicated {
            false => first.load_sharing(MODEL, InitFlags::empty()),
            true => first.duplicate(),
        };
        let mut first = Context::load(&stub.library, MODEL, flags).unwrap();
        let before = derive(&first).unwrap();
        let weights = first.memory(1000).unwrap();
        first.use_weights(weights).unwrap();
        let after = derive(&first).unwrap();
        // What was given first may still be in use too.
        let weights = first.memory(1000).unwrap();
        first.use_weights(weights).unwrap();
        drop(first);
        assert_eq!(stub.counters().memories, 2, "still computed with");
        drop(before);
        assert_eq!(stub.counters().memories, 2, "still computed with");
        drop(after);
        stub.assert_nothing_left();
    }
    let mut alone = Context::load(&stub.library, MODEL, flags).unwrap();
    for _ in 0..3 {
        let weights = alone.memory(1000).unwrap();
        alone.use_weights(weights).unwrap();
        assert_eq!(stub.counters().memories, 1, "nobody shares the old ones");
    }
}

#[test]
fn cores_are_set_by_the_masks_that_the_runtime_takes() {
    let Some(stub) = Stub::open() else { return };
    let mut context = stub.context();
    for (cores, mask) in [
        (Cores::One(Core::Zero), 1),
        (Cores::One(Core::One), 2),
        (Cores::One(Core::Two), 4),
        (Cores::FirstTwo, 3),
        (Cores::FirstThree, 7),
        (Cores::All, 0xffff),
        (Cores::Auto, 0),
    ] {
        context.set_cores(cores).unwrap();
        assert_eq!(stub.counters().mask, mask);
    }
    // Bits that are no flag of ours do not reach the library.
    let unknown = InitFlags::from_bits_retain(0xffff_ffff);
    drop(Context::load(&stub.library, MODEL, unknown).unwrap());
    assert_eq!(stub.counters().flags, InitFlags::all().bits());
    stub.fail("rknn_set_core_mask", 1, -5);
    let refused = context.set_cores(Cores::FirstTwo).unwrap_err();
    assert!(matches!(
        refused,
        Error::Call {
            call: Call::SetCoreMask,
            ..
        }
    ));
    assert!(context.set_batch_cores(3).is_ok());
    assert!(context.set_batch_cores(4).is_err());
}

#[test]
fn a_lost_device_can_be_told_from_other_failures() {
    let Some(stub) = Stub::open() else { return };
    let mut context = stub.context();
    for role in [Role::Input, Role::Output] {
        for index in 0..context.count(role) {
            context.bind_new(role, index, Form::Native).unwrap();
        }
    }
    for (code, lost) in [(-2, false), (-3, true)] {
        stub.fail("rknn_run", 1, code);
        assert_eq!(context.run().unwrap_err().is_device_lost(), lost);
    }
    context.run().expect("it goes on");
}

#[test]
fn a_release_that_fails_is_counted() {
    let Some(stub) = Stub::open() else { return };
    let context = stub.context();
    stub.fail("rknn_destroy", 1, -1);
    drop(context);
    assert_eq!(stub.library.failed_releases(), 1);
}

#[test]
fn memory_from_the_caller_must_be_given() {
    let Some(stub) = Stub::open() else { return };
    let flags = InitFlags::MEMORY_FROM_CALLER;
    let mut context = Context::load(&stub.library, MODEL, flags).unwrap();
    for role in [Role::Input, Role::Output] {
        for index in 0..context.count(role) {
            context.bind_new(role, index, Form::Native).unwrap();
        }
    }
    let lacks = |context: &mut Context, name| match context.run() {
        Err(Error::MemoryNotGiven { part, .. }) => assert_eq!(part, name),
        other => panic!("{other:?}"),
    };
    lacks(&mut context, "weights");
    let small = context.memory(999).unwrap();
    assert!(matches!(
        context.use_weights(small),
        Err(Error::TooSmall {
            needed: 1000,
            found: 999,
            ..
        })
    ));
    let weights = context.memory(1000).unwrap();
    context.use_weights(weights).unwrap();
    lacks(&mut context, "intermediate values");
    let scratch = context.memory(2000).unwrap();
    context.use_scratch(scratch).unwrap();
    context.run().unwrap();
    drop(context);
    stub.assert_nothing_left();
}
