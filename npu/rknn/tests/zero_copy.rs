//! Memory that is bound: what goes in comes out, and nothing is read or written beyond it.
#![allow(missing_docs)]

mod common;

use std::os::fd::AsFd;
use std::ptr::NonNull;

use common::stub::Stub;
use triune_rknn::layout::{Axes, Blocks, nc1hwc2_to_nchw};
use triune_rknn::quantise::{dequantise, quantise};
use triune_rknn::{
    Call, Code, Context, ElementType, Error, Form, Format, InputData, MemoryKind, Quantisation,
    Role,
};

const AXES: Axes = Axes {
    batches: 1,
    channels: 5,
    height: 2,
    width: 3,
};

fn plain(element: ElementType, format: Format) -> Form {
    Form::Plain { element, format }
}

/// The picture's values, by row, column and channel; small enough that doubling them saturates nothing.
fn picture() -> Vec<f32> {
    (0..30).map(|index| index as f32 * 0.5 - 5.0).collect()
}

/// Twice the picture, by channel, row and column.
fn doubled() -> Vec<f32> {
    let picture = picture();
    let mut doubled = vec![0.0; 30];
    for (index, value) in picture.iter().enumerate() {
        doubled[index % 5 * 6 + index / 5] = 2.0 * value;
    }
    doubled
}

fn bind_outputs(context: &mut Context, form: Form) {
    context.bind_new(Role::Output, 0, form).expect("bound");
    context
        .bind_new(Role::Output, 1, Form::Native)
        .expect("bound");
}

#[test]
fn native_memory_carries_what_the_layouts_say() {
    let Some(stub) = Stub::open() else { return };
    let mut context = stub.context();
    context.bind_new(Role::Input, 0, Form::Native).unwrap();
    bind_outputs(&mut context, Form::Native);
    let (input, _) = context.bound(Role::Input, 0).unwrap();
    let Quantisation::Affine { scale, zero_point } = input.quantisation else {
        panic!("{input:?}");
    };
    let row = input.width_stride * 5;
    let mut guard = context.write_input(0).unwrap();
    let elements: &mut [i8] = guard.elements_mut().unwrap();
    for (values, into) in picture().chunks(15).zip(elements.chunks_mut(row)) {
        quantise(values, scale, zero_point, into);
    }
    guard.finish().unwrap();
    context.run().unwrap();
    let (output, form) = context.bound(Role::Output, 0).unwrap();
    assert_eq!(form, Form::Native);
    let blocks = Blocks {
        channels: output.dimensions[4],
        width_stride: output.width_stride,
    };
    let guard = context.read_output(0).unwrap();
    let mut integers = [0_i8; 30];
    nc1hwc2_to_nchw(AXES, blocks, guard.elements().unwrap(), &mut integers).unwrap();
    let mut values = [0.0; 30];
    dequantise(&integers, scale, zero_point, &mut values);
    assert_eq!(values.to_vec(), doubled());
    let sum: f32 = picture().iter().sum();
    assert_eq!(
        context.read_output(1).unwrap().elements::<f32>().unwrap(),
        [sum]
    );
    drop(context);
    stub.assert_nothing_left();
}

#[test]
fn plain_memory_is_converted_by_the_runtime() {
    let Some(stub) = Stub::open() else { return };
    let mut context = stub.context();
    let floats = plain(ElementType::F32, Format::Nhwc);
    context.bind_new(Role::Input, 0, floats).unwrap();
    bind_outputs(&mut context, plain(ElementType::F32, Format::Nchw));
    {
        let mut guard = context.write_input(0).unwrap();
        guard.elements_mut::<f32>().unwrap()[..30].copy_from_slice(&picture());
    }
    context.run().unwrap();
    let guard = context.read_output(0).unwrap();
    assert_eq!(guard.elements::<f32>().unwrap()[..30], doubled());
}

#[test]
fn a_new_memory_is_of_zeros_for_both_sides() {
    let Some(stub) = Stub::open() else { return };
    let context = stub.context();
    for kind in [
        MemoryKind::Usual,
        MemoryKind::Cached,
        MemoryKind::Uncached,
        MemoryKind::Sram,
    ] {
        let memory = context.memory_of_kind(100, kind).unwrap();
        assert!(
            memory.read().unwrap().iter().all(|&byte| byte == 0),
            "{kind:?}"
        );
        assert_eq!(memory.size(), 100);
    }
}

#[test]
fn what_was_written_reaches_the_device_though_a_sync_failed_or_a_guard_was_lost() {
    let Some(stub) = Stub::open() else { return };
    let mut context = stub.context();
    context
        .bind_new(Role::Input, 0, plain(ElementType::F32, Format::Nhwc))
        .unwrap();
    bind_outputs(&mut context, Form::Native);
    let sum = |context: &Context| context.read_output(1).unwrap().elements::<f32>().unwrap()[0];
    let write = |context: &mut Context, value: f32| {
        let mut guard = context.write_input(0).unwrap();
        guard.elements_mut::<f32>().unwrap()[..30].fill(value);
        guard.finish()
    };
    stub.fail("rknn_mem_sync", 1, -1);
    let failed = write(&mut context, 1.0);
    assert!(matches!(
        failed,
        Err(Error::Call {
            call: Call::MemSync,
            ..
        })
    ));
    context.run().unwrap();
    assert_eq!(sum(&context), 30.0);
    let mut guard = context.write_input(0).unwrap();
    guard.elements_mut::<f32>().unwrap()[..30].fill(2.0);
    #[allow(clippy::mem_forget, reason = "what is tested")]
    std::mem::forget(guard);
    context.run().unwrap();
    assert_eq!(sum(&context), 60.0);
    // Failing again before the run: the run tells, and nothing is lost.
    stub.fail("rknn_mem_sync", 1, -1);
    let mut guard = context.write_input(0).unwrap();
    guard.elements_mut::<f32>().unwrap()[..30].fill(3.0);
    drop(guard);
    stub.fail("rknn_mem_sync", 1, -1);
    assert!(context.run().is_err());
    context.run().unwrap();
    assert_eq!(sum(&context), 90.0);
}

#[test]
fn a_memory_that_is_too_small_is_refused_before_the_call() {
    let Some(stub) = Stub::open() else { return };
    let mut context = stub.context();
    for (role, index, form) in [
        (Role::Input, 0, Form::Native),
        (Role::Output, 0, Form::Native),
        (Role::Output, 1, Form::Native),
        (Role::Input, 0, plain(ElementType::F32, Format::Nhwc)),
        (Role::Output, 0, plain(ElementType::F32, Format::Nchw)),
        (Role::Output, 0, plain(ElementType::I64, Format::Nchw)),
    ] {
        let needed = context.needed(role, index, form).unwrap();
        let small = context.memory(needed - 1).unwrap();
        let error = context.bind(role, index, small, form).unwrap_err();
        let Error::TooSmall {
            needed: says,
            found,
            ..
        } = error
        else {
            panic!("{error:?}");
        };
        assert_eq!((says, found), (needed, needed - 1));
        assert!(matches!(
            context.bound(role, index),
            Err(Error::NotBound { .. })
        ));
        let enough = context.memory(needed).unwrap();
        context.bind(role, index, enough, form).unwrap();
        context = stub.context();
    }
    assert_eq!(stub.counters().memories, 0);
}

#[test]
fn forms_that_no_runtime_converts_are_refused() {
    let Some(stub) = Stub::open() else { return };
    let context = stub.context();
    for form in [
        plain(ElementType::I4, Format::Nhwc),
        plain(ElementType::Bf16, Format::Nhwc),
        plain(ElementType::I8, Format::Nc1hwc2),
    ] {
        let error = context.needed(Role::Input, 0, form).unwrap_err();
        assert!(
            matches!(error, Error::UnsupportedBinding { .. }),
            "{error:?}"
        );
    }
}

#[test]
fn what_was_bound_stays_until_another_takes_its_place() {
    let Some(stub) = Stub::open() else { return };
    let mut context = stub.context();
    let other = stub.context();
    context.bind_new(Role::Input, 0, Form::Native).unwrap();
    let foreign = other.memory(1000).unwrap();
    assert_eq!(
        context
            .bind(Role::Input, 0, foreign, Form::Native)
            .unwrap_err(),
        Error::ForeignMemory
    );
    stub.fail("rknn_set_io_mem", 1, -5);
    assert!(context.bind_new(Role::Input, 0, Form::Native).is_err());
    assert!(context.bound(Role::Input, 0).is_ok());
    assert_eq!(stub.counters().memories, 1);
    context.bind_new(Role::Input, 0, Form::Native).unwrap();
    assert_eq!(stub.counters().memories, 1);
    let error = context.run().unwrap_err();
    assert!(
        matches!(
            error,
            Error::NotBound {
                role: Role::Output,
                index: 0
            }
        ),
        "{error:?}"
    );
}

#[test]
fn memory_that_the_library_does_not_give_or_gives_wrongly() {
    let Some(stub) = Stub::open() else { return };
    let context = stub.context();
    stub.fail("rknn_create_mem", 1, -4);
    assert!(matches!(
        context.memory(10),
        Err(Error::Call {
            call: Call::CreateMem,
            code: Code::NoMemory,
            ..
        })
    ));
    for bytes in [0, 1 << 32] {
        assert_eq!(
            context.memory(bytes).unwrap_err(),
            Error::MemorySize { bytes }
        );
    }
    stub.lie("memory_size", 9);
    assert!(matches!(
        context.memory(10),
        Err(Error::UnusableMemory { .. })
    ));
    let Some(stub) = Stub::open() else { return };
    let context = stub.context();
    stub.lie("no_address", 1);
    assert!(matches!(
        context.memory(10),
        Err(Error::UnusableMemory { .. })
    ));
    assert_eq!(stub.counters().memories, 0);
}

#[test]
fn a_memory_outlives_its_context_and_moves_between_threads() {
    let Some(stub) = Stub::open() else { return };
    let context = stub.context();
    let mut memory = context.memory(64).unwrap();
    drop(context);
    assert_eq!(stub.counters().contexts, 1, "the memory keeps it");
    std::thread::spawn(move || memory.write().fill(1))
        .join()
        .unwrap();
    stub.assert_nothing_left();
}

#[test]
fn memory_of_others_is_used_in_place() {
    let Some(stub) = Stub::open() else { return };
    let mut context = stub.context();
    let mut buffer = vec![0_u8; 160];
    let address = NonNull::new(buffer.as_mut_ptr()).unwrap();
    let file = tempfile::tempfile().unwrap();
    // SAFETY: the buffer outlives the context, nobody else touches it, and the stub maps no descriptor.
    let memory = unsafe { context.memory_from_dma_buf(file.as_fd(), address, 160, 0) }.unwrap();
    context.bind(Role::Input, 0, memory, Form::Native).unwrap();
    context.write_input(0).unwrap().fill(7);
    drop(context);
    assert!(buffer.iter().all(|&byte| byte == 7));
    let context = stub.context();
    let address = NonNull::new(buffer.as_mut_ptr()).unwrap();
    // SAFETY: as above.
    let memory = unsafe { context.memory_from_physical(0x1000, address, 160) }.unwrap();
    drop(memory);
    drop(context);
    stub.assert_nothing_left();
}

#[test]
fn another_shape_binds_again_what_fits_and_tells_what_does_not() {
    let Some(stub) = Stub::open() else { return };
    let mut context = stub.context();
    let floats = plain(ElementType::F32, Format::Nhwc);
    // Large enough for 4 rows, and not.
    let memory = context.memory(1000).unwrap();
    context.bind(Role::Input, 0, memory, floats).unwrap();
    bind_outputs(&mut context, Form::Native);
    context.set_shapes(&[&[1, 4, 3, 5]]).unwrap();
    assert_eq!(
        context.run().unwrap_err(),
        Error::OutgrownBinding {
            role: Role::Output,
            index: 0,
            needed: 192
        }
    );
    context.bind_new(Role::Output, 0, Form::Native).unwrap();
    let mut guard = context.write_input(0).unwrap();
    guard.elements_mut::<f32>().unwrap()[..60].fill(1.0);
    drop(guard);
    context.run().unwrap();
    assert_eq!(
        context.read_output(1).unwrap().elements::<f32>().unwrap(),
        [60.0]
    );
    context.set_shapes(&[&[1, 2, 3, 5]]).unwrap();
    context.run().unwrap();
    assert_eq!(
        context.read_output(1).unwrap().elements::<f32>().unwrap(),
        [30.0]
    );
    for wrong in [&[1, 3, 3, 5][..], &[], &[1, 0, 3, 5], &[1; 17]] {
        assert!(context.set_shapes(&[wrong]).is_err(), "{wrong:?}");
    }
    assert!(matches!(
        context.set_shapes(&[]),
        Err(Error::WrongCount { .. })
    ));
    context.run().expect("a refused shape changes nothing");
}

#[test]
fn copies_give_the_same_and_are_released() {
    let Some(stub) = Stub::open() else { return };
    let mut context = stub.context();
    let bytes: Vec<u8> = picture()
        .iter()
        .flat_map(|value| value.to_ne_bytes())
        .collect();
    let input = InputData {
        bytes: &bytes,
        element: ElementType::F32,
        format: Format::Nhwc,
        pass_through: false,
    };
    let outputs = context.run_copied(&[input], true).unwrap();
    assert_eq!(outputs.floats(0).unwrap(), doubled());
    assert_eq!(outputs.count(), 2);
    assert!(outputs.bytes(2).is_none());
    drop(outputs);
    let outputs = context.run_copied(&[input], false).unwrap();
    assert_eq!(outputs.bytes(0).unwrap().len(), 30);
    assert!(outputs.floats(0).is_none());
    drop(outputs);
    let short = InputData {
        bytes: &bytes[1..],
        ..input
    };
    assert!(matches!(
        context.run_copied(&[short], true).unwrap_err(),
        Error::TooSmall {
            needed: 120,
            found: 119,
            ..
        }
    ));
    assert!(matches!(
        context.run_copied(&[], true).unwrap_err(),
        Error::WrongCount {
            expected: 1,
            found: 0
        }
    ));
    stub.lie("output_size", 3);
    let error = context.run_copied(&[input], true).unwrap_err();
    assert!(
        matches!(error, Error::BadAttribute { field: "size", .. }),
        "{error:?}"
    );
    drop(context);
    stub.assert_nothing_left();
}
